import { describe, expect, test } from "vitest";
import { MAX_IDS_PER_BELL, bellsAgainFor, bellsFor } from "../../../src/domain/bell.ts";

function due(count: number, enterpriseId = "ent", lane: "sms" | "email" = "sms") {
  return Array.from({ length: count }, (_, i) => ({ lane, enterpriseId, deliveryId: `${enterpriseId}-${lane}-${i}` }));
}

describe("bells", () => {
  test("are not made for nothing", () => {
    expect(bellsFor([])).toEqual([]);
  });

  test("name the deliveries of one enterprise together, at once", () => {
    expect(bellsFor(due(2))).toEqual([
      { lane: "sms", again: false, enterpriseId: "ent", deliveryIds: ["ent-sms-0", "ent-sms-1"], delayMs: 0 },
    ]);
  });

  test("are one for each lane, enterprise and delay, in whatever order the deliveries come", () => {
    const sms = { lane: "sms", enterpriseId: "ent" } as const;
    const email = { lane: "email", enterpriseId: "ent" } as const;
    const other = { lane: "sms", enterpriseId: "other" } as const;
    const bells = bellsFor([
      { ...sms, deliveryId: "a" },
      { ...email, deliveryId: "b" },
      { ...other, deliveryId: "c" },
      { ...sms, deliveryId: "d", delayMs: 2_000 },
      { ...email, deliveryId: "e" },
      { ...sms, deliveryId: "f", delayMs: 0 },
    ]);
    expect(bells).toEqual([
      { ...sms, again: false, deliveryIds: ["a", "f"], delayMs: 0 },
      { ...email, again: false, deliveryIds: ["b", "e"], delayMs: 0 },
      { ...other, again: false, deliveryIds: ["c"], delayMs: 0 },
      { ...sms, again: false, deliveryIds: ["d"], delayMs: 2_000 },
    ]);
  });

  test("do not take two enterprises for one, whatever their ids look like", () => {
    const deliveries = ['a","b', "a", "b"].map((enterpriseId) => ({
      lane: "sms" as const,
      enterpriseId,
      deliveryId: "x",
    }));
    expect(bellsFor(deliveries)).toHaveLength(3);
  });

  test("carry nothing else of a delivery", () => {
    const delivery = { lane: "sms" as const, enterpriseId: "e", deliveryId: "d", phone: "+34600111222" };
    expect(bellsFor([delivery])).toEqual([
      { lane: "sms", again: false, enterpriseId: "e", deliveryIds: ["d"], delayMs: 0 },
    ]);
  });

  test("say of deliveries that were rung for before that they were", () => {
    expect(bellsAgainFor(due(1))).toEqual([{ ...bellsFor(due(1))[0], again: true }]);
  });

  const full = MAX_IDS_PER_BELL;

  test.each([
    [full - 1, [full - 1]],
    [full, [full]],
    [full + 1, [full, 1]],
    [3 * full + 1, [full, full, full, 1]],
  ])("name no more deliveries than one bell may: %i of them", (count, sizes) => {
    const deliveries = due(count);
    const bells = bellsFor(deliveries);
    expect(bells.map((bell) => bell.deliveryIds.length)).toEqual(sizes);
    expect(bells.flatMap((bell) => bell.deliveryIds)).toEqual(deliveries.map((one) => one.deliveryId));
  });
});
