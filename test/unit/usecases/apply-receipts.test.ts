import { describe, expect, test } from "vitest";
import type { ReceiptedAttempt, ReceiptMove } from "../../../src/db/receipts.ts";
import type { ReconciliationStep } from "../../../src/db/steps.ts";
import type { Receipt } from "../../../src/domain/receipt.ts";
import type { SuppressionChange } from "../../../src/domain/suppression.ts";
import { applyReceipts } from "../../../src/usecases/apply-receipts.ts";
import { newId } from "../domain/builders.ts";

type Proven = { receipt: Receipt; attempt: ReceiptedAttempt };

/** The attempts there are, and what was done about them, in order. */
function aWorld(...attempts: ReceiptedAttempt[]) {
  const steps: string[] = [];
  const done = {
    stored: [] as Receipt[],
    written: [] as ReconciliationStep[],
    accepted: [] as Proven[],
    logged: [] as Proven[],
    undelivered: [] as Proven[],
    moves: [] as ReceiptMove[],
    accounts: [] as string[],
    suppressed: [] as SuppressionChange[],
  };
  const keep = <T>(step: string, into: T[]) => {
    return async (rows: T[]) => {
      steps.push(step);
      into.push(...rows);
    };
  };
  return {
    steps,
    ...done,
    receipts: {
      // As in the database: every attempt that is named, of any enterprise that is named.
      findAttempts: async (named: Receipt[], accounts: readonly string[]) => {
        steps.push("find");
        done.accounts.push(...accounts);
        return attempts.filter(
          (attempt) =>
            named.some((receipt) => receipt.attemptId === attempt.attemptId) &&
            named.some((receipt) => receipt.enterpriseId === attempt.enterpriseId),
        );
      },
      insert: keep("insert", done.stored),
      writeSteps: async (rows: ReconciliationStep[]) => {
        done.written.push(...rows);
      },
      suppress: async (changes: SuppressionChange[]) => {
        if (changes.length > 0) steps.push("suppress");
        done.suppressed.push(...changes);
      },
      markAccepted: keep("markAccepted", done.accepted),
      logProven: keep("log", done.logged),
      logUndelivered: keep("logUndelivered", done.undelivered),
      moveForward: keep("moveForward", done.moves),
    },
  };
}

function anAttempt(known: Partial<ReceiptedAttempt> = {}): ReceiptedAttempt {
  return {
    enterpriseId: newId("ent"),
    attemptId: newId("att"),
    attemptNo: 1,
    startedAt: 1_000,
    gatewayId: "gw_twilio",
    gateway: "Twilio",
    deliveryId: newId("dlv"),
    shipmentId: newId("ship"),
    status: "delivered",
    occurredAt: 0,
    channelId: "ch_sms",
    channel: "SMS",
    state: "sending",
    isWaitedFor: false,
    isAccepted: false,
    isLogged: false,
    customer: { phone: "+34600111222", email: "Orders@Shop.example" },
    ...known,
  };
}

function aReceipt({ enterpriseId, attemptId }: ReceiptedAttempt, changes: Partial<Receipt> = {}): Receipt {
  return {
    enterpriseId,
    attemptId,
    eventId: newId("evt"),
    kind: "progress",
    providerId: "SM1",
    occurredAt: null,
    code: null,
    reason: null,
    ...changes,
  };
}

/** Applies receipts that the first account signed. */
function applySigned(world: ReturnType<typeof aWorld>, receipts: Receipt[]) {
  return applyReceipts(world, receipts, [""]);
}

describe("receipts", () => {
  test.each([
    ["progress", "sent"],
    ["delivered", "delivered"],
    ["undelivered", "undelivered"],
  ] as const)("of kind %s move a delivery to %s", async (kind, to) => {
    const attempt = anAttempt();
    const world = aWorld(attempt);
    const receipt = aReceipt(attempt, { kind });
    expect(await applySigned(world, [receipt])).toEqual({ applied: 1, unknown: 0 });
    expect(world.stored).toEqual([receipt]);
    expect(world.accepted).toEqual([{ receipt, attempt }]);
    expect(world.logged).toEqual([{ receipt, attempt }]);
    expect(world.moves).toMatchObject([{ enterpriseId: attempt.enterpriseId, deliveryId: attempt.deliveryId, to }]);
  });

  test("are stored first and move deliveries last, so that a crash in between is repeated from facts", async () => {
    const attempt = anAttempt();
    const world = aWorld(attempt);
    await applySigned(world, [aReceipt(attempt)]);
    expect(world.steps).toEqual(["find", "insert", "markAccepted", "log", "logUndelivered", "moveForward"]);
  });

  test("take the same statements, however many they are", async () => {
    const attempts = Array.from({ length: 100 }, () => anAttempt());
    const world = aWorld(...attempts);
    expect(
      await applySigned(
        world,
        attempts.map((attempt) => aReceipt(attempt)),
      ),
    ).toEqual({ applied: 100, unknown: 0 });
    expect(world.steps).toHaveLength(6);
    expect(world.moves).toHaveLength(100);
  });

  test("are believed of attempts that went through the accounts that signed them", async () => {
    const attempt = anAttempt();
    const world = aWorld(attempt);
    await applyReceipts(world, [aReceipt(attempt)], ["backup", "spare"]);
    expect(world.accounts).toEqual(["backup", "spare"]);
  });

  test("ask the database nothing when there are none", async () => {
    const world = aWorld();
    expect(await applySigned(world, [])).toEqual({ applied: 0, unknown: 0 });
    expect(world.steps).toEqual([]);
  });
});

describe("what is known already is not written again", () => {
  const recorded = { state: "sent", isWaitedFor: true, isAccepted: true, isLogged: true } as const;

  test.each([
    ["an acceptance that is marked, but not logged", { ...recorded, isLogged: false }, [0, 1, 1]],
    ["an acceptance that is logged, but not marked", { ...recorded, isAccepted: false }, [1, 0, 1]],
    ["a message whose sender has recorded all", recorded, [0, 0, 1]],
    ["a message that was heard of before", { ...recorded, isWaitedFor: false }, [0, 0, 0]],
    ["a delivery that has ended", { ...recorded, state: "delivered" }, [0, 0, 0]],
    ["a delivery that has failed, for an operator may start it again", { ...recorded, state: "failed" }, [0, 0, 1]],
  ] as const)("%s", async (_what, known, [accepted, logged, moves]) => {
    const attempt = anAttempt(known);
    const world = aWorld(attempt);
    await applySigned(world, [aReceipt(attempt)]);
    expect(world.stored).toHaveLength(1);
    expect([world.accepted.length, world.logged.length, world.moves.length]).toEqual([accepted, logged, moves]);
  });

  test("but an end is, of a message that was heard of before", async () => {
    const attempt = anAttempt({ ...recorded, isWaitedFor: false });
    const world = aWorld(attempt);
    await applySigned(world, [aReceipt(attempt, { kind: "undelivered" })]);
    expect(world.undelivered).toHaveLength(1);
    expect(world.moves).toMatchObject([{ to: "undelivered" }]);
  });
});

describe("several receipts of one attempt", () => {
  const KINDS = ["progress", "undelivered", "delivered"] as const;
  const pairs = KINDS.flatMap((first) => KINDS.map((second) => [first, second] as const));

  test.each(pairs)("%s and %s: the most telling decides, whichever comes first", async (first, second) => {
    const attempt = anAttempt();
    const world = aWorld(attempt);
    await applySigned(world, [aReceipt(attempt, { kind: first }), aReceipt(attempt, { kind: second })]);
    const telling = KINDS[Math.max(KINDS.indexOf(first), KINDS.indexOf(second))];
    expect(world.logged.map(({ receipt }) => receipt.kind)).toEqual([telling]);
    expect(world.moves.map(({ to }) => to)).toEqual([telling === "progress" ? "sent" : telling]);
  });

  test("are all stored, repeats included, for the set of receipts is kept by its unique key", async () => {
    const attempt = anAttempt();
    const world = aWorld(attempt);
    const receipt = aReceipt(attempt);
    await applySigned(world, [receipt, receipt, aReceipt(attempt)]);
    expect(world.stored).toHaveLength(3);
    expect(world.moves).toHaveLength(1);
  });

  test("leave a failure in the log even where another says that it was delivered", async () => {
    const attempt = anAttempt();
    const world = aWorld(attempt);
    const bounce = aReceipt(attempt, { kind: "undelivered", code: "bounce" });
    await applySigned(world, [aReceipt(attempt, { kind: "delivered" }), bounce]);
    expect(world.undelivered).toEqual([{ receipt: bounce, attempt }]);
    expect(world.moves.map(({ to }) => to)).toEqual(["delivered"]);
  });

  test("of which two say as much are judged by the first", async () => {
    const attempt = anAttempt();
    const world = aWorld(attempt);
    const undelivered = (code: string) => aReceipt(attempt, { kind: "undelivered", code });
    await applySigned(world, [undelivered("30003"), undelivered("30005")]);
    expect(world.logged.map(({ receipt }) => receipt.code)).toEqual(["30003"]);
  });
});

test("receipts of two attempts of one delivery move it once, by the one that says most", async () => {
  const first = anAttempt();
  const second = { ...first, attemptId: newId("att"), attemptNo: 2 };
  const world = aWorld(first, second);
  await applySigned(world, [aReceipt(first), aReceipt(second, { kind: "delivered" })]);
  expect(world.moves).toMatchObject([{ deliveryId: first.deliveryId, to: "delivered" }]);
});

describe("a receipt that fits no attempt is dropped and counted", () => {
  test("when the attempt is unknown", async () => {
    const world = aWorld();
    expect(await applySigned(world, [aReceipt(anAttempt())])).toEqual({ applied: 0, unknown: 1 });
    expect(world.steps).toEqual(["find"]);
  });

  test("when another enterprise's attempt is named, even beside a receipt of that enterprise", async () => {
    const [ours, theirs] = [anAttempt(), anAttempt()];
    const world = aWorld(ours, theirs);
    const forged = aReceipt({ ...theirs, enterpriseId: ours.enterpriseId }, { kind: "undelivered" });
    const honest = [aReceipt(ours), aReceipt(theirs)];
    expect(await applySigned(world, [forged, ...honest])).toEqual({ applied: 2, unknown: 1 });
    expect(world.stored).toEqual(honest);
    expect(world.moves.map(({ to }) => to)).toEqual(["sent", "sent"]);
  });
});

describe("what a receipt says about the address", () => {
  test("goes to the list of the attempt's enterprise and channel, as of the event's time", async () => {
    const attempt = anAttempt();
    const world = aWorld(attempt);
    const wish = { wish: "bounced", address: " Other@Shop.example ", kind: "email" } as const;

    await applyReceipts(world, [aReceipt(attempt, { occurredAt: 5_000, wish })], [""]);

    const { enterpriseId, channelId } = attempt;
    expect(world.suppressed).toEqual([
      { enterpriseId, channelId, address: "other@shop.example", wish: "bounced", at: 5_000 },
    ]);
  });

  test("counts as of the attempt's start where the event has no time, and for the customer's address where it names none", async () => {
    const attempt = anAttempt();
    const world = aWorld(attempt);

    await applyReceipts(
      world,
      [
        aReceipt(attempt, { wish: { wish: "stopped", address: null, kind: "phone" } }),
        aReceipt(attempt, { wish: { wish: "lifted", address: null, kind: "email" } }),
      ],
      [""],
    );

    expect(world.suppressed).toMatchObject([
      { address: "+34600111222", wish: "stopped", at: 1_000 },
      { address: "orders@shop.example", wish: "lifted", at: 1_000 },
    ]);
  });

  test.each([
    ["of a customer who is gone", null],
    ["of a customer without an address", { phone: null, email: " " }],
  ])("is nothing where no address can be told: %s", async (_what, customer) => {
    const attempt = { ...anAttempt(), customer };
    const world = aWorld(attempt);

    await applyReceipts(world, [aReceipt(attempt, { wish: { wish: "bounced", address: null, kind: "email" } })], [""]);

    expect(world.suppressed).toEqual([]);
  });

  test("is not believed about another enterprise's attempt", async () => {
    const attempt = anAttempt();
    const world = aWorld(attempt);
    const wish = { wish: "bounced", address: "a@shop.example", kind: "email" } as const;

    await applyReceipts(world, [aReceipt({ ...attempt, enterpriseId: newId("ent") }, { wish })], [""]);

    expect(world.suppressed).toEqual([]);
  });

  test("costs one statement, however much is said", async () => {
    const attempts = Array.from({ length: 100 }, () => anAttempt());
    const world = aWorld(...attempts);
    const wish = { wish: "bounced", address: null, kind: "email" } as const;

    await applyReceipts(
      world,
      attempts.map((attempt) => aReceipt(attempt, { wish })),
      [""],
    );

    expect(world.steps).toHaveLength(7);
  });
});
