import { describe, expect, test, vi } from "vitest";
import type { ConcludedLook, DueLook } from "../../../src/db/reconcile.ts";
import type { ReconciliationStep } from "../../../src/db/steps.ts";
import type { LookUp, LookUpAnswer } from "../../../src/domain/look-up.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import type { Services } from "../../../src/services.ts";
import { reconcile } from "../../../src/usecases/reconcile.ts";
import { newId } from "../domain/builders.ts";
import { deliveringWith } from "./fake-sending.ts";
import { noQuestions, noReceipts } from "./fake-proof.ts";
import { fakeBells, fakeLog, hastyClock } from "./fakes.ts";

const NOTHING: LookUpAnswer = { kind: "found", messages: [] };
const SILENCE: LookUpAnswer = { kind: "unanswered", code: "timeout", reason: "it did not answer in time" };

function aLook(changes: Partial<DueLook> = {}): DueLook {
  return {
    enterpriseId: newId("ent"),
    deliveryId: newId("dlv"),
    shipmentId: newId("ship"),
    status: "shipped",
    timestampText: "2026-06-15 12:00:00",
    pinned: null,
    lane: "sms",
    state: "unknown",
    lookNo: 1,
    attemptNo: 1,
    now: 1_000_000,
    attemptId: newId("att"),
    startedAt: 0,
    providerId: null,
    isSameAddress: true,
    phone: "+34600111222",
    email: "ops@shop.test",
    adapter: "twilio_sms",
    gatewayId: "gw_twilio",
    account: "",
    ownerId: "",
    credentials: null,
    sender: null,
    steps: 0,
    isProven: false,
    ...changes,
  };
}

const foundAs = (providerId: string): LookUpAnswer => ({
  kind: "found",
  messages: [{ providerId, kind: "delivered", code: null, reason: null }],
});

/** A sweep that has these looks to make, at a provider that answers so. */
function lookingAt(looks: DueLook[], answer: (question: LookUp) => LookUpAnswer | Promise<LookUpAnswer>) {
  const asked: LookUp[] = [];
  const written: ReconciliationStep[] = [];
  const moved: ConcludedLook[] = [];
  const receipts = { ...noReceipts(), findAttempts: vi.fn(async () => []) };
  const { adapters } = deliveringWith([]);
  const lookUp = async (question: LookUp) => {
    asked.push(question);
    return answer(question);
  };
  const withLookUp: Services["adapters"] = (adapter, account, gateway) => ({
    ...adapters(adapter, account, gateway),
    ...(adapter === "twilio_sms" ? { lookUp } : {}),
  });
  return {
    asked,
    written,
    moved,
    receipts,
    adapters: withLookUp,
    reconciling: {
      ...noQuestions(),
      findDue: async () => looks,
      writeSteps: async (steps: ReconciliationStep[]) => void written.push(...steps),
      moveAfterLook: async (concluded: ConcludedLook[]) => void moved.push(...concluded),
    },
    bells: fakeBells(),
    clock: hastyClock(),
    log: fakeLog(),
    times: DEFAULT_TIMES,
  };
}

describe("a look", () => {
  test("asks for the message as it was sent, to the same address", async () => {
    const look = aLook({ sender: "+15005550006" });
    const world = lookingAt([look], () => NOTHING);
    await reconcile(world);
    expect(world.asked).toMatchObject([
      {
        startedAt: 0,
        providerId: null,
        message: {
          to: "+34600111222",
          sender: "+15005550006",
          text: `Shipment ID ${look.shipmentId} is shipped. Updated on 2026-06-15 12:00:00`,
        },
      },
    ]);
  });

  test("that proves absence sends again by a new bell, after the step was written", async () => {
    const look = aLook();
    const world = lookingAt([look], () => NOTHING);
    await reconcile(world);
    expect(world.written).toMatchObject([{ deliveryId: look.deliveryId, stepNo: 1, conclusion: "proven_absent" }]);
    expect(world.moved).toMatchObject([{ look, conclusion: { kind: "proven_absent" } }]);
    expect(world.bells.rung).toMatchObject([{ again: true, deliveryIds: [look.deliveryId] }]);
  });

  test("whose step cannot be written moves nothing", async () => {
    const world = lookingAt([aLook()], () => NOTHING);
    vi.spyOn(world.reconciling, "writeSteps").mockRejectedValue(new Error("no answer"));
    await expect(reconcile(world)).rejects.toThrow("no answer");
    expect(world.moved).toEqual([]);
    expect(world.bells.rung).toEqual([]);
  });

  test("that finds the message counts as a receipt", async () => {
    const look = aLook();
    const world = lookingAt([look], () => foundAs("SM1"));
    await reconcile(world);
    expect(world.receipts.findAttempts).toHaveBeenCalledWith(
      [expect.objectContaining({ attemptId: look.attemptId, kind: "delivered", providerId: "SM1" })],
      [""],
    );
    expect(world.moved).toEqual([]);
  });

  test.each(["twilio_sms", "sendgrid_email"] as const)(
    "at what %s is known to have taken asks nobody, and counts as a receipt",
    async (adapter) => {
      const look = aLook({ adapter, isProven: true, providerId: null });
      const world = lookingAt([look], () => NOTHING);
      world.reconciling.countLaterHeard = async () => new Map([[look.attemptId, 5]]);
      await reconcile(world);
      expect(world.asked).toEqual([]);
      expect(world.moved).toEqual([]);
      expect(world.written).toMatchObject([{ source: "record", conclusion: "accepted" }]);
      expect(world.receipts.findAttempts).toHaveBeenCalledWith(
        [expect.objectContaining({ attemptId: look.attemptId, kind: "progress", providerId: null })],
        [""],
      );
    },
  );

  test("at a sent message that was never heard of again asks all the same", async () => {
    const world = lookingAt([aLook({ state: "sent", isProven: true, providerId: "SM1" })], () => foundAs("SM1"));
    await reconcile(world);
    expect(world.asked).toHaveLength(1);
  });

  test("passes on what the message's end says about the address", async () => {
    const wish = { wish: "stopped", address: "+34600111222", kind: "phone" } as const;
    const refused = { providerId: "SM1", kind: "undelivered", code: "21610", reason: "in words", wish } as const;
    const world = lookingAt([aLook()], () => ({ kind: "found", messages: [refused] }));
    await reconcile(world);
    expect(world.receipts.findAttempts).toHaveBeenCalledWith([expect.objectContaining(refused)], [""]);
  });

  test("leaves aside what another attempt holds", async () => {
    const look = aLook();
    const world = lookingAt([look], () => foundAs("SM1"));
    world.reconciling.findHolders = async () => [{ providerId: "SM1", attemptId: newId("att") }];
    await reconcile(world);
    expect(world.moved).toMatchObject([{ conclusion: { kind: "proven_absent" } }]);
  });

  test("knows its own message again", async () => {
    const look = aLook();
    const world = lookingAt([look], () => foundAs("SM1"));
    world.reconciling.findHolders = async () => [{ providerId: "SM1", attemptId: look.attemptId }];
    await reconcile(world);
    expect(world.receipts.findAttempts).toHaveBeenCalled();
  });

  test("of a message that two open attempts may have sent decides nothing", async () => {
    const look = aLook();
    const world = lookingAt([look], () => foundAs("SM1"));
    world.reconciling.countRivals = async () => new Map([[look.deliveryId, 1]]);
    await reconcile(world);
    expect(world.moved).toMatchObject([{ conclusion: { kind: "unclear" } }]);
  });

  test("leaves aside what another attempt is recorded to hold while the provider is asked", async () => {
    const world = lookingAt([aLook()], () => foundAs("SM1"));
    const holders: { providerId: string; attemptId: string }[] = [];
    world.reconciling.countRivals = async () => {
      holders.push({ providerId: "SM1", attemptId: newId("att") });
      return new Map();
    };
    world.reconciling.findHolders = async () => [...holders];
    await reconcile(world);
    expect(world.moved).toMatchObject([{ conclusion: { kind: "proven_absent" } }]);
  });

  test.each([
    ["the address has changed", { isSameAddress: false }],
    ["there is no usable address any more", { phone: null }],
    ["the gateway is gone", { adapter: null }],
  ])("is not made, and proves nothing, when %s", async (_, changes) => {
    const world = lookingAt([aLook(changes)], () => NOTHING);
    await reconcile(world);
    expect(world.asked).toEqual([]);
    expect(world.moved).toMatchObject([{ conclusion: { kind: "unclear", againMs: null } }]);
  });

  test("at a provider that cannot be asked goes by the events of later messages", async () => {
    const look = aLook({ adapter: "sendgrid_email" });
    const world = lookingAt([look], () => NOTHING);
    world.reconciling.countLaterHeard = async () => new Map([[look.attemptId, 5]]);
    await reconcile(world);
    expect(world.asked).toEqual([]);
    expect(world.moved).toMatchObject([{ conclusion: { kind: "proven_absent" } }]);
  });

  test("that throws proves nothing", async () => {
    const world = lookingAt([aLook()], () => Promise.reject(new TypeError("a bug")));
    await reconcile(world);
    expect(world.moved).toMatchObject([{ conclusion: { kind: "unanswered" } }]);
    expect(world.log.lines).toMatchObject([{ event: "look_up_threw" }]);
  });
});

test("an account that keeps silent is left alone, and holds nobody else up", async () => {
  const silent = Array.from({ length: 40 }, () => aLook({ account: "silent" }));
  const other = aLook();
  const world = lookingAt([...silent, other], ({ message }) =>
    message.enterpriseId === other.enterpriseId ? NOTHING : SILENCE,
  );
  await reconcile(world);
  expect(world.asked.length).toBeLessThan(10);
  expect(world.asked.map(({ message }) => message.enterpriseId)).toContain(other.enterpriseId);
  expect(world.moved.filter(({ conclusion }) => conclusion.kind === "unanswered")).toHaveLength(40);
});

test("an account that hangs leaves places for others", async () => {
  const others = [aLook(), aLook()];
  const hung = Promise.withResolvers<LookUpAnswer>();
  const asked = new Set<string>();
  const world = lookingAt([...Array.from({ length: 10 }, () => aLook({ account: "hangs" })), ...others], (question) => {
    const { enterpriseId } = question.message;
    if (!others.some((other) => other.enterpriseId === enterpriseId)) return hung.promise;
    if (asked.add(enterpriseId).size === others.length) hung.resolve(SILENCE);
    return NOTHING;
  });
  await reconcile(world);
  expect(asked.size).toBe(2);
});

test("what cannot be asked before the next sweep stays due, and nothing is concluded about it", async () => {
  const world = lookingAt(
    Array.from({ length: 40 }, () => aLook()),
    () => {
      // Each answer takes a second of the clock.
      void world.clock.timer(1_000).elapsed;
      return NOTHING;
    },
  );
  await reconcile(world);
  expect(world.asked.length).toBeLessThan(12);
  expect(world.moved).toHaveLength(world.asked.length);
});
