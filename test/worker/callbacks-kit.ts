import { env } from "cloudflare:workers";
import {
  bellFor,
  deliveriesOf,
  hear,
  newEnterprise,
  postIn,
  query,
  quietEnv,
  sendIn,
  unique,
  updateOf,
} from "./kit.ts";
import type { TestEnterprise } from "./kit.ts";
import { network } from "./network.ts";

/** A callback as a provider would send it. */
export type Callback = { path: string; headers: Record<string, string>; body: string };

export function call(quiet: Env, { path, headers, body }: Callback): Promise<Response> {
  return sendIn(quiet, path, { method: "POST", headers, body });
}

/** What was sent to a provider, and the attempt that it was sent for. */
export type Sent = { quiet: Env; enterprise: TestEnterprise; attempt: string; deliveryId: string };

/** Sends one message; by default the provider takes it. `settings` are those of the environment. */
export async function sendOne(
  channel: "sms" | "email",
  {
    answer,
    settings = {},
  }: { answer?: (attempt: string, sent: Sent) => Promise<Response>; settings?: Partial<Env> } = {},
): Promise<Sent> {
  const { env: quiet } = quietEnv(settings);
  const enterprise = await newEnterprise([channel]);
  const to = channel === "sms" ? enterprise.phone : enterprise.email;
  const { body } = await postIn(quiet, updateOf(enterprise));
  const deliveryId = body.deliveries[0]?.delivery_id ?? "";
  if (answer) network.answer(to, ({ attempt }) => answer(attempt, { quiet, enterprise, attempt, deliveryId }));
  await hear(quiet, [bellFor(enterprise, [deliveryId])], `notify-${channel}`);
  return { quiet, enterprise, attempt: network.callsTo(to)[0]?.attempt ?? "", deliveryId };
}

/** A status callback of Twilio as a form; `set` replaces or adds fields. Signed as Twilio signs, with `token`, at the path of `gateway`. */
export async function twilioForm(
  { enterprise, attempt }: Pick<Sent, "enterprise" | "attempt">,
  status: string,
  set: Record<string, string> = {},
  token: string = env.TWILIO_AUTH_TOKEN,
  gateway = "",
): Promise<Callback> {
  const fields = twilioFields(enterprise, attempt, status, set);
  const path = `/callbacks/twilio${gateway}?${new URLSearchParams({ enterprise: enterprise.id, attempt }).toString()}`;
  return { path, ...(await signedForm(path, fields, token)) };
}

async function signedForm(path: string, fields: Record<string, string>, token?: string) {
  const sorted = Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const signature = await twilioSignature(env.PUBLIC_URL + path + sorted.flat().join(""), token);
  return {
    headers: { "Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature },
    body: new URLSearchParams(fields).toString(),
  };
}

/** A message from a recipient, as Twilio posts it; `set` replaces or adds fields. */
export async function inboundForm(
  from: string,
  text: string,
  set: Record<string, string> = {},
  { token = env.TWILIO_AUTH_TOKEN, gateway = "" } = {},
): Promise<Callback> {
  const path = `/callbacks/twilio${gateway}/inbound`;
  const fields = {
    MessageSid: `SM${crypto.randomUUID().replaceAll("-", "")}`,
    SmsStatus: "received",
    AccountSid: env.TWILIO_ACCOUNT_SID,
    From: from,
    To: env.TWILIO_FROM,
    Body: text,
    NumMedia: "0",
    ...set,
  };
  return { path, ...(await signedForm(path, fields, token)) };
}

/** The same as JSON: the URL carries the digest of the body, and only the URL is signed. */
export async function twilioJson(
  { enterprise, attempt }: Pick<Sent, "enterprise" | "attempt">,
  status: string,
  set: Record<string, string> = {},
): Promise<Callback> {
  const body = JSON.stringify(twilioFields(enterprise, attempt, status, set));
  const bodySHA256 = await sha256Hex(body);
  const path = `/callbacks/twilio?${new URLSearchParams({ enterprise: enterprise.id, attempt, bodySHA256 }).toString()}`;
  const signature = await twilioSignature(env.PUBLIC_URL + path);
  return { path, headers: { "Content-Type": "application/json", "X-Twilio-Signature": signature }, body };
}

function twilioFields(enterprise: TestEnterprise, attempt: string, status: string, set: Record<string, string>) {
  const sid = attempt.replace("att_", "SM");
  return {
    MessageSid: sid,
    SmsSid: sid,
    MessageStatus: status,
    SmsStatus: status,
    AccountSid: env.TWILIO_ACCOUNT_SID,
    From: env.TWILIO_FROM,
    To: enterprise.phone,
    ApiVersion: "2010-04-01",
    ...set,
  };
}

async function twilioSignature(signed: string, token: string = env.TWILIO_AUTH_TOKEN): Promise<string> {
  const secret = new TextEncoder().encode(token);
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(signed));
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}

async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** An event of SendGrid's webhook about an attempt; `set` replaces or adds members. */
export function mailEvent(
  { enterprise, attempt }: { enterprise: Pick<TestEnterprise, "id">; attempt: string },
  event: string,
  set: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    event,
    enterprise_id: enterprise.id,
    attempt_id: attempt,
    timestamp: Math.floor(Date.now() / 1000),
    sg_event_id: unique("event"),
    sg_message_id: `${attempt}.recvd-1-0`,
    ...set,
  };
}

const TABLES = [
  "customers",
  "subscriptions",
  "deliveries",
  "attempts",
  "receipts",
  "logs",
  "logs_failure",
  "suppressions",
];

/** Every row of some enterprises in every table, to see that nothing changed. */
export async function everyRowOf(...enterprises: TestEnterprise[]): Promise<Record<string, unknown[]>> {
  const ids = enterprises.map(({ id }) => id);
  const rows = TABLES.map((table) =>
    query(`SELECT * FROM ${table} WHERE enterprise_id IN (?) ORDER BY 1, 2, 3`, [ids]),
  );
  return Object.fromEntries((await Promise.all(rows)).map((found, index) => [TABLES[index], found]));
}

/** What became of a message: its state, and its rows in both logs. */
export async function fateOf(enterprise: TestEnterprise) {
  const [delivery] = await deliveriesOf(enterprise);
  const logs = await query("SELECT channel, gateway, provider_id FROM logs WHERE enterprise_id = ?", [enterprise.id]);
  const failures = await query(
    "SELECT channel, gateway, code, provider_code, message FROM logs_failure WHERE enterprise_id = ?",
    [enterprise.id],
  );
  return { state: delivery?.state, logs, failures };
}

/** What an enterprise must not send to: channel, address, why, and whether it is still so. */
export async function barredOf(enterprise: Pick<TestEnterprise, "id">) {
  return query<{ channel_id: string; address: string; code: string; lifted: string }>(
    `SELECT channel_id, address, code, lifted_at IS NOT NULL AS lifted FROM suppressions WHERE enterprise_id = ?
      ORDER BY channel_id, address`,
    [enterprise.id],
  );
}
