import { expect, it } from "vitest";
import { bellFor, deliveriesOf, hear, newEnterprise, postIn, query, quietEnv, unique, updateOf } from "./kit.ts";
import { network } from "./network.ts";

async function heardOnce(answer: () => Response | Promise<Response>) {
  const enterprise = await newEnterprise(["sms"]);
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise));
  const ids = body.deliveries.map((delivery) => delivery.delivery_id);
  quiet.bells.length = 0;
  network.answer(enterprise.phone, answer);
  await hear(quiet.env, [bellFor(enterprise, ids)]);
  const [row] = await deliveriesOf(enterprise);
  const attempts = await query("SELECT outcome, code FROM attempts WHERE enterprise_id = ?", [enterprise.id]);
  const failures = await query<{ code: string; provider_code: string; message: string }>(
    "SELECT code, provider_code, message FROM logs_failure WHERE enterprise_id = ?",
    [enterprise.id],
  );
  const logs = await query("SELECT provider_id FROM logs WHERE enterprise_id = ?", [enterprise.id]);
  return { enterprise, quiet, ids, row, attempts, failures, logs };
}

it("tries a refused delivery again by a new bell, after the time that the provider asked for", async () => {
  const seen = await heardOnce(() =>
    Response.json({ code: 20429, status: 429 }, { status: 429, headers: { "Retry-After": "7" } }),
  );

  expect(seen.row?.state).toBe("retrying");
  expect(seen.attempts).toEqual([{ outcome: "refused", code: "20429" }]);
  expect(seen.quiet.bells).toHaveLength(1);
  expect(seen.quiet.bells[0]?.delaySeconds).toBeGreaterThanOrEqual(8);
  expect(seen.quiet.bells[0]?.delaySeconds).toBeLessThanOrEqual(13);

  network.answer(seen.enterprise.phone, () => Response.json({ sid: "SM1" }, { status: 201 }));
  await query("UPDATE deliveries SET due_at = UTC_TIMESTAMP(3) WHERE enterprise_id = ?", [seen.enterprise.id]);
  await hear(seen.quiet.env, [bellFor(seen.enterprise, seen.ids)]);
  const [row] = await deliveriesOf(seen.enterprise);
  expect(row).toMatchObject({ state: "sent", attempt_no: 2 });
});

it("fails a rejected delivery with the reason in words and the provider's code", async () => {
  const seen = await heardOnce(() => Response.json({ code: 21211, status: 400 }, { status: 400 }));

  expect(seen.row).toMatchObject({ state: "failed", code: "rejected" });
  expect(seen.failures).toHaveLength(1);
  expect(seen.failures[0]).toMatchObject({ code: "rejected", provider_code: "21211" });
  expect(seen.failures[0]?.message).not.toContain(seen.enterprise.phone);
});

it("fails a delivery through a misconfigured gateway and says so", async () => {
  const seen = await heardOnce(() => Response.json({ code: 20003, status: 401 }, { status: 401 }));

  expect(seen.row).toMatchObject({ state: "failed", code: "misconfigured" });
  expect(seen.failures[0]).toMatchObject({ code: "misconfigured", provider_code: "20003" });
});

it("holds an ambiguous delivery: not logged as sent, not failed, not tried again", async () => {
  const seen = await heardOnce(() => Promise.reject(new TypeError("Network connection lost.")));

  expect(seen.row?.state).toBe("unknown");
  expect(seen.attempts).toMatchObject([{ outcome: "ambiguous" }]);
  expect(seen.failures).toEqual([]);
  expect(seen.logs).toEqual([]);
  expect(seen.quiet.bells).toEqual([]);
});

it("counts a success whose body cannot be read as accepted", async () => {
  const seen = await heardOnce(() => new Response("<html>", { status: 201 }));

  expect(seen.row?.state).toBe("sent");
  expect(seen.logs).toEqual([{ provider_id: null }]);
});

it("skips what expired before it could be sent", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise));
  await query("UPDATE deliveries SET expires_at = UTC_TIMESTAMP(3) WHERE enterprise_id = ?", [enterprise.id]);

  await hear(quiet.env, [
    bellFor(
      enterprise,
      body.deliveries.map((delivery) => delivery.delivery_id),
    ),
  ]);

  expect((await deliveriesOf(enterprise)).map((row) => [row.state, row.code])).toEqual([["skipped", "expired"]]);
  expect(network.callsTo(enterprise.phone)).toHaveLength(0);
});

it("sends by what is true at sending time: nothing after the enterprise unsubscribed", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise));
  await query("UPDATE customers SET is_subscribed = FALSE WHERE enterprise_id = ?", [enterprise.id]);

  await hear(quiet.env, [
    bellFor(
      enterprise,
      body.deliveries.map((delivery) => delivery.delivery_id),
    ),
  ]);

  expect((await deliveriesOf(enterprise)).map((row) => row.code)).toEqual(["not_subscribed"]);
  expect(network.callsTo(enterprise.phone)).toHaveLength(0);
});

it("goes on to the second gateway of the channel when the first is misconfigured, by a new bell", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const second = unique("gw").slice(0, 40);
  await query(
    "INSERT INTO gateways (gateway_id, gateway_name, gateway_key, channel_id, adapter, sender, priority) VALUES (?, ?, ?, 'ch_sms', 'twilio_sms', '+15005550099', 200)",
    [second, second, second],
  );
  await query("INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id) VALUES (?, 'ch_sms', ?)", [
    enterprise.id,
    second,
  ]);
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise));
  const ids = body.deliveries.map((delivery) => delivery.delivery_id);
  quiet.bells.length = 0;
  let answers = 0;
  network.answer(enterprise.phone, () =>
    answers++ === 0
      ? Response.json({ code: 20003, status: 401 }, { status: 401 })
      : Response.json({ sid: "SM2" }, { status: 201 }),
  );

  await hear(quiet.env, [bellFor(enterprise, ids)]);
  expect(quiet.bells).toEqual([{ lane: "sms", again: true, body: bellFor(enterprise, ids), delaySeconds: 0 }]);
  await hear(quiet.env, [bellFor(enterprise, ids)]);

  expect((await deliveriesOf(enterprise)).map((row) => row.state)).toEqual(["sent"]);
  const gateways = await query("SELECT gateway, outcome FROM attempts WHERE enterprise_id = ? ORDER BY attempt_no", [
    enterprise.id,
  ]);
  expect(gateways).toEqual([
    { gateway: "Twilio", outcome: "misconfigured" },
    { gateway: second, outcome: "accepted" },
  ]);
});
