import { Client } from "@planetscale/database";

type Env = { DATABASE_URL: string };
type Update = { shipment_id: string; status: string; enterprise_id: string };

const COLUMNS = `delivery_id, enterprise_id, update_id, update_key, fingerprint, position, shipment_id, status, occurred_at,
  timestamp_text, lane, channel_id, channel, gateway_id, gateway, state, due_at, ring_at, accepted_at, expires_at`;
const NOW = "UTC_TIMESTAMP(3)";
const LATER = `${NOW} + INTERVAL 10 SECOND`;
const ROWS = [
  "'sms', 'ch_sms', 'SMS', 'gw_twilio', 'Twilio'",
  "'email', 'ch_email', 'Email', 'gw_sendgrid', 'SendGrid'",
];
ROWS.push("'whatsapp', 'ch_whatsapp', 'Whatsapp', 'gw_twilio_whatsapp', 'Twilio Whatsapp'");
const REST_OF_KEY = "x".repeat(33);

let client: Client | undefined;
let count = 0;
let start = 0;

/** One statement through the driver: as many rows as the path says, of the shape of `deliveries`. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.method === "GET") return new Response("ok");
    client ??= new Client({ url: env.DATABASE_URL });
    start ||= Date.now();
    const { shipment_id: shipmentId, status, enterprise_id: enterpriseId } = (await request.json()) as Update;
    const rows = ROWS.slice(0, Number(new URL(request.url).pathname.slice(1)));
    const args: unknown[] = [];
    const values = rows.map((constants, position) => {
      const id = `${start.toString(16)}${String((count += 1)).padStart(21, "0")}`;
      const key = String(count - position).padStart(10, "0") + REST_OF_KEY;
      args.push(`dlv_${id}`, enterpriseId, `upd_${id}`, key, key, position, shipmentId, status);
      return `(?, ?, ?, ?, ?, ?, ?, ?, ${NOW}, '2026-11-23 08:00:05', ${constants}, 'queued', ${NOW}, ${LATER}, ${NOW}, ${LATER})`;
    });
    await client.execute(`INSERT INTO bench_inserts (${COLUMNS}) VALUES ${values.join(",")}`, args);
    return Response.json({ status: 202, update_id: String(args[2]) }, { status: 202 });
  },
};
