import { expect, it } from "vitest";
import { problemOf } from "./http-kit.ts";
import { deliveriesOf, newEnterprise, postIn, query, quietEnv, unique, updateOf } from "./kit.ts";

it("makes one update of 50 posts at once under one key, of which half have other content", async () => {
  const enterprise = await newEnterprise(["sms", "email"]);
  const key = { "Idempotency-Key": unique("key") };
  const contents = [updateOf(enterprise, { data: { parcels: 1 } }), updateOf(enterprise, { data: { parcels: 2 } })];

  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => postIn(quietEnv().env, contents[index % 2], key)),
  );

  const accepted = answers.filter((answer) => answer.status === 202);
  const refused = answers.filter((answer) => answer.status === 422);
  expect([accepted.length, refused.length]).toEqual([25, 25]);
  expect(new Set(accepted.map((answer) => answer.body.update_id)).size).toBe(1);
  expect(new Set(refused.map((answer) => answer.body.code))).toEqual(new Set(["content_mismatch"]));
  expect(await deliveriesOf(enterprise)).toHaveLength(2);
});

it("takes a key for a new one once the rows that it named are gone", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const key = { "Idempotency-Key": unique("key") };
  const first = await postIn(quietEnv().env, updateOf(enterprise), key);
  await query("DELETE FROM deliveries WHERE enterprise_id = ?", [enterprise.id]);

  const second = await postIn(quietEnv().env, updateOf(enterprise), key);

  expect({ status: second.status, replayed: second.headers.get("Idempotency-Replayed") }).toEqual({
    status: 202,
    replayed: null,
  });
  expect(second.body.update_id).not.toBe(first.body.update_id);
});

it.for([
  ["256 characters", "k".repeat(256)],
  ["nothing", ""],
  ["a space", "a b"],
] as const)("refuses a key of %s by its name, and stores nothing", async ([, key]) => {
  const enterprise = await newEnterprise(["sms"]);

  const answer = await postIn(quietEnv().env, updateOf(enterprise), { "Idempotency-Key": key });

  expect(problemOf(answer)).toMatchObject({ status: 400, code: "invalid_request" });
  expect(JSON.stringify(answer.body["errors"])).toContain("Idempotency-Key");
  expect(await deliveriesOf(enterprise)).toEqual([]);
});
