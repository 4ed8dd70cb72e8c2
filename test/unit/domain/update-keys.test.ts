import { describe, expect, test } from "vitest";
import { readOrderUpdate, type OrderUpdate } from "../../../src/domain/order-update.ts";
import { readIdempotencyKey, updateKeys } from "../../../src/domain/update-keys.ts";
import { anUpdate } from "./builders.ts";

const NOW = Date.UTC(2026, 5, 15, 12);

function written(timestamp: string, data = "{}"): OrderUpdate {
  const json = `{"shipment_id":"S","status":"x","enterprise_id":"E","timestamp":"${timestamp}","data":${data}}`;
  const reading = readOrderUpdate(JSON.parse(json), NOW);
  if (!reading.ok) throw new Error(JSON.stringify(reading.errors));
  return reading.update;
}

describe("the keys of an update", () => {
  test("are digests of 43 characters, fit for a fixed column", async () => {
    const keys = await updateKeys(anUpdate(), "key");
    for (const key of Object.values(keys)) expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  test("are SHA-256 in base64url (the vector of FIPS 180-4 for 'abc')", async () => {
    const { idempotencyHash } = await updateKeys(anUpdate(), "abc");
    expect(idempotencyHash).toBe("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
  });

  test("have no hash of an idempotency key where none was given", async () => {
    expect((await updateKeys(anUpdate(), null)).idempotencyHash).toBeNull();
  });

  test.each(["2026-06-15T12:00:00Z", "2026-06-15T14:00:00.000+02:00", "2026-06-15t12:00:00z"])(
    "are the same for one instant in another notation: %s",
    async (timestamp) => {
      expect(await updateKeys(written(timestamp), null)).toEqual(
        await updateKeys(written("2026-06-15 12:00:00"), null),
      );
    },
  );

  test("do not depend on the order of data's members, at any depth", async () => {
    const one = written("2026-06-15 12:00:00", '{"a":1,"b":{"c":[{"d":1,"e":2}],"f":null}}');
    const other = written("2026-06-15 12:00:00", '{"b":{"f":null,"c":[{"e":2,"d":1}]},"a":1}');
    expect(await updateKeys(one, null)).toEqual(await updateKeys(other, null));
  });

  test.each([
    ["the order of a list", '{"a":[1,2]}', '{"a":[2,1]}'],
    ["a number and its text", '{"a":1}', '{"a":"1"}'],
    ["null and nothing", '{"a":null}', "{}"],
    ["a list and an object", '{"a":[]}', '{"a":{}}'],
    ["a member called __proto__", '{"__proto__":{"a":1}}', "{}"],
    ["where a member stands", '{"a":{"b":1}}', '{"a":{},"b":1}'],
  ])("tell other data apart by the fingerprint alone: %s", async (_, data, otherData) => {
    const one = await updateKeys(written("2026-06-15 12:00:00", data), null);
    const other = await updateKeys(written("2026-06-15 12:00:00", otherData), null);
    expect(one.updateKey).toBe(other.updateKey);
    expect(one.fingerprint).not.toBe(other.fingerprint);
  });

  test.each([
    ["shipment", { shipmentId: "other" }],
    ["status", { status: "other" }],
    ["instant", { occurredAt: NOW + 1 }],
  ])("differ for another %s", async (_, change) => {
    const update = anUpdate();
    const one = await updateKeys(update, null);
    const other = await updateKeys({ ...update, ...change }, null);
    expect(one.updateKey).not.toBe(other.updateKey);
    expect(one.fingerprint).not.toBe(other.fingerprint);
  });

  test("of another enterprise have another fingerprint", async () => {
    const update = anUpdate();
    const one = await updateKeys(update, null);
    const other = await updateKeys({ ...update, enterpriseId: "other" }, null);
    expect(one.fingerprint).not.toBe(other.fingerprint);
  });

  test("do not run the texts of neighbouring fields together", async () => {
    const one = await updateKeys(anUpdate({ shipmentId: 'a","b', status: "c" }), null);
    const other = await updateKeys(anUpdate({ shipmentId: "a", status: 'b","c' }), null);
    expect(one.updateKey).not.toBe(other.updateKey);
  });

  test("other ways to write the same update do not change: the text of the timestamp is no content", async () => {
    const update = anUpdate();
    expect(await updateKeys({ ...update, timestampText: "other" }, null)).toEqual(await updateKeys(update, null));
  });
});

describe("the header Idempotency-Key", () => {
  test("may be missing", () => {
    expect(readIdempotencyKey(undefined)).toBeNull();
  });

  test.each([
    ["bare", "8e03978e-40d5", "8e03978e-40d5"],
    ["as the quoted string of the IETF draft", '"8e03978e-40d5"', "8e03978e-40d5"],
    ["one character", "!", "!"],
    ["255 characters", "~".repeat(255), "~".repeat(255)],
    ["255 characters in quotes", `"${"k".repeat(255)}"`, "k".repeat(255)],
    ["a quote at one end only", '"abc', '"abc'],
  ])("%s", (_, header, key) => {
    expect(readIdempotencyKey(header)).toBe(key);
  });

  test.each([
    ["empty", ""],
    ["empty quotes", '""'],
    ["256 characters", "k".repeat(256)],
    ["256 characters in quotes", `"${"k".repeat(256)}"`],
    ["a space", "a b"],
    ["two headers joined", "a, b"],
    ["a control character", "a\u0000b"],
    ["a delete character", "a\u007f"],
    ["letters beyond ASCII", "clé"],
    ["a line break at the end", "abc\n"],
  ])("is not usable: %s", (_, header) => {
    expect(readIdempotencyKey(header)).toBeUndefined();
  });
});
