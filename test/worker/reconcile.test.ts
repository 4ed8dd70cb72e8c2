import { createExecutionContext } from "cloudflare:test";
import { expect, it } from "vitest";
import { createServices } from "../../src/services.ts";
import { applyReceipts } from "../../src/usecases/apply-receipts.ts";
import { sweepOnce } from "../../src/usecases/sweep.ts";
import { bellFor, deliveriesOf, hear, newEnterprise, postIn, query, quietEnv, unique, updateOf } from "./kit.ts";
import { network } from "./network.ts";

type Changes = { phone?: string; policy?: string; mailGateway?: string; update?: object };

/** A delivery whose answer was lost, as seen after its lease and one minute more. */
async function ambiguous({ phone, policy, mailGateway, update = {} }: Changes = {}) {
  const enterprise = await newEnterprise(
    mailGateway === undefined ? ["sms"] : [],
    phone === undefined ? {} : { phone },
  );
  if (mailGateway !== undefined) await subscribe(enterprise, mailGateway);
  if (policy !== undefined) {
    await query("UPDATE customers SET ambiguity_policy = ? WHERE enterprise_id = ?", [policy, enterprise.id]);
  }
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise, { shipment_id: unique("SH"), ...update }));
  const ids = body.deliveries.map((delivery) => delivery.delivery_id);
  network.answer(enterprise.phone, () => new Response("lost", { status: 500 }));
  network.answer(enterprise.email, () => new Response("lost", { status: 500 }));
  await hear(quiet.env, [bellFor(enterprise, ids)]);
  await pass(enterprise, "look_at", 121);
  return { enterprise, quiet, ids };
}

const subscribe = (enterprise: { id: string }, gatewayId: string) =>
  query("INSERT INTO subscriptions VALUES (?, 'ch_email', ?, TRUE)", [enterprise.id, gatewayId]);

/** A gateway for mails through an account that no other test sends through, so that only its own mails are heard of. */
async function newMailGateway(): Promise<string> {
  const id = unique("gw").slice(0, 40);
  await query(
    `INSERT INTO gateways (gateway_id, gateway_name, gateway_key, channel_id, adapter, account)
     VALUES (?, ?, ?, 'ch_email', 'sendgrid_email', 'backup')`,
    [id, id, id],
  );
  return id;
}

type One = Awaited<ReturnType<typeof ambiguous>>;

const pass = (enterprise: { id: string }, column: string, seconds: number) =>
  query(`UPDATE deliveries SET ${column} = ${column} - INTERVAL ? SECOND WHERE enterprise_id = ?`, [
    seconds,
    enterprise.id,
  ]);

async function sweep({ quiet, enterprise }: One) {
  quiet.bells.length = 0;
  await sweepOnce(createServices(quiet.env, createExecutionContext(), "background"));
  return quiet.bells
    .filter((bell) => bell.body.enterprise_id === enterprise.id)
    .flatMap((bell) => bell.body.delivery_ids);
}

const statesOf = async ({ enterprise }: One) => (await deliveriesOf(enterprise)).map((row) => row.state);

const stepsOf = ({ enterprise }: One) =>
  query<{ source: string; conclusion: string }>(
    "SELECT source, conclusion FROM reconciliations WHERE enterprise_id = ? ORDER BY step_no",
    [enterprise.id],
  );

/** Twilio has the message of this delivery. */
async function twilioHas({ enterprise }: One, changes: object = {}) {
  const [row] = await query<{ shipment_id: string; timestamp_text: string }>(
    "SELECT shipment_id, timestamp_text FROM deliveries WHERE enterprise_id = ?",
    [enterprise.id],
  );
  const message = {
    sid: `SM${crypto.randomUUID().replaceAll("-", "")}`,
    from: "+15005550006",
    body: `Shipment ID ${row?.shipment_id} is shipped. Updated on ${row?.timestamp_text}`,
    status: "delivered",
    date_created: new Date().toUTCString().replace("GMT", "+0000"),
    ...changes,
  };
  network.listed.set(enterprise.phone, [message]);
  return message.sid;
}

it("is not looked for before a minute has passed since the end of its lease", async () => {
  const one = await ambiguous();
  await pass(one.enterprise, "look_at", -3);
  await sweep(one);
  expect(network.looks).not.toContain(one.enterprise.phone);
  expect(await statesOf(one)).toEqual(["unknown"]);
});

it("counts as accepted once the provider is found to have it, and is logged", async () => {
  const one = await ambiguous();
  const sid = await twilioHas(one);
  await sweep(one);
  expect(await statesOf(one)).toEqual(["delivered"]);
  const logs = await query("SELECT provider_id FROM logs WHERE enterprise_id = ?", [one.enterprise.id]);
  expect(logs).toEqual([{ provider_id: sid }]);
  expect(await stepsOf(one)).toEqual([{ source: "look_up", conclusion: "accepted" }]);
});

it("is sent again only after two looks, a minute apart, that found nothing", async () => {
  const one = await ambiguous();
  expect(await sweep(one)).toEqual([]);
  expect(await sweep(one)).toEqual([]);
  expect(await statesOf(one)).toEqual(["unknown"]);
  await pass(one.enterprise, "look_at", 59);
  await sweep(one);
  expect(await statesOf(one)).toEqual(["unknown"]);
  await pass(one.enterprise, "look_at", 2);

  expect(await sweep(one)).toEqual(one.ids);

  expect(await statesOf(one)).toEqual(["retrying"]);
  expect((await stepsOf(one)).map((step) => step.conclusion)).toEqual(["absent", "proven_absent"]);
  network.answers.delete(one.enterprise.phone);
  await hear(one.quiet.env, [bellFor(one.enterprise, one.ids)]);
  expect(await statesOf(one)).toEqual(["sent"]);
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(2);
});

it("keeps the proof that a message was sent again for, whatever another sweep saw meanwhile", async () => {
  const one = await ambiguous();
  await sweep(one);
  await pass(one.enterprise, "look_at", 61);
  network.beforeStatement(
    (statement) => statement.toLowerCase().includes("into `reconciliations`") && statement.includes(one.enterprise.id),
    () =>
      query(
        `INSERT INTO reconciliations
         SELECT enterprise_id, delivery_id, attempt_id, 2, source, 'unanswered', 'It did not answer.', UTC_TIMESTAMP(3)
           FROM reconciliations WHERE enterprise_id = ?`,
        [one.enterprise.id],
      ),
  );

  expect(await sweep(one)).toEqual(one.ids);

  expect((await stepsOf(one)).map((step) => step.conclusion)).toEqual(["absent", "proven_absent"]);
});

it("counts a look once when two sweeps look at the same time", async () => {
  const one = await ambiguous();
  await Promise.all([sweep(one), sweep(one)]);
  expect(await statesOf(one)).toEqual(["unknown"]);
  expect(await deliveriesOf(one.enterprise)).toMatchObject([{ look_no: 1 }]);
});

it("is not taken for the message of another sender, nor of another text", async () => {
  const one = await ambiguous();
  await twilioHas(one, { from: "+15005550009" });
  await sweep(one);
  await twilioHas(one, { body: "Shipment ID other is shipped." });
  await pass(one.enterprise, "look_at", 61);
  await sweep(one);
  expect(await statesOf(one)).toEqual(["retrying"]);
});

it("stays unknown while another enterprise may have sent the very same message", async () => {
  const same = { shipment_id: unique("SH"), timestamp: "2026-11-20 08:00:00" };
  const one = await ambiguous({ update: same });
  const rival = await ambiguous({ update: same, phone: one.enterprise.phone });
  await twilioHas(one);
  await sweep(one);
  expect([await statesOf(one), await statesOf(rival)]).toEqual([["unknown"], ["unknown"]]);
  expect(await stepsOf(one)).toEqual([{ source: "look_up", conclusion: "unclear" }]);
});

it("leaves a message alone that another attempt holds", async () => {
  const same = { shipment_id: unique("SH"), timestamp: "2026-11-20 08:00:00" };
  const one = await ambiguous({ update: same });
  const other = await ambiguous({ update: same, phone: one.enterprise.phone });
  const sid = await twilioHas(one);
  await query("UPDATE attempts SET outcome = 'accepted', provider_id = ? WHERE enterprise_id = ?", [
    sid,
    other.enterprise.id,
  ]);
  await query("UPDATE deliveries SET state = 'sent', look_at = NULL WHERE enterprise_id = ?", [other.enterprise.id]);
  await sweep(one);
  await pass(one.enterprise, "look_at", 61);
  await sweep(one);
  expect(await statesOf(one)).toEqual(["retrying"]);
});

it("is not looked for under another address than it was sent to", async () => {
  const one = await ambiguous();
  await query("UPDATE customers SET phone = '+34600999888' WHERE enterprise_id = ?", [one.enterprise.id]);
  await sweep(one);
  expect(network.looks).not.toContain("+34600999888");
  expect(await statesOf(one)).toEqual(["unknown"]);
  expect(await stepsOf(one)).toMatchObject([{ conclusion: "unclear" }]);
});

it("is proven absent by the events of five later mails, where the provider cannot be asked", async () => {
  const mailGateway = await newMailGateway();
  const one = await ambiguous({ mailGateway });
  await query("UPDATE attempts SET started_at = started_at - INTERVAL 16 MINUTE WHERE enterprise_id = ?", [
    one.enterprise.id,
  ]);
  await sweep(one);
  const later = await newEnterprise([]);
  await subscribe(later, mailGateway);
  for (let mail = 0; mail < 5; mail++) {
    const quiet = quietEnv();
    const { body } = await postIn(quiet.env, updateOf(later));
    await hear(quiet.env, [
      bellFor(
        later,
        body.deliveries.map((delivery) => delivery.delivery_id),
      ),
    ]);
  }
  await query(
    `INSERT INTO receipts (enterprise_id, attempt_id, event_id, kind, received_at)
     SELECT enterprise_id, attempt_id, attempt_id, 'progress', UTC_TIMESTAMP(3) FROM attempts WHERE enterprise_id = ?`,
    [later.id],
  );
  await pass(one.enterprise, "look_at", 61);

  expect(await sweep(one)).toEqual(one.ids);

  expect(await statesOf(one)).toEqual(["retrying"]);
  expect((await stepsOf(one)).at(-1)).toEqual({ source: "events", conclusion: "proven_absent" });
});

it.for([
  ["hold", "unconfirmed", "unconfirmed"],
  ["drop", "failed", "dropped"],
  ["resend", "retrying", undefined],
])("ends as its enterprise wants it when no proof was found: %s", async ([policy, state, code]) => {
  const one = await ambiguous({ policy: policy ?? "" });
  await pass(one.enterprise, "look_at", -3600);
  await pass(one.enterprise, "hold_until", 3601);

  expect(await sweep(one)).toEqual(state === "retrying" ? one.ids : []);

  expect(await statesOf(one)).toEqual([state]);
  const failures = await query<{ code: string }>("SELECT code FROM logs_failure WHERE enterprise_id = ?", [
    one.enterprise.id,
  ]);
  expect(failures.map((row) => row.code)).toEqual(code === undefined ? [] : [code]);
  expect(await stepsOf(one)).toEqual([{ source: "policy", conclusion: state }]);
});

it("looks once for what was sent and never heard of for a day", async () => {
  const enterprise = await newEnterprise();
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise));
  const ids = body.deliveries.map((delivery) => delivery.delivery_id);
  await hear(quiet.env, [bellFor(enterprise, ids)]);
  const one = { enterprise, quiet, ids };
  const [attempt] = await query<{ provider_id: string }>("SELECT provider_id FROM attempts WHERE enterprise_id = ?", [
    enterprise.id,
  ]);
  await twilioHas(one, { sid: attempt?.provider_id, status: "undelivered", error_code: 30005 });
  await sweep(one);
  expect(await statesOf(one)).toEqual(["sent"]);
  await pass(enterprise, "look_at", 86_401);

  await sweep(one);

  expect(await statesOf(one)).toEqual(["undelivered"]);
  expect(await deliveriesOf(enterprise)).toMatchObject([{ look_at: null }]);
});

it("is not looked for any more once a receipt has told, and that is written down", async () => {
  const one = await ambiguous();
  const services = createServices(one.quiet.env, createExecutionContext(), "background");
  const [attempt] = await query<{ attempt_id: string }>("SELECT attempt_id FROM attempts WHERE enterprise_id = ?", [
    one.enterprise.id,
  ]);
  await applyReceipts(
    services,
    [
      {
        enterpriseId: one.enterprise.id,
        attemptId: attempt?.attempt_id ?? "",
        eventId: unique("evt"),
        kind: "progress",
        providerId: "SM1",
        occurredAt: null,
        code: null,
        reason: null,
      },
    ],
    [""],
  );
  await sweep(one);
  expect(network.looks).not.toContain(one.enterprise.phone);
  expect(await statesOf(one)).toEqual(["sent"]);
  expect(await stepsOf(one)).toEqual([{ source: "receipt", conclusion: "accepted" }]);
});

it("is not looked for any earlier because its outcome was recorded twice", async () => {
  const enterprise = await newEnterprise();
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise));
  const ids = body.deliveries.map((delivery) => delivery.delivery_id);
  network.answer(enterprise.phone, () => new Response("lost", { status: 500 }));
  const isMove = (statement: string) => statement.includes("hold_until") && statement.includes(ids[0] ?? "-");
  network.failSql({ errno: 2013, after: true, matches: isMove });
  await hear(quiet.env, [bellFor(enterprise, ids)]);
  const [row] = await query<{ wait: string; state: string }>(
    `SELECT d.state, TIMESTAMPDIFF(SECOND, a.started_at, d.look_at) AS wait FROM deliveries d
       JOIN attempts a ON a.delivery_id = d.delivery_id WHERE d.enterprise_id = ?`,
    [enterprise.id],
  );
  expect(row?.state).toBe("unknown");
  expect(Number(row?.wait)).toBeGreaterThanOrEqual(118);
});
