import { expect, it } from "vitest";
import { barredOf, call, fateOf, inboundForm, sendOne, twilioForm } from "./callbacks-kit.ts";
import {
  bellFor,
  deliveriesOf,
  hear,
  newEnterprise,
  postIn,
  query,
  quietEnv,
  unique,
  updateOf,
  type TestEnterprise,
} from "./kit.ts";
import { network } from "./network.ts";

const { env: quiet } = quietEnv();

const OPTED_OUT = () => Response.json({ code: 21610, message: "unsubscribed", status: 400 }, { status: 400 });

/** Posts an update, delivers it at once, and tells what became of it on each channel. */
async function deliver(enterprise: TestEnterprise): Promise<Record<string, string>> {
  const { body } = await postIn(quiet, updateOf(enterprise));
  const ids = body.deliveries.map((delivery) => delivery.delivery_id);
  await hear(quiet, [bellFor(enterprise, ids)]);
  const rows = (await deliveriesOf(enterprise)) as unknown as Record<
    "delivery_id" | "channel" | "state" | "code",
    string
  >[];
  const mine = rows.filter((row) => ids.includes(row.delivery_id));
  return Object.fromEntries(mine.map((row) => [row.channel, row.code ? `${row.state} ${row.code}` : row.state]));
}

/** A second gateway of the SMS channel, with its own sender, that the enterprise falls back to. */
async function withSecondGateway(enterprise: TestEnterprise): Promise<string> {
  const [id, sender] = [unique("gw"), "+15005550099"];
  await query(
    `INSERT INTO gateways (gateway_id, gateway_name, gateway_key, channel_id, adapter, sender, priority)
     VALUES (?, ?, ?, 'ch_sms', 'twilio_sms', ?, 200)`,
    [id, id, id, sender],
  );
  await query("INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id) VALUES (?, 'ch_sms', ?)", [
    enterprise.id,
    id,
  ]);
  return sender;
}

it("sends nothing more through any gateway of the channel once the provider said that the recipient has opted out", async () => {
  const enterprise = await newEnterprise(["sms"]);
  await withSecondGateway(enterprise);
  network.answer(enterprise.phone, OPTED_OUT);

  expect(await deliver(enterprise)).toEqual({ SMS: "failed rejected" });
  expect(network.callsTo(enterprise.phone)).toHaveLength(1);

  expect(await deliver(enterprise)).toEqual({ SMS: "skipped opted_out" });
  await query("UPDATE subscriptions SET enabled = FALSE WHERE enterprise_id = ? AND gateway_id = 'gw_twilio'", [
    enterprise.id,
  ]);
  expect(await deliver(enterprise)).toEqual({ SMS: "skipped opted_out" });
  expect(network.callsTo(enterprise.phone)).toHaveLength(1);
});

it("explains in logs_failure why it was skipped", async () => {
  const enterprise = await newEnterprise(["sms"]);
  await call(quiet, await inboundForm(enterprise.phone, "STOP"));

  await deliver(enterprise);

  expect((await fateOf(enterprise)).failures).toMatchObject([
    { channel: "SMS", code: "opted_out", message: expect.stringMatching(/opted out/) },
  ]);
});

it("goes on sending on other channels, and to other enterprises of the same number", async () => {
  const enterprise = await newEnterprise(["sms", "email", "whatsapp"]);
  const other = await newEnterprise(["sms"], { phone: enterprise.phone });
  let refusals = 1;
  network.answer(enterprise.phone, () =>
    refusals-- > 0 ? OPTED_OUT() : Response.json({ sid: unique("SM") }, { status: 201 }),
  );
  await query("UPDATE subscriptions SET enabled = FALSE WHERE enterprise_id = ? AND channel_id <> 'ch_sms'", [
    enterprise.id,
  ]);
  expect(await deliver(enterprise)).toEqual({ SMS: "failed rejected" });
  await query("UPDATE subscriptions SET enabled = TRUE WHERE enterprise_id = ?", [enterprise.id]);

  // A new isolate, for the memory of this one still has the old subscriptions.
  const fresh = quietEnv().env;
  const { body } = await postIn(fresh, updateOf(enterprise));
  await hear(fresh, [
    bellFor(
      enterprise,
      body.deliveries.map((delivery) => delivery.delivery_id),
    ),
  ]);

  const states = await query<{ channel: string; state: string }>(
    "SELECT channel, state FROM deliveries WHERE enterprise_id = ? AND update_id = ? ORDER BY channel",
    [enterprise.id, body.update_id],
  );
  expect(states).toEqual([
    { channel: "Email", state: "sent" },
    { channel: "SMS", state: "skipped" },
    { channel: "Whatsapp", state: "sent" },
  ]);
  expect(await deliver(other)).toEqual({ SMS: "sent" });
});

it("sends again after START", async () => {
  const enterprise = await newEnterprise(["sms"]);
  let refusals = 1;
  network.answer(enterprise.phone, () =>
    refusals-- > 0 ? OPTED_OUT() : Response.json({ sid: unique("SM") }, { status: 201 }),
  );
  await deliver(enterprise);
  expect(await deliver(enterprise)).toEqual({ SMS: "skipped opted_out" });

  await call(quiet, await inboundForm(enterprise.phone, "START"));

  expect(await deliver(enterprise)).toEqual({ SMS: "sent" });
});

it("does not send what was accepted before the STOP and not sent yet", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const { body } = await postIn(quiet, updateOf(enterprise));

  await call(quiet, await inboundForm(enterprise.phone, "STOP"));
  await hear(quiet, [
    bellFor(
      enterprise,
      body.deliveries.map((delivery) => delivery.delivery_id),
    ),
  ]);

  expect(await deliveriesOf(enterprise)).toMatchObject([{ state: "skipped", code: "opted_out" }]);
  expect(network.callsTo(enterprise.phone)).toEqual([]);
});

it("takes one statement more for a batch with such a refusal, and none for any other", async () => {
  const batch = async (isOptedOut: boolean) => {
    const enterprise = await newEnterprise(["sms"]);
    if (isOptedOut) network.answer(enterprise.phone, OPTED_OUT);
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const { body } = await postIn(quiet, updateOf(enterprise));
      ids.push(...body.deliveries.map((delivery) => delivery.delivery_id));
    }
    return network.statementsOf(() => hear(quiet, [bellFor(enterprise, ids)]));
  };

  const [plain, refused] = [await batch(false), await batch(true)];

  expect(plain.filter((statement) => statement.includes("INTO suppressions"))).toEqual([]);
  expect(refused.filter((statement) => statement.includes("INTO suppressions"))).toHaveLength(1);
  expect(plain.length).toBeLessThanOrEqual(7);
  expect(refused.length).toBeLessThanOrEqual(8);
});

it("lets a late callback with 21610 bar the number, unless it was lifted after the attempt", async () => {
  const { quiet: env, ...sent } = await sendOne("sms");
  const callback = await twilioForm(sent, "failed", { ErrorCode: "21610" });

  await call(env, callback);
  expect(await barredOf(sent.enterprise)).toMatchObject([{ channel_id: "ch_sms", code: "stopped", lifted: 0 }]);

  await call(env, await inboundForm(sent.enterprise.phone, "START"));
  await call(env, callback);
  expect(await barredOf(sent.enterprise)).toMatchObject([{ code: "stopped", lifted: 1 }]);
});

it("does not let a callback with 21610 bar a number again that was freed before it ever came", async () => {
  const { quiet: env, ...sent } = await sendOne("sms");
  await call(env, await inboundForm(sent.enterprise.phone, "START"));

  await call(env, await twilioForm(sent, "failed", { ErrorCode: "21610" }));

  expect(await barredOf(sent.enterprise)).toMatchObject([{ lifted: 1 }]);
});
