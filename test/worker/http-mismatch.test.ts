import { expect, it } from "vitest";
import { problemOf } from "./http-kit.ts";
import { deliveriesOf, newEnterprise, postIn, query, quietEnv, unique, updateOf } from "./kit.ts";

/** An enterprise with one accepted update under an Idempotency-Key. */
async function accepted() {
  const enterprise = await newEnterprise(["sms"]);
  const key = { "Idempotency-Key": unique("key") };
  const update = updateOf(enterprise, { data: { parcels: 1 } });
  await postIn(quietEnv().env, update, key);
  return { enterprise, key, update };
}

it("refuses other data under the same shipment, status and instant", async () => {
  const { enterprise, update } = await accepted();
  const quiet = quietEnv();

  const answer = await postIn(quiet.env, { ...update, data: { parcels: 2 } });

  expect(problemOf(answer)).toMatchObject({ status: 422, code: "content_mismatch" });
  expect(await deliveriesOf(enterprise)).toHaveLength(1);
  expect(quiet.bells).toEqual([]);
});

it.for([
  ["shipment", { shipment_id: "another" }],
  ["status", { status: "delivered" }],
  ["content of `data`", { data: { parcels: 2 } }],
] as const)("refuses another %s under the same Idempotency-Key", async ([, change]) => {
  const { enterprise, key, update } = await accepted();
  const quiet = quietEnv();

  const answer = await postIn(quiet.env, { ...update, ...change }, key);

  expect(problemOf(answer)).toMatchObject({ status: 422, code: "content_mismatch" });
  expect(await deliveriesOf(enterprise)).toHaveLength(1);
  expect(quiet.bells).toEqual([]);
});

it("refuses an Idempotency-Key of another update, also for an update that came before", async () => {
  const { enterprise, key } = await accepted();
  const other = updateOf(enterprise);
  await postIn(quietEnv().env, other);

  const answer = await postIn(quietEnv().env, other, key);

  expect(problemOf(answer)).toMatchObject({ status: 422, code: "content_mismatch" });
});

it("refuses it also when the enterprise has gone meanwhile", async () => {
  const { enterprise, key, update } = await accepted();
  await query("DELETE FROM customers WHERE enterprise_id = ?", [enterprise.id]);

  const answer = await postIn(quietEnv().env, { ...update, status: "delivered" }, key);

  expect(problemOf(answer)).toMatchObject({ status: 422, code: "content_mismatch" });
});

it("takes the members of `data` in another order for the same content", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const update = updateOf(enterprise);
  await postIn(quietEnv().env, { ...update, data: { a: 1, b: { c: 2, d: 3 } } });

  const answer = await postIn(quietEnv().env, { ...update, data: { b: { d: 3, c: 2 }, a: 1 } });

  expect({ status: answer.status, replayed: answer.headers.get("Idempotency-Replayed") }).toEqual({
    status: 202,
    replayed: "true",
  });
});
