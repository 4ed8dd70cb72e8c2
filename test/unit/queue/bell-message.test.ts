import { describe, expect, test } from "vitest";
import { bellMessage } from "../../../src/queue/bell.ts";

const BELL = { v: 1, enterprise_id: "E-1", delivery_ids: ["dlv_1"] };

const isBell = (body: unknown) => bellMessage.safeParse(body).success;

describe("a bell on the wire", () => {
  test("names an enterprise and its deliveries", () => {
    expect(bellMessage.parse(BELL)).toEqual(BELL);
  });

  test("may carry more in a later version of the same form, which is left aside", () => {
    expect(bellMessage.parse({ ...BELL, hint: 1 })).toEqual(BELL);
  });

  test("names every enterprise that an update can name: up to 64 characters, however long in UTF-16", () => {
    expect(isBell({ ...BELL, enterprise_id: "e".repeat(64) })).toBe(true);
    expect(isBell({ ...BELL, enterprise_id: "😀".repeat(64) })).toBe(true);
    expect(isBell({ ...BELL, enterprise_id: "e".repeat(1_000) })).toBe(false);
  });

  test("names 1 to 100 deliveries", () => {
    const ids = (count: number) => Array.from({ length: count }, (_, i) => `dlv_${i}`);
    expect(isBell({ ...BELL, delivery_ids: [] })).toBe(false);
    expect(isBell({ ...BELL, delivery_ids: ids(100) })).toBe(true);
    expect(isBell({ ...BELL, delivery_ids: ids(101) })).toBe(false);
  });

  test.each([
    null,
    undefined,
    "bell",
    [],
    {},
    { ...BELL, v: 2 },
    { ...BELL, v: "1" },
    { ...BELL, enterprise_id: "" },
    { ...BELL, enterprise_id: 5 },
    { ...BELL, delivery_ids: "dlv_1" },
    { ...BELL, delivery_ids: [""] },
    { ...BELL, delivery_ids: [1] },
    { ...BELL, delivery_ids: ["d".repeat(41)] },
  ])("is not %j", (body) => {
    expect(isBell(body)).toBe(false);
  });
});
