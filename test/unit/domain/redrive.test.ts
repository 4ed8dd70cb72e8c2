import { describe, expect, test } from "vitest";
import { readRedrive, scheduleRedrive } from "../../../src/domain/redrive.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const DAY = 24 * 60 * 60 * 1000;

/** A body's order, which has to be a good one. */
function read(body: unknown) {
  const reading = readRedrive(body, NOW);
  if (!reading.ok) throw new Error(JSON.stringify(reading.errors));
  return reading.order;
}

describe("a redrive as it is asked for", () => {
  test("only counts unless it is said otherwise, over the failures of the last days", () => {
    expect(read({ filter: { state: "failed" } })).toEqual({
      dryRun: true,
      filter: {
        state: "failed",
        enterpriseId: null,
        shipmentId: null,
        channelId: null,
        gatewayId: null,
        code: null,
        providerCode: null,
        settledFrom: NOW - 8 * DAY,
        settledTo: null,
        maySendTwice: false,
      },
    });
  });

  test("takes instants in both forms that updates take, and ids that are integers", () => {
    const { filter } = read({
      filter: {
        state: "failed",
        enterprise_id: 7,
        settled_from: "2026-06-15 08:00:00",
        settled_to: "2026-06-15T11:00:00+02:00",
      },
    });
    expect(filter).toMatchObject({
      enterpriseId: "7",
      settledFrom: Date.UTC(2026, 5, 15, 8),
      settledTo: Date.UTC(2026, 5, 15, 9),
    });
  });

  test.each([{ state: "unconfirmed" }, { state: "failed", code: "dropped" }])(
    "has to say that it may send twice where all of them may have been sent: %j",
    (filter) => {
      const order = { filter, dry_run: false, expected: 1, per_second: 1 };
      expect(readRedrive(order, NOW)).toMatchObject({ ok: false, errors: [{ pointer: "/may_send_twice" }] });
      expect(read({ ...order, may_send_twice: true })).toMatchObject({ dryRun: false, expected: 1, perSecond: 1 });
      expect(read({ filter })).toMatchObject({ dryRun: true });
    },
  );
});

describe("the turns of what is redriven", () => {
  const some = (count: number, expiresInMs = DAY) => Array.from({ length: count }, () => ({ expiresInMs }));
  const delays = (planned: { delayMs: number }[]) => planned.map(({ delayMs }) => delayMs);

  test("are so many in each second", () => {
    expect(delays(scheduleRedrive(some(5), { startMs: 0, perSecond: 2 }))).toEqual([0, 0, 1_000, 1_000, 2_000]);
  });

  test("come at least a second after the last one that waits already", () => {
    expect(delays(scheduleRedrive(some(2), { startMs: 4_001, perSecond: 1 }))).toEqual([6_000, 7_000]);
    expect(delays(scheduleRedrive(some(1), { startMs: 4_000, perSecond: 1 }))).toEqual([5_000]);
  });

  test("leave out what would expire before its turn, and give that turn to the next one", () => {
    const found = [...some(1), ...some(1, 1_000), ...some(1)];
    expect(delays(scheduleRedrive(found, { startMs: 0, perSecond: 1 }))).toEqual([0, 1_000]);
  });
});
