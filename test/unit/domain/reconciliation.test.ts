import { describe, expect, test } from "vitest";
import {
  conclude,
  endOfHold,
  readPolicy,
  type Evidence,
  type OpenQuestion,
} from "../../../src/domain/reconciliation.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 5, 15, 12);

function after(evidence: Evidence, changes: Partial<OpenQuestion> = {}) {
  const question: OpenQuestion = { state: "unknown", lookNo: 0, startedAt: NOW - 3 * MINUTE, now: NOW, ...changes };
  return conclude(question, evidence, DEFAULT_TIMES);
}

const message = { providerId: "SM1", kind: "delivered", code: null, reason: null } as const;
const found = (...messages: (typeof message)[]): Evidence => ({ source: "look_up", messages, rivals: 0 });

describe("a look at the provider", () => {
  test("that finds the message proves that it was sent", () => {
    expect(after(found(message))).toMatchObject({ kind: "accepted", message });
  });

  test("that finds nothing proves nothing the first time, and absence the second time", () => {
    expect(after(found())).toMatchObject({ kind: "absent", againMs: MINUTE });
    expect(after(found(), { lookNo: 1 })).toMatchObject({ kind: "proven_absent" });
  });

  test("that finds what another open attempt may have sent as well proves nothing", () => {
    const shared: Evidence = { source: "look_up", messages: [message], rivals: 1 };
    expect(after(shared, { lookNo: 1 })).toMatchObject({ kind: "unclear", againMs: MINUTE });
  });

  test("that finds nothing is absence for all who might have sent it", () => {
    expect(after({ source: "look_up", messages: [], rivals: 3 }, { lookNo: 1 })).toMatchObject({
      kind: "proven_absent",
    });
  });

  test("that is not answered proves nothing, however often", () => {
    const silent: Evidence = { source: "look_up", unanswered: "no answer" };
    expect(after(silent, { lookNo: 1 })).toMatchObject({ kind: "unanswered", againMs: MINUTE });
  });
});

describe("the silence of a provider that cannot be asked", () => {
  const heard = (laterHeard: number): Evidence => ({ source: "events", laterHeard });

  test("proves nothing before a quarter of an hour is over", () => {
    expect(after(heard(5), { startedAt: NOW - 15 * MINUTE + 1 })).toMatchObject({ kind: "unclear", againMs: 1 });
  });

  test("proves absence once events of five later messages came", () => {
    expect(after(heard(4), { startedAt: NOW - 15 * MINUTE })).toMatchObject({ kind: "unclear" });
    expect(after(heard(5), { startedAt: NOW - 15 * MINUTE })).toMatchObject({ kind: "proven_absent" });
  });
});

describe("a message that was sent and never heard of again", () => {
  test("is never sent again, whatever the look-up says", () => {
    for (const lookNo of [0, 1, 2]) {
      expect(after(found(), { state: "sent", lookNo })).toMatchObject({ kind: "unclear", againMs: null });
    }
    expect(after({ source: "events", laterHeard: 5 }, { state: "sent", startedAt: 0 })).toMatchObject({
      kind: "unclear",
      againMs: null,
    });
  });

  test("is as good as told of when the provider knows it", () => {
    expect(after(found(message), { state: "sent" })).toMatchObject({ kind: "accepted" });
  });
});

test("what cannot be asked about is not asked about again", () => {
  expect(after({ source: "nothing", because: "in words" })).toEqual({
    kind: "unclear",
    againMs: null,
    because: "in words",
  });
});

describe("a hold that ends without proof", () => {
  test.each([
    ["hold", { state: "unconfirmed", code: "unconfirmed" }],
    ["drop", { state: "failed", code: "dropped" }],
    ["resend", { state: "retrying", code: null }],
  ] as const)("ends as the enterprise wants it: %s", (policy, end) => {
    expect(endOfHold(policy)).toMatchObject(end);
  });

  test("ends carefully where the policy is not known", () => {
    expect([null, "", "Resend", "later"].map(readPolicy)).toEqual(["hold", "hold", "hold", "hold"]);
  });

  test("is asked for once more every hour while the provider does not answer, for one more day", () => {
    const silent: Evidence = { source: "look_up", unanswered: "no answer" };
    const afterDays = (days: number) => after(silent, { state: "sent", startedAt: NOW - days * 24 * 60 * MINUTE });
    expect(afterDays(1.5)).toMatchObject({ kind: "unanswered", againMs: 60 * MINUTE });
    expect(afterDays(2)).toMatchObject({ kind: "unanswered", againMs: null });
  });
});
