import { describe, expect, test } from "vitest";
import { readOrderUpdate } from "../../../src/domain/order-update.ts";

const NOW = Date.UTC(2026, 5, 15, 12);

const BODY = { shipment_id: "S-1", status: "out for delivery", enterprise_id: "E-1", timestamp: "2026-06-15 12:00:00" };

/** Everything that Unicode calls White_Space, and the byte order mark, which the language trims as well. */
const SPACES = (
  "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" +
  "\u2028\u2029\u202f\u205f\u3000\ufeff"
).split("");

/** Of no width, or turning the direction of what follows. */
const UNSEEN = [
  0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2061, 0x2062, 0x2063,
  0x2064, 0x2066, 0x2067, 0x2068, 0x2069, 0xfeff,
];

const CONTROLS = [...Array(0x20).keys(), ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i), 0x2028, 0x2029];

function read(changes: Record<string, unknown>) {
  return readOrderUpdate({ ...BODY, ...changes }, NOW);
}

/** The pointers that are reported, or "ok". */
function verdict(changes: Record<string, unknown>): string[] | "ok" {
  const reading = read(changes);
  return reading.ok ? "ok" : reading.errors.map((error) => error.pointer);
}

test("a body in the original's form is read into the update, its timestamp kept as written", () => {
  expect(readOrderUpdate(BODY, NOW)).toEqual({
    ok: true,
    update: {
      enterpriseId: "E-1",
      shipmentId: "S-1",
      status: "out for delivery",
      occurredAt: NOW,
      timestampText: "2026-06-15 12:00:00",
      data: null,
    },
    idempotencyKey: null,
  });
});

test("members that are not known are ignored", () => {
  expect(read({ note: { deep: [] }, constructor: 1 })).toEqual(readOrderUpdate(BODY, NOW));
});

describe.each(["shipment_id", "enterprise_id"])("the id %s", (field) => {
  const idOf = (value: unknown) => {
    const reading = read({ [field]: value });
    return reading.ok && (field === "shipment_id" ? reading.update.shipmentId : reading.update.enterpriseId);
  };

  test.each([
    [42, "42"],
    [0, "0"],
    [-7, "-7"],
    [Number.MAX_SAFE_INTEGER, "9007199254740991"],
    ["007", "007"],
  ])("may be an integer or a string: %j", (value, id) => {
    expect(idOf(value)).toBe(id);
  });

  // Beyond 2^53 JSON.parse has rounded already, so two ids could have become one.
  test.each([1.5, 2 ** 53, 1e21, Number.NaN, Number.POSITIVE_INFINITY, true, null, [], ["a"], {}])(
    "may not be %j",
    (value) => {
      expect(verdict({ [field]: value })).toEqual([`/${field}`]);
    },
  );
});

test.each([5, true, null, [], {}])("a status may not be %j", (status) => {
  expect(verdict({ status })).toEqual(["/status"]);
});

describe.each(["shipment_id", "enterprise_id", "status"])("the text of %s", (field) => {
  const refused = [`/${field}`];

  test("has 1 to 64 characters, however many code units they take", () => {
    expect(verdict({ [field]: "" })).toEqual(refused);
    for (const character of ["a", "é", "漢", "😀"]) {
      expect(verdict({ [field]: character })).toBe("ok");
      expect(verdict({ [field]: character.repeat(64) })).toBe("ok");
      expect(verdict({ [field]: character.repeat(65) })).toEqual(refused);
    }
  });

  test("neither begins nor ends with a space of any kind", () => {
    for (const space of SPACES) {
      const shown = space.codePointAt(0)?.toString(16);
      expect({ shown, verdict: verdict({ [field]: `${space}a` }) }).toEqual({ shown, verdict: refused });
      expect({ shown, verdict: verdict({ [field]: `a${space}` }) }).toEqual({ shown, verdict: refused });
    }
    expect(verdict({ [field]: " " })).toEqual(refused);
    expect(verdict({ [field]: "a b\u00a0c" })).toBe("ok");
  });

  test("contains no control characters, no line separators and nothing that cannot be seen", () => {
    for (const code of [...CONTROLS, ...UNSEEN]) {
      expect({ code, verdict: verdict({ [field]: `a${String.fromCodePoint(code)}b` }) }).toEqual({
        code,
        verdict: refused,
      });
    }
  });

  test.each([
    ["an emoji", "\u{1f469}\u200d\u{1f467}"],
    ["an emoji with a colour", "\u{1f469}\u{1f3fd}\u200d\u{1f680}"],
    ["Persian", "تحویل\u200cشده"],
    ["Devanagari", "क्\u200dष"],
  ])("may be joined where that is seen: %s", (_, text) => {
    expect(verdict({ [field]: text })).toBe("ok");
  });

  test.each(["a\ud800b", "\udc00a", "a\ud83d", "\ude00\ud83d"])("contains no lone surrogate: %j", (text) => {
    expect(verdict({ [field]: text })).toEqual(refused);
  });
});

describe("errors", () => {
  test("name every wrong field at once", () => {
    expect(verdict({ shipment_id: "", status: 5, enterprise_id: " e", timestamp: "yesterday", data: [] })).toEqual([
      "/shipment_id",
      "/status",
      "/enterprise_id",
      "/timestamp",
      "/data",
    ]);
  });

  test("say of missing fields that they are required", () => {
    const missing = ["/shipment_id", "/status", "/enterprise_id", "/timestamp"];
    expect(readOrderUpdate({}, NOW)).toEqual({
      ok: false,
      errors: missing.map((pointer) => ({ pointer, message: "is required" })),
    });
  });

  test("name missing and wrong fields together", () => {
    expect(verdict({ shipment_id: undefined, timestamp: 1_750_000_000 })).toEqual(["/shipment_id", "/timestamp"]);
  });

  test.each([null, [], "text", 5, true])("point at the body itself when it is %j", (body) => {
    expect(readOrderUpdate(body, NOW)).toEqual({
      ok: false,
      errors: [{ pointer: "", message: "must be a JSON object" }],
    });
  });

  test("do not repeat what was sent", () => {
    const reading = read({ shipment_id: "secret\u0000", status: ["secret"], timestamp: "secret", data: "secret" });
    expect(JSON.stringify(reading)).not.toContain("secret");
  });

  test("a member called __proto__ stands in for no required field", () => {
    const body: unknown = JSON.parse(`{"__proto__": ${JSON.stringify(BODY)}}`);
    expect(readOrderUpdate(body, NOW).ok).toBe(false);
  });
});
