import { describe, expect, test, vi } from "vitest";
import type { EndedHold, EndingHold } from "../../../src/db/holds.ts";
import type { ExpiredLease } from "../../../src/db/leases.ts";
import { Outage } from "../../../src/domain/outage.ts";
import type { DeliveryResult } from "../../../src/domain/delivery-result.ts";
import { DEFAULT_RETENTION, REMOVED } from "../../../src/domain/retention.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import type { Services } from "../../../src/services.ts";
import { sweepForAMinute, sweepOnce } from "../../../src/usecases/sweep.ts";
import { newId } from "../domain/builders.ts";
import { deliveringWith } from "./fake-sending.ts";
import { fakeBells, fakeLog, nothingOld, orderlyClock } from "./fakes.ts";
import { noQuestions, noReceipts } from "./fake-proof.ts";

type Found = { expired?: ExpiredLease[]; ended?: EndedHold[] };

/** What a sweep finds. `steps`: what was done about it, in order, with the ids of the deliveries. */
function sweepingOver({ expired = [], ended = [] }: Found) {
  const steps: [string, string[]][] = [];
  const keep = (step: string) => async (rows: { deliveryId: string }[]) => {
    if (rows.length > 0) steps.push([step, rows.map((row) => row.deliveryId)]);
  };
  const sweeping: Services["sweeping"] = {
    findSilent: vi.fn(async () => []),
    findUnheard: vi.fn(async () => []),
    moveRingOn: keep("moveRingOn"),
    findExpiredLeases: vi.fn(async () => expired),
  };
  const ending = (step: string) => (endings: EndingHold[]) => keep(step)(endings.map(({ hold }) => hold));
  const holding: Services["holding"] = {
    findEnded: vi.fn(async () => ended),
    writeSteps: keep("writeSteps"),
    logEnds: ending("logEnds"),
    end: ending("end"),
  };
  const reconciling = { ...noQuestions(), findDue: vi.fn(async () => []) };
  const recorded: DeliveryResult[] = [];
  const record = async (results: DeliveryResult[]) => {
    recorded.push(...results);
    steps.push(["record", results.map(({ delivery }) => delivery.deliveryId)]);
  };
  const { health, tallies, ...delivering } = deliveringWith([]);
  const sending = { ...delivering.sending, record };
  const bells = fakeBells();
  const { ring } = bells;
  bells.ring = (rung) => {
    steps.push(["ring", rung.flatMap((bell) => bell.deliveryIds)]);
    return ring(rung);
  };
  return {
    steps,
    recorded,
    sending,
    health,
    tallies,
    sweeping,
    holding,
    reconciling,
    receipts: noReceipts(),
    adapters: deliveringWith([]).adapters,
    bells,
    log: fakeLog(),
    statements: () => 7,
    clock: orderlyClock(),
    random: () => 0.5,
    times: DEFAULT_TIMES,
    purging: nothingOld(),
    retention: DEFAULT_RETENTION,
  };
}

/** The steps of a hold that ends without proof. */
const ENDING = ["writeSteps", "logEnds", "end"];

/** An expired lease: of a delivery that was never called, or of one whose call came to `outcome`. */
const anExpired = (attemptId: string | null, outcome: ExpiredLease["outcome"] = null): ExpiredLease => ({
  ...aHeld(),
  lane: "sms",
  attemptId,
  gatewayId: attemptId && "gw_twilio",
  gateway: attemptId && "Twilio",
  outcome,
  code: outcome && "21211",
  reason: outcome && "not a valid phone number",
  providerId: outcome === "accepted" ? "SM1" : null,
});

const anEnded = (policy: EndedHold["policy"] = "hold"): EndedHold => ({
  ...aHeld(),
  lane: "sms",
  gateway: "Twilio",
  attemptId: newId("att"),
  policy,
});

const aHeld = () => ({
  enterpriseId: newId("ent"),
  deliveryId: newId("dlv"),
  shipmentId: newId("ship"),
  status: "delivered",
  occurredAt: 0,
  channel: "SMS",
  attemptNo: 1,
});

describe("one sweep", () => {
  test("requeues an expired lease without an attempt, and holds one that may have called", async () => {
    const [uncalled, called] = [anExpired(null), anExpired(newId("att"))];
    const world = sweepingOver({ expired: [called, uncalled] });
    await sweepOnce(world);
    expect(world.steps).toEqual([
      ["record", [called.deliveryId, uncalled.deliveryId]],
      ["ring", [uncalled.deliveryId]],
    ]);
    expect(world.recorded.map(({ step }) => step.state)).toEqual(["unknown", "given_back"]);
  });

  test.each([
    ["accepted", { state: "sent" }],
    ["refused", { state: "retrying", delayMs: 2_500, lane: "sms" }],
    ["not_started", { state: "given_back", delayMs: 0 }],
    ["rejected", { state: "failed", code: "rejected", providerCode: "21211" }],
    ["misconfigured", { state: "failed", code: "misconfigured", providerCode: "21211" }],
    ["ambiguous", { state: "unknown" }],
  ] as const)("takes an expired lease whose call is known to be %s where that leads", async (outcome, step) => {
    const world = sweepingOver({ expired: [anExpired(newId("att"), outcome)] });
    await sweepOnce(world);
    expect(world.recorded).toMatchObject([{ step, attempt: { outcome: { kind: outcome } } }]);
  });

  test.each([
    ["hold", []],
    ["drop", []],
    ["resend", ["ring"]],
  ] as const)("writes down how a hold has ended before it ends it: %s", async (policy, ring) => {
    const ended = anEnded(policy);
    const world = sweepingOver({ ended: [ended] });
    await sweepOnce(world);
    expect(world.steps).toEqual(["writeSteps", "logEnds", "end", ...ring].map((step) => [step, [ended.deliveryId]]));
  });

  test("takes up all expired leases of a crash, in portions that a statement can bear", async () => {
    const world = sweepingOver({});
    const portion = (length: number) => Array.from({ length }, () => anExpired(null));
    vi.mocked(world.sweeping.findExpiredLeases).mockResolvedValueOnce(portion(200)).mockResolvedValueOnce(portion(7));
    await sweepOnce(world);
    expect(world.recorded).toHaveLength(207);
    expect(world.sweeping.findExpiredLeases).toHaveBeenCalledTimes(2);
  });

  test("ends, however many leases there are that do not go away", async () => {
    const world = sweepingOver({ expired: Array.from({ length: 200 }, () => anExpired(null)) });
    await sweepOnce(world);
    expect(world.sweeping.findExpiredLeases).toHaveBeenCalledTimes(20);
  });

  test("is bounded, whatever has come together", async () => {
    const world = sweepingOver({});
    await sweepOnce(world);
    expect(world.sweeping.findExpiredLeases).toHaveBeenCalledWith(200);
    expect(world.holding.findEnded).toHaveBeenCalledWith(200);
    expect(world.reconciling.findDue).toHaveBeenCalledWith(200);
  });

  test("that finds nothing changes nothing and logs nothing", async () => {
    const world = sweepingOver({});
    await sweepOnce(world);
    expect(world.steps).toEqual([]);
    expect(world.log.lines).toEqual([]);
  });

  test.each([
    ["findExpiredLeases", "release_expired_leases", ENDING],
    ["findEnded", "end_holds", ["record", "ring"]],
    ["findDue", "reconcile", ["record", "ring", ...ENDING]],
  ] as const)("goes on when a part fails: %s", async (statement, part, steps) => {
    const world = sweepingOver({ expired: [anExpired(null)], ended: [anEnded()] });
    const error = new Outage("no answer");
    const failing = { ...world.sweeping, ...world.holding, ...world.reconciling }[statement];
    vi.mocked(failing).mockRejectedValue(error);
    await sweepOnce(world);
    expect(world.steps.map(([step]) => step)).toEqual(steps);
    expect(world.log.lines[0]).toEqual({ event: "sweep_failed", error, fields: { part } });
  });

  test("does not end a hold that could not be logged", async () => {
    const world = sweepingOver({ ended: [anEnded()] });
    vi.spyOn(world.holding, "logEnds").mockRejectedValue(new Outage("no answer"));
    await sweepOnce(world);
    expect(world.steps.map(([step]) => step)).toEqual(["writeSteps"]);
  });
});

describe("a cron run", () => {
  test("removes old rows, and blanks old content", async () => {
    const world = sweepingOver({});
    await sweepForAMinute(world);
    expect(world.purging.findOld).toHaveBeenCalledTimes(REMOVED.length);
    expect(world.purging.readContent).toHaveBeenCalledTimes(2);
  });

  test("sweeps while old rows are removed, however long that takes", async () => {
    const world = sweepingOver({});
    const { promise: removed, resolve: remove } = Promise.withResolvers<never[]>();
    vi.spyOn(world.purging, "findOld").mockReturnValueOnce(removed);
    const swept = vi.spyOn(world.reconciling, "findDue");
    const run = sweepForAMinute(world);
    await vi.waitFor(() => expect(swept).toHaveBeenCalledTimes(12));
    remove([]);
    await run;
  });

  test("says once that it ran, although there was nothing to do: its silence is what operators are woken by", async () => {
    const world = sweepingOver({});
    await sweepForAMinute(world);
    const none = { released: 0, ended: 0, looked: 0, rung: 0, failed: 0 };
    expect(world.log.lines).toEqual([
      { event: "run", fields: { sweeps: 12, ...none, duration_ms: 55_000, statements: 7 } },
    ]);
  });

  test("tells in the same line how much there was of everything", async () => {
    const world = sweepingOver({ expired: [anExpired(null), anExpired("att")], ended: [anEnded()] });
    const row = { lane: "sms" as const, enterpriseId: newId("ent"), deliveryId: newId("dlv") };
    vi.mocked(world.sweeping.findSilent).mockResolvedValueOnce([row]);
    vi.mocked(world.purging.findOld).mockResolvedValueOnce([{}]);
    vi.mocked(world.purging.remove).mockResolvedValueOnce(1);
    await sweepForAMinute(world);
    expect(world.log.lines).toMatchObject([{ event: "run", fields: { rung: 1, [`purged_${REMOVED[0]}`]: 1 } }]);
    expect(world.log.lines[0]?.fields["released"]).toBeGreaterThanOrEqual(2);
    expect(world.log.lines[0]?.fields["ended"]).toBeGreaterThanOrEqual(1);
  });

  test("sweeps at once and then every 5 s, and ends before the next run begins", async () => {
    const world = sweepingOver({});
    const startedAt = world.clock.now();
    await sweepForAMinute(world);
    expect(new Set(world.clock.waits)).toEqual(new Set([5_000]));
    expect(world.reconciling.findDue).toHaveBeenCalledTimes(12);
    expect(world.sweeping.findSilent).toHaveBeenCalledTimes(12);
    expect(world.clock.now() - startedAt).toBeLessThan(60_000);
  });

  test("rings while a look-up keeps a sweep waiting, and goes on when that fails", async () => {
    const world = sweepingOver({});
    const looked = Promise.withResolvers<never[]>();
    vi.spyOn(world.reconciling, "findDue").mockReturnValueOnce(looked.promise);
    vi.mocked(world.sweeping.findSilent).mockRejectedValueOnce(new Outage("no answer"));
    const run = sweepForAMinute(world);
    await vi.waitFor(() => expect(world.sweeping.findSilent).toHaveBeenCalledTimes(12));
    looked.resolve([]);
    await run;
    expect(world.log.lines[0]).toMatchObject({ event: "sweep_failed", fields: { part: "ring_silent" } });
  });

  test("looks every half second at whether bells were heard, until they were", async () => {
    const world = sweepingOver({});
    const row = { lane: "sms" as const, enterpriseId: newId("ent"), deliveryId: newId("dlv") };
    vi.mocked(world.sweeping.findSilent).mockResolvedValueOnce([row]);
    vi.mocked(world.sweeping.findUnheard).mockResolvedValueOnce([row.deliveryId]);
    await sweepForAMinute(world);
    expect(world.sweeping.findUnheard).toHaveBeenCalledTimes(2);
    expect(world.clock.waits.filter((ms) => ms === 500)).toHaveLength(2);
    expect(world.log.lines.map(({ event }) => event)).toEqual(["run"]);
  });

  test("goes on after a sweep that failed", async () => {
    const world = sweepingOver({});
    vi.spyOn(world.reconciling, "findDue").mockRejectedValueOnce(new Outage("no answer"));
    await sweepForAMinute(world);
    expect(world.reconciling.findDue).toHaveBeenCalledTimes(12);
    expect(world.log.lines).toMatchObject([{ event: "sweep_failed" }, { event: "run", fields: { failed: 1 } }]);
  });

  test("sweeps less often when the database is slow, rather than longer", async () => {
    const world = sweepingOver({});
    const startedAt = world.clock.now();
    const find = vi.spyOn(world.reconciling, "findDue").mockImplementation(async () => {
      await world.clock.timer(10_000).elapsed;
      return [];
    });
    await sweepForAMinute(world);
    expect(find).toHaveBeenCalledTimes(4);
    expect(world.clock.now() - startedAt).toBeLessThan(60_000);
  });
});
