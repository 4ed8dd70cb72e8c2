import { expect, test } from "vitest";
import { readOrderUpdates } from "../../../src/domain/order-updates.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const UPDATE = { shipment_id: "S-1", status: "shipped", enterprise_id: "E-1", timestamp: "2026-06-15 12:00:00" };

test("each update of an array is read on its own", () => {
  const readings = readOrderUpdates([UPDATE, { ...UPDATE, status: "" }, null], NOW);
  expect(readings.map((reading) => (reading.ok ? "ok" : reading.errors.map(({ pointer }) => pointer)))).toEqual([
    "ok",
    ["/status"],
    [""],
  ]);
});

test("an update of an array carries its key with it", () => {
  const [keyed, without] = readOrderUpdates([{ ...UPDATE, idempotency_key: "key-1" }, UPDATE], NOW);
  expect(keyed).toMatchObject({ ok: true, idempotencyKey: "key-1" });
  expect(without).toMatchObject({ ok: true, idempotencyKey: null });
});

test("an update of an array has no more data than it could have alone", () => {
  const withNote = (length: number) => readOrderUpdates([{ ...UPDATE, data: { note: "x".repeat(length) } }], NOW)[0];
  expect(withNote(65_000)?.ok).toBe(true);
  expect(withNote(65_536)).toEqual({
    ok: false,
    errors: [{ pointer: "/data", message: "must be at most 65536 characters" }],
  });
});
