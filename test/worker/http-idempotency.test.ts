import { expect, it } from "vitest";
import { problemOf } from "./http-kit.ts";
import { deliveriesOf, newEnterprise, postIn, query, quietEnv, unique, updateOf, type Posted } from "./kit.ts";

/** The ids that an answer gives, and whether it says that it is a repeat. */
function told({ status, headers, body }: Posted) {
  return {
    status,
    replayed: headers.get("Idempotency-Replayed"),
    updateId: body.update_id,
    deliveryIds: body.deliveries.map((delivery) => delivery.delivery_id),
    skipped: body.skipped,
  };
}

/** Posts an update twice, each time under a new isolate's memory; `between` changes the world meanwhile. */
async function twice(
  post: (env: Env) => Promise<Posted>,
  again: (env: Env) => Promise<Posted> = post,
  between: () => Promise<unknown> = async () => undefined,
) {
  const first = await post(quietEnv().env);
  await between();
  const quiet = quietEnv();
  return { first: told(first), repeat: told(await again(quiet.env)), bells: quiet.bells };
}

it("says nothing of a repeat in the first answer", async () => {
  const enterprise = await newEnterprise(["sms"]);

  const { status, headers } = await postIn(quietEnv().env, updateOf(enterprise), { "Idempotency-Key": unique("key") });

  expect({ status, replayed: headers.get("Idempotency-Replayed") }).toEqual({ status: 202, replayed: null });
});

it("answers a repeat by its content with the same ids, adds no row and rings for nobody", async () => {
  const enterprise = await newEnterprise(["sms", "email", "whatsapp"], { phone: null });
  const update = updateOf(enterprise);

  const { first, repeat, bells } = await twice((env) => postIn(env, update));

  expect(repeat).toEqual({ ...first, replayed: "true" });
  expect(await deliveriesOf(enterprise)).toHaveLength(3);
  expect(bells).toEqual([]);
});

it("takes a quoted Idempotency-Key and a bare one for the same", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const key = unique("key");
  const update = updateOf(enterprise);

  const { first, repeat } = await twice(
    (env) => postIn(env, update, { "Idempotency-Key": key }),
    (env) => postIn(env, update, { "Idempotency-Key": `"${key}"` }),
  );
  const other = await postIn(quietEnv().env, updateOf(enterprise), { "Idempotency-Key": `"${key}"` });

  expect(repeat).toEqual({ ...first, replayed: "true" });
  expect(problemOf(other)).toMatchObject({ status: 422, code: "content_mismatch" });
});

it("lets two enterprises use the same Idempotency-Key", async () => {
  const key = { "Idempotency-Key": unique("key") };
  const [one, other] = [await newEnterprise(["sms"]), await newEnterprise(["sms"])];
  await postIn(quietEnv().env, updateOf(one), key);

  const answer = await postIn(quietEnv().env, updateOf(other), key);

  expect({ status: answer.status, replayed: answer.headers.get("Idempotency-Replayed") }).toEqual({
    status: 202,
    replayed: null,
  });
});

it("takes the same instant in another notation for a repeat", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const update = updateOf(enterprise);
  const utc = `${String(update["timestamp"]).replace(" ", "T")}Z`;
  const elsewhere = new Date(Date.parse(utc) + 7_200_000).toISOString().replace(/\.\d+Z/, "+02:00");

  const { first, repeat } = await twice(
    (env) => postIn(env, update),
    (env) => postIn(env, { ...update, timestamp: elsewhere }),
  );

  expect(repeat).toEqual({ ...first, replayed: "true" });
});

it("takes ids as integers and as texts for the same", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const [number] = crypto.getRandomValues(new Uint32Array(1));
  for (const table of ["customers", "subscriptions"]) {
    await query(`UPDATE ${table} SET enterprise_id = ? WHERE enterprise_id = ?`, [String(number), enterprise.id]);
  }
  const update = updateOf(enterprise, { shipment_id: number, enterprise_id: number });

  const { first, repeat } = await twice(
    (env) => postIn(env, update),
    (env) => postIn(env, { ...update, shipment_id: String(number), enterprise_id: String(number) }),
  );

  expect(first.status).toBe(202);
  expect(repeat).toEqual({ ...first, replayed: "true" });
});

it.for([
  [
    "it subscribed to another channel",
    "INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id, enabled) VALUES (?, 'ch_email', 'gw_sendgrid', TRUE)",
  ],
  ["it left its only channel", "DELETE FROM subscriptions WHERE enterprise_id = ?"],
  ["it unsubscribed", "UPDATE customers SET is_subscribed = FALSE WHERE enterprise_id = ?"],
  ["it is gone", "DELETE FROM customers WHERE enterprise_id = ?"],
  ["it lost its phone", "UPDATE customers SET phone = NULL WHERE enterprise_id = ?"],
] as const)("answers the original of an enterprise although %s", async ([, change]) => {
  const enterprise = await newEnterprise(["sms"]);
  const update = updateOf(enterprise);

  const { first, repeat, bells } = await twice(
    (env) => postIn(env, update),
    (env) => postIn(env, update),
    () => query(change, [enterprise.id]),
  );

  expect(repeat).toEqual({ ...first, replayed: "true" });
  expect(await deliveriesOf(enterprise)).toHaveLength(1);
  expect(bells).toEqual([]);
});

it.for(["not_subscribed", "no_channels"] as const)(
  "answers a repeat of what was refused as %s with the same",
  async (code) => {
    const enterprise =
      code === "no_channels" ? await newEnterprise([]) : await newEnterprise([], { isSubscribed: false });
    const update = updateOf(enterprise);
    const first = await postIn(quietEnv().env, update);
    await query(
      "INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id, enabled) VALUES (?, 'ch_sms', 'gw_twilio', TRUE)",
      [enterprise.id],
    );
    await query("UPDATE customers SET is_subscribed = TRUE WHERE enterprise_id = ?", [enterprise.id]);

    const repeat = await postIn(quietEnv().env, update);

    expect(problemOf(repeat)).toMatchObject({ status: 422, code });
    expect(repeat.headers.get("Idempotency-Replayed")).toBe("true");
    expect(repeat.body.update_id).toBe(first.body.update_id);
    expect(first.headers.get("Idempotency-Replayed")).toBeNull();
    expect(await deliveriesOf(enterprise)).toHaveLength(1);
  },
);
