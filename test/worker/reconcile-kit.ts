import {
  bellFor,
  deliveriesOf,
  hear,
  newEnterprise,
  postIn,
  query,
  quietEnv,
  sweepIn,
  unique,
  updateOf,
} from "./kit.ts";
import { network } from "./network.ts";

type Changes = { phone?: string; policy?: string; mailGateway?: string; update?: object };

/** A delivery whose answer was lost, as seen after its lease and one minute more. */
export async function ambiguous({ phone, policy, mailGateway, update = {} }: Changes = {}) {
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

export const subscribe = (enterprise: { id: string }, gatewayId: string) =>
  query("INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id, enabled) VALUES (?, 'ch_email', ?, TRUE)", [
    enterprise.id,
    gatewayId,
  ]);

/** A gateway for mails through an account that no other test sends through, so that only its own mails are heard of. */
export async function newMailGateway(): Promise<string> {
  const id = unique("gw").slice(0, 40);
  await query(
    `INSERT INTO gateways (gateway_id, gateway_name, gateway_key, channel_id, adapter, account)
     VALUES (?, ?, ?, 'ch_email', 'sendgrid_email', 'backup')`,
    [id, id, id],
  );
  return id;
}

export type One = Awaited<ReturnType<typeof ambiguous>>;

export const pass = (enterprise: { id: string }, column: string, seconds: number) =>
  query(`UPDATE deliveries SET ${column} = ${column} - INTERVAL ? SECOND WHERE enterprise_id = ?`, [
    seconds,
    enterprise.id,
  ]);

export async function sweep({ quiet, enterprise }: One) {
  quiet.bells.length = 0;
  await sweepIn(quiet.env);
  return quiet.bells
    .filter((bell) => bell.body.enterprise_id === enterprise.id)
    .flatMap((bell) => bell.body.delivery_ids);
}

export const statesOf = async ({ enterprise }: One) => (await deliveriesOf(enterprise)).map((row) => row.state);

export const stepsOf = ({ enterprise }: One) =>
  query<{ source: string; conclusion: string }>(
    "SELECT source, conclusion FROM reconciliations WHERE enterprise_id = ? ORDER BY step_no",
    [enterprise.id],
  );

/** Twilio has the message of this delivery. */
export async function twilioHas({ enterprise }: One, changes: object = {}) {
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
