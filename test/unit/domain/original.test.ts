import { describe, expect, test } from "vitest";
import { judgeOriginal, type StoredDelivery } from "../../../src/domain/original.ts";
import { newId } from "./builders.ts";

const KEYS = { updateKey: "update", idempotencyHash: "key", fingerprint: "content" };

function stored(changes: Partial<StoredDelivery> = {}): StoredDelivery {
  return {
    enterpriseId: "ent",
    updateId: "original",
    deliveryId: newId("dlv"),
    ...KEYS,
    channelId: "ch",
    channel: "SMS",
    gatewayId: "gw",
    gateway: "Twilio",
    state: "sent",
    code: null,
    ...changes,
  };
}

describe("the original of a post", () => {
  test("is none when nothing has either key", () => {
    expect(judgeOriginal([], KEYS)).toEqual({ kind: "none" });
  });

  test("with the same content is replayed, all its rows in order", () => {
    const rows = [stored(), stored(), stored({ state: "skipped" })];
    expect(judgeOriginal(rows, KEYS)).toEqual({ kind: "replay", rows });
  });

  test.each([null, "another"])("is replayed when it came under the idempotency key %j", (idempotencyHash) => {
    const rows = [stored({ idempotencyHash })];
    expect(judgeOriginal(rows, KEYS)).toEqual({ kind: "replay", rows });
  });

  test("is replayed for a repeat that has lost its idempotency key", () => {
    const rows = [stored()];
    expect(judgeOriginal(rows, { ...KEYS, idempotencyHash: null })).toEqual({ kind: "replay", rows });
  });

  test("that has the business key but other data is a mismatch", () => {
    const rows = [stored({ fingerprint: "other" }), stored({ fingerprint: "other" })];
    expect(judgeOriginal(rows, KEYS)).toEqual({ kind: "mismatch", key: "business" });
  });

  test("that has the idempotency key but is another update is a mismatch", () => {
    const rows = [stored({ updateKey: "other", fingerprint: "other" })];
    expect(judgeOriginal(rows, KEYS)).toEqual({ kind: "mismatch", key: "idempotency" });
  });
});

describe("two originals, one for each key", () => {
  const byIdempotency = stored({ updateId: "second", updateKey: "other", fingerprint: "other" });

  test.each([
    ["first", [stored({ idempotencyHash: null }), byIdempotency]],
    ["last", [byIdempotency, stored({ idempotencyHash: null })]],
  ])("are a mismatch by the idempotency key, though the content is known (%s)", (_, rows) => {
    expect(judgeOriginal(rows, KEYS)).toEqual({ kind: "mismatch", key: "idempotency" });
  });

  test("are a mismatch by the business key when its content differs too", () => {
    const rows = [byIdempotency, stored({ fingerprint: "changed" })];
    expect(judgeOriginal(rows, KEYS)).toEqual({ kind: "mismatch", key: "business" });
  });

  test("are never mixed into one answer, even with equal fingerprints", () => {
    const rows = [stored(), stored({ updateId: "second" })];
    expect(judgeOriginal(rows, KEYS).kind).toBe("mismatch");
  });
});
