import { describe, expect, test } from "vitest";
import { readOrderUpdate } from "../../../src/domain/order-update.ts";

const NOW = Date.UTC(2026, 5, 15, 12);

/** Reads an update whose data is this JSON text, as it would come in. */
function readData(json: string) {
  const body: unknown = JSON.parse(
    `{"shipment_id":"S","status":"x","enterprise_id":"E","timestamp":"2026-06-15 12:00:00","data":${json}}`,
  );
  const reading = readOrderUpdate(body, NOW);
  return reading.ok ? { data: reading.update.data } : { pointers: reading.errors.map((error) => error.pointer) };
}

const refused = { pointers: ["/data"] };

/** JSON with this many objects, each in the one before, and a text in the last. */
function nested(levels: number, open = '{"a":', close = "}"): string {
  return open.repeat(levels) + '"leaf"' + close.repeat(levels);
}

describe("the data of an update", () => {
  test("is kept as it came", () => {
    expect(readData('{"a":[1,null,true,"x",{"b":-0.5}],"":{}}')).toEqual({
      data: { a: [1, null, true, "x", { b: -0.5 }], "": {} },
    });
  });

  test.each(["null", "[]", '"text"', "5", "true"])("is an object, not %s", (json) => {
    expect(readData(json)).toEqual(refused);
  });

  test("nests at most eight levels deep, in objects or in lists", () => {
    expect(readData(nested(8))).toHaveProperty("data");
    expect(readData(nested(9))).toEqual(refused);
    expect(readData(`{"a":${nested(7, "[", "]")}}`)).toHaveProperty("data");
    expect(readData(`{"a":${nested(8, "[", "]")}}`)).toEqual(refused);
  });

  test("may be as deep as a body can hold without breaking the reader", () => {
    expect(readData(nested(10_000))).toEqual(refused);
  });

  test.each([
    ["a text", '{"a":"\\ud800"}'],
    ["a text in a list", '{"a":["\\udfff"]}'],
    ["a name", '{"\\ud800":1}'],
  ])("has no lone surrogate in %s", (_, json) => {
    expect(readData(json)).toEqual(refused);
  });

  test("has no number that is too large for JSON to keep", () => {
    expect(readData('{"a":[1e999]}')).toEqual(refused);
  });

  test("may have a member called __proto__, which stays a member", () => {
    const { data } = readData('{"__proto__":{"admin":true},"constructor":1}');
    expect(JSON.stringify(data)).toBe('{"__proto__":{"admin":true},"constructor":1}');
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    expect("admin" in {}).toBe(false);
  });

  test("is judged below a member called __proto__ as well", () => {
    expect(readData('{"__proto__":{"a":"\\ud800"}}')).toEqual(refused);
  });
});
