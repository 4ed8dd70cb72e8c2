import { describe, expect, test } from "vitest";
import { nextStep, type AttemptSituation } from "../../../src/domain/next-step.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import type { SendOutcome } from "../../../src/domain/send-outcome.ts";

const because = { code: "21610", reason: "in words" };

const OUTCOMES = {
  accepted: { kind: "accepted", providerId: "SM1" },
  acceptedUnread: { kind: "accepted", providerId: null },
  ambiguous: { kind: "ambiguous", ...because },
  refused: { kind: "refused", ...because },
  misconfigured: { kind: "misconfigured", ...because },
  rejectedHere: { kind: "rejected", ...because, otherGateway: true },
  rejectedForGood: { kind: "rejected", ...because, otherGateway: false },
} as const satisfies Record<string, SendOutcome>;

/** The gateways that are left: none, only such as were asked as often, or one that was asked less often. */
const LEFT = {
  none: { otherLane: null, freshLane: null },
  tired: { otherLane: "sms_2", freshLane: null },
  fresh: { otherLane: "sms_2", freshLane: "sms_2" },
} as const satisfies Record<string, Partial<AttemptSituation>>;

/** The rest of a situation. */
const HERE = { lane: "sms", times: DEFAULT_TIMES } as const;

const SENT = { state: "sent" };
const HELD = { state: "unknown" };
const AT_ONCE = { state: "retrying", delayMs: 0, lane: "sms_2" };
const BACKED_OFF = { state: "retrying", delayMs: 10_000, lane: "sms" };
const MISCONFIGURED = { state: "failed", code: "misconfigured", reason: "in words", providerCode: "21610" };
const REJECTED = { ...MISCONFIGURED, code: "rejected" };

const TABLE = {
  accepted: { none: SENT, tired: SENT, fresh: SENT },
  acceptedUnread: { none: SENT, tired: SENT, fresh: SENT },
  ambiguous: { none: HELD, tired: HELD, fresh: HELD },
  refused: { none: BACKED_OFF, tired: BACKED_OFF, fresh: AT_ONCE },
  misconfigured: { none: MISCONFIGURED, tired: AT_ONCE, fresh: AT_ONCE },
  rejectedHere: { none: REJECTED, tired: AT_ONCE, fresh: AT_ONCE },
  rejectedForGood: { none: REJECTED, tired: REJECTED, fresh: REJECTED },
} as const satisfies Record<keyof typeof OUTCOMES, Record<keyof typeof LEFT, object>>;

const ROWS = Object.entries(TABLE).flatMap(([outcome, steps]) =>
  Object.entries(steps).map(([left, step]) => ({ outcome, left, step })),
);

describe("what becomes of a delivery", () => {
  test.each(ROWS)("after $outcome, with $left gateways left: $step.state", ({ outcome, left, step }) => {
    const situation = { attemptNo: 3, random: 0.5, ...HERE, ...LEFT[left as keyof typeof LEFT] };
    expect(nextStep(OUTCOMES[outcome as keyof typeof OUTCOMES], situation)).toEqual(step);
  });

  test("only what is surely not sent is tried again, however many attempts there were", () => {
    for (const attemptNo of [1, 2, 100, 30_000]) {
      for (const left of Object.values(LEFT)) {
        for (const outcome of [OUTCOMES.accepted, OUTCOMES.acceptedUnread, OUTCOMES.ambiguous]) {
          expect(nextStep(outcome, { attemptNo, random: 0.5, ...HERE, ...left }).state).not.toBe("retrying");
        }
      }
    }
  });
});

describe("a refusal", () => {
  const refused = (retryAfterMs: number) => ({ ...OUTCOMES.refused, retryAfterMs });

  test("is waited out for as long as the provider asks", () => {
    expect(nextStep(refused(90_000), { attemptNo: 1, random: 0, ...HERE, ...LEFT.none })).toEqual({
      state: "retrying",
      delayMs: 90_000,
      lane: "sms",
    });
  });

  test("of one gateway does not delay another", () => {
    expect(nextStep(refused(90_000), { attemptNo: 1, random: 0, ...HERE, ...LEFT.fresh })).toEqual(AT_ONCE);
  });
});
