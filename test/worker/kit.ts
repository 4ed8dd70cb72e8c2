import { createExecutionContext, createMessageBatch, getQueueResult, waitOnExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { Client } from "@planetscale/database";
import { LANES } from "../../src/domain/lane.ts";
import { newWindows } from "../../src/domain/ring-window.ts";
import worker from "../../src/index.ts";
import type { BellMessage } from "../../src/queue/bell.ts";
import { createServices } from "../../src/services.ts";
import { ringSilent } from "../../src/usecases/ring-silent.ts";
import { sweepOnce } from "../../src/usecases/sweep.ts";
import { ADMIN_KEY } from "../support/admin-key.ts";

let counter = 0;

/** A text that no other test has. */
export function unique(prefix: string): string {
  counter += 1;
  return `${prefix}-${crypto.randomUUID().slice(0, 13)}-${counter}`;
}

/** An E.164 number that no other test has. */
export function uniquePhone(): string {
  return `+34${crypto.getRandomValues(new Uint32Array(1))[0]?.toString().padStart(10, "0")}${counter++ % 10}`;
}

const direct = new Client({ url: env.DATABASE_URL, fetch: globalThis.fetch.bind(globalThis) });

/** Reads or changes the database beside the Worker. */
export async function query<T = Record<string, unknown>>(statement: string, args: unknown[] = []): Promise<T[]> {
  const { rows } = await direct.execute<T>(statement, args);
  return rows;
}

const GATEWAYS = {
  sms: ["ch_sms", "gw_twilio"],
  email: ["ch_email", "gw_sendgrid"],
  whatsapp: ["ch_whatsapp", "gw_twilio_whatsapp"],
} as const;

export type TestEnterprise = { id: string; phone: string; email: string };

/** An enterprise that no other test has. */
export async function newEnterprise(
  channels: (keyof typeof GATEWAYS)[] = ["sms"],
  set: { phone?: string | null; email?: string | null; isSubscribed?: boolean } = {},
): Promise<TestEnterprise> {
  const id = unique("ent");
  const phone = set.phone === undefined ? uniquePhone() : set.phone;
  const email = set.email === undefined ? `${unique("mail")}@customer.example` : set.email;
  await query("INSERT INTO customers (enterprise_id, is_subscribed, phone, email) VALUES (?, ?, ?, ?)", [
    id,
    set.isSubscribed ?? true,
    phone,
    email,
  ]);
  for (const channel of channels) {
    await query("INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id) VALUES (?, ?, ?)", [
      id,
      ...GATEWAYS[channel],
    ]);
  }
  return { id, phone: phone ?? "", email: email ?? "" };
}

/** A timestamp in the original's form, `secondsAgo` before now. */
export function timestamp(secondsAgo = 60): string {
  return new Date(Date.now() - secondsAgo * 1000).toISOString().slice(0, 19).replace("T", " ");
}

/** A valid body for `POST /`. */
export function updateOf(enterprise: TestEnterprise, set: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    shipment_id: unique("SH"),
    status: "shipped",
    enterprise_id: enterprise.id,
    timestamp: timestamp(),
    ...set,
  };
}

export type Posted = {
  status: number;
  headers: Headers;
  body: {
    update_id: string;
    code: string;
    deliveries: { delivery_id: string; channel: string; gateway: string; state: string }[];
    skipped: { channel: string; code: string; reason: string }[];
    [member: string]: unknown;
  };
};

/** Sends a request through the Worker's front door, with a key that may do everything. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!headers.has("Authorization")) headers.set("Authorization", `Bearer ${ADMIN_KEY}`);
  return exports.default.fetch(`https://notify.test${path}`, { ...init, headers });
}

/** The enterprises whose bells went to the real queue. */
const rung = new Set<string>();

/** Posts JSON; bells go to the real local queue, whose consumer runs beside the test. */
export async function post(body: unknown, headers: Record<string, string> = {}, path = "/"): Promise<Posted> {
  if (typeof body === "object" && body !== null && "enterprise_id" in body) rung.add(String(body.enterprise_id));
  const answer = await send(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

/** Waits until the consumer has nothing to do: workerd does not end while one is at work, and the run would hang. */
export async function queueAtRest(): Promise<void> {
  const due = "state = 'sending' OR (ring_at IS NOT NULL AND due_at <= UTC_TIMESTAMP(3))";
  if (rung.size === 0) return;
  await until(async () => {
    const rows = await query(`SELECT 1 FROM deliveries WHERE enterprise_id IN (?) AND (${due}) LIMIT 1`, [[...rung]]);
    return rows.length === 0;
  }, "the queue at rest");
}

/** Bells that are kept instead of rung, for tests that deliver batches themselves. */
export type KeptBells = { lane: string; again: boolean; body: BellMessage; delaySeconds: number }[];

/** Settings by their names; the optional ones are not among the Worker's types. */
export type Settings = Partial<Env> & Record<string, unknown>;

/** An environment of its own: new isolate memory, and queues that keep their bells. */
export function quietEnv(settings: Settings = {}): { env: Env; bells: KeptBells } {
  const bells: KeptBells = [];
  const queue = (lane: string, again: boolean) =>
    ({
      sendBatch: async (messages: Iterable<MessageSendRequest<BellMessage>>) => {
        for (const { body, delaySeconds = 0 } of messages) bells.push({ lane, again, body, delaySeconds });
      },
    }) as unknown as Queue;
  const queues = Object.fromEntries(
    LANES.flatMap((lane) => [
      [`QUEUE_${lane.toUpperCase()}`, queue(lane, false)],
      [`QUEUE_${lane.toUpperCase()}_AGAIN`, queue(lane, true)],
    ]),
  );
  return { env: { ...env, ...queues, ...settings }, bells };
}

/** Posts through the Worker in a quiet environment and waits for everything that it deferred. */
export async function postIn(quiet: Env, body: unknown, headers: Record<string, string> = {}): Promise<Posted> {
  const context = createExecutionContext();
  const request = new Request("https://notify.test/", {
    method: "POST",
    headers: { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const answer = await worker.fetch(request as Parameters<typeof worker.fetch>[0], quiet, context);
  await waitOnExecutionContext(context);
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

/** Sends a request as it is through the Worker in a quiet environment, and waits for everything that it deferred. */
export async function sendIn(quiet: Env, path: string, init: RequestInit = {}): Promise<Response> {
  const context = createExecutionContext();
  const request = new Request(`https://notify.test${path}`, init);
  const answer = await worker.fetch(request as Parameters<typeof worker.fetch>[0], quiet, context);
  await waitOnExecutionContext(context);
  return answer;
}

/** Lets the consumer hear bells as one batch, and tells what it did with the messages. */
export async function hear(quiet: Env, bodies: unknown[], queue = "notify-sms") {
  const messages = bodies.map((body) => ({ id: unique("msg"), timestamp: new Date(), attempts: 1, body }));
  const batch = createMessageBatch(queue, messages);
  const context = createExecutionContext();
  await worker.queue(batch, quiet, context);
  return getQueueResult(batch, context);
}

/** What a cron run begins with: one sweep, and one round of bells for what is silent. */
export async function sweepIn(quiet: Env): Promise<void> {
  const services = createServices(quiet, createExecutionContext(), "background");
  await sweepOnce(services);
  await ringSilent(services, newWindows());
}

/** A bell for some deliveries. */
export function bellFor(enterprise: TestEnterprise, deliveryIds: string[]): BellMessage {
  return { v: 1, enterprise_id: enterprise.id, delivery_ids: deliveryIds };
}

export type DeliveryRow = { delivery_id: string; state: string; code: string | null; attempt_no: number };

/** The rows of an enterprise's deliveries. */
export function deliveriesOf(enterprise: TestEnterprise): Promise<DeliveryRow[]> {
  return query("SELECT * FROM deliveries WHERE enterprise_id = ? ORDER BY delivery_id", [enterprise.id]);
}

/** Waits until a condition holds, looking every 20 ms; fails after 10 s. */
export async function until<T>(look: () => Promise<T | false | null | undefined>, what: string): Promise<T> {
  const end = Date.now() + 10_000;
  while (Date.now() < end) {
    const seen = await look();
    if (seen) return seen;
    await scheduler.wait(20);
  }
  throw new Error(`Not within 10 s: ${what}`);
}

/** Waits until every delivery of an enterprise has one of the states. */
export function untilStates(enterprise: TestEnterprise, states: string[]): Promise<DeliveryRow[]> {
  return until(
    async () => {
      const rows = await deliveriesOf(enterprise);
      return rows.length > 0 && rows.every((row) => states.includes(row.state)) ? rows : null;
    },
    `all deliveries ${states.join(" or ")}`,
  );
}
