import type { Client } from "@planetscale/database";
import { GROWING } from "./explain-rules.ts";
import { APART_MS, CHANNELS, ENTERPRISES, NOW, ROWS, digest, row } from "../support/statements/sample.ts";

/** How much of the latest half of the deliveries there is to do. */
export const FILLS = {
  "many are due": "n % 4 < 3",
  "few are due": "n % 1000 = 999",
  "none is due": "FALSE",
};

const at = (offset = "0 SECOND") =>
  `(UTC_TIMESTAMP(3) - INTERVAL (${ROWS} - n) * ${APART_MS / 60_000} MINUTE + INTERVAL ${offset})`;
const id = (prefix: string) =>
  `CONCAT('${prefix}_', LPAD(LOWER(HEX(${NOW} - (${ROWS} - n) * ${APART_MS})), 12, '0'), '7000', LPAD(n, 16, '0'))`;
const number = (width: number) => `LPAD(IF(n % 4 = 3, 0, n % ${ENTERPRISES}), ${width}, '0')`;
const enterprise = `CONCAT('ent_', ${number(6)})`;
const each = `CONCAT('ent_', LPAD(n % ${ENTERPRISES}, 6, '0'))`;
const phone = `CONCAT('+34', LPAD(n % ${ENTERPRISES}, 9, '0'))`;
const ofChannel = (key: keyof (typeof CHANNELS)[number]) =>
  `IF(n % 2 = 0, '${CHANNELS[0][key]}', '${CHANNELS[1][key]}')`;
const shipment = "CONCAT('SH-', n % 8000)";

/** Columns and their values by row number, for each table, and how many rows it gets. */
const TABLES: Record<string, { rows: number; columns: Record<string, string> }> = {
  customers: {
    rows: ENTERPRISES,
    columns: { enterprise_id: each, phone, email: `CONCAT('orders@', n, '.example')` },
  },
  subscriptions: {
    rows: 2 * ENTERPRISES,
    columns: {
      enterprise_id: each,
      channel_id: `IF(n < ${ENTERPRISES}, 'ch_sms', 'ch_email')`,
      gateway_id: `IF(n < ${ENTERPRISES}, 'gw_twilio', 'gw_sendgrid')`,
    },
  },
  api_keys: {
    rows: ENTERPRISES,
    columns: {
      key_id: "CONCAT('key_', LPAD(n + 1, 16, '0'))",
      digest: "RPAD(n, 43, '.')",
      key_name: "'key'",
      mode: "'live'",
      scopes: "'send'",
      created_at: at(),
    },
  },
  suppressions: {
    rows: ENTERPRISES,
    columns: { enterprise_id: each, channel_id: "'ch_sms'", address: phone, code: "'stopped'", since: at() },
  },
  deliveries: {
    rows: ROWS,
    columns: {
      delivery_id: id("dlv"),
      enterprise_id: enterprise,
      update_id: id("upd"),
      update_key: "RPAD(n, 43, '.')",
      fingerprint: `'${digest("same")}'`,
      position: "0",
      shipment_id: shipment,
      status: "'shipped'",
      occurred_at: at(),
      timestamp_text: `'${row(0).timestampText}'`,
      lane: ofChannel("lane"),
      channel_id: ofChannel("channelId"),
      gateway_id: ofChannel("gatewayId"),
      gateway: ofChannel("gateway"),
      state: "'delivered'",
      attempt_no: "1",
      due_at: at(),
      accepted_at: at(),
      expires_at: at("1 DAY"),
      settled_at: at("1 MINUTE"),
      channel: ofChannel("channel"),
      data: `'{"carrier":"a"}'`,
    },
  },
  attempts: {
    rows: ROWS,
    columns: {
      attempt_id: id("att"),
      enterprise_id: enterprise,
      delivery_id: id("dlv"),
      attempt_no: "1",
      gateway: "''",
      gateway_id: ofChannel("gatewayId"),
      started_at: at(),
      ended_at: at("1 SECOND"),
      outcome: "'accepted'",
      provider_id: "IF(n % 5 = 0, NULL, CONCAT('SM', n))",
      gateway_failed: "FALSE",
    },
  },
  receipts: {
    rows: ROWS,
    columns: {
      enterprise_id: enterprise,
      attempt_id: id("att"),
      event_id: "CONCAT('event_', n)",
      kind: "'delivered'",
      received_at: at("1 MINUTE"),
    },
  },
  logs: {
    rows: ROWS,
    columns: {
      enterprise_id: enterprise,
      attempt_id: id("att"),
      delivery_id: id("dlv"),
      shipment_id: shipment,
      status: "'shipped'",
      timestamp: at(),
      channel: "'SMS'",
      gateway: "'Twilio'",
      notify_time: at("1 SECOND"),
    },
  },
  logs_failure: {
    rows: ROWS,
    columns: {
      enterprise_id: enterprise,
      delivery_id: id("dlv"),
      attempt_no: "1",
      code: "'rejected'",
      shipment_id: shipment,
      status: "'shipped'",
      timestamp: at(),
      notify_time: at("1 SECOND"),
      message: "'The number is invalid.'",
    },
  },
  reconciliations: {
    rows: ROWS,
    columns: {
      enterprise_id: enterprise,
      delivery_id: id("dlv"),
      attempt_id: id("att"),
      step_no: "1",
      source: "'look_up'",
      conclusion: "'absent'",
      message: "'Nothing was found.'",
      concluded_at: at("1 HOUR"),
    },
  },
  gateway_changes: {
    rows: ROWS,
    columns: {
      change_id: "CONCAT('chg_', n)",
      gateway_id: "'gw_twilio'",
      health: "'poor'",
      reason: "''",
      changed_at: at(),
    },
  },
  inbound: {
    rows: ROWS,
    columns: { message_id: "CONCAT('SM_', n)", kind: "'sms'", wish: "'stop'", received_at: at() },
  },
};

/** Puts in what years leave behind; nothing of it is due. */
export async function fill(client: Client): Promise<void> {
  const digits =
    "(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";
  const places = ["a", "b", "c", "e", "f"];
  await client.execute("CREATE TABLE numbers (n INT PRIMARY KEY)");
  await client.execute(
    `INSERT INTO numbers SELECT ${places.map((name, power) => `${name}.d * ${10 ** power}`).join(" + ")}
       FROM ${places.map((name) => `${digits} ${name}`).join(", ")} WHERE f.d < 3`,
  );
  for (const [table, { rows, columns }] of Object.entries(TABLES)) {
    await client.execute(
      `INSERT INTO ${table} (${Object.keys(columns).join(", ")})
       SELECT ${Object.values(columns).join(", ")} FROM numbers WHERE n < ${rows} ORDER BY n`,
    );
  }
}

/** Gives so many of the latest deliveries something to do, by turns each kind of it, and lets the server count. */
export async function makeDue(client: Client, which: string): Promise<void> {
  const n = "CAST(RIGHT(delivery_id, 16) AS UNSIGNED)";
  const isLate = `${n} >= ${ROWS / 2} AND (${which.replaceAll(/\bn\b/g, n)})`;
  const turn = (kind: number, then: string, otherwise = "NULL") =>
    `IF(${isLate} AND ${n} % 7 % 4 = ${kind}, ${then}, ${otherwise})`;
  const now = "UTC_TIMESTAMP(3) - INTERVAL 1 SECOND";
  await client.execute(
    `UPDATE deliveries
        SET state = ${turn(0, "'queued'", turn(1, "'sending'", turn(2, "'unknown'", turn(3, "'failed'", "'delivered'"))))},
            due_at = ${turn(0, now, "due_at")}, ring_at = ${turn(0, now)}, lease_until = ${turn(1, now)},
            hold_until = ${turn(2, now)}, look_at = ${turn(2, now)}`,
  );
  for (const table of [...GROWING, "channels", "gateways"]) await client.execute(`ANALYZE TABLE ${table}`);
}
