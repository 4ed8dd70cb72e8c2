import type { Pool } from "mariadb";

/** Requests that are worked on at once, as gunicorn with four workers of eight threads does; others wait. */
export const SLOTS = 32;

type Row = Record<string, string>;
type Urls = { twilioUrl: string; sendgridUrl: string };

const WAYS = `SELECT channel_name, gateway_name, adapter FROM subscriptions
  JOIN channels USING (channel_id) JOIN gateways USING (gateway_id) WHERE enterprise_id = ?`;
const LOG = `INSERT INTO logs (enterprise_id, attempt_id, delivery_id, shipment_id, status, timestamp, channel, gateway,
  notify_time) VALUES (?, ?, '', ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`;

/** A synchronous service: looks up, calls one provider after the other within the request, logs, and has answered. */
export function createOriginal(pool: Pool, { twilioUrl, sendgridUrl }: Urls): (update: Row) => Promise<void> {
  const waiting: (() => void)[] = [];
  let free = SLOTS;
  const notify = async ({ enterprise_id: enterprise, shipment_id: shipment, status, timestamp }: Row) => {
    const [customer] = await pool.query<Row[]>("SELECT * FROM customers WHERE enterprise_id = ?", [enterprise]);
    const ways = await pool.query<Row[]>(WAYS, [enterprise]);
    const text = `Shipment ID ${shipment} is ${status}. Updated on ${timestamp}`;
    for (const { adapter } of ways) {
      const to = adapter === "twilio_whatsapp" ? `whatsapp:${customer?.["phone"]}` : customer?.["phone"];
      const form = `To=${encodeURIComponent(to ?? "")}&Body=${encodeURIComponent(text)}`;
      const mail = JSON.stringify({ to: customer?.["email"], text });
      const [url, body] = adapter === "sendgrid_email" ? [sendgridUrl, mail] : [twilioUrl, form];
      await (await fetch(url, { method: "POST", body })).text();
    }
    const message = () => [enterprise, crypto.randomUUID(), shipment, status, timestamp];
    const logs = ways.map((way) => [...message(), way["channel_name"], way["gateway_name"]]);
    await pool.batch(LOG, logs);
  };
  return async (update) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    await notify(update);
    (waiting.shift() ?? (() => (free += 1)))();
  };
}
