import type { Stage } from "./stage.ts";

const BY_CHANNEL = {
  lane: ["email", "sms", "whatsapp"],
  channel_id: ["ch_email", "ch_sms", "ch_whatsapp"],
  channel: ["Email", "SMS", "Whatsapp"],
  gateway_id: ["gw_sendgrid", "gw_twilio", "gw_twilio_whatsapp"],
  gateway: ["SendGrid", "Twilio", "Twilio Whatsapp"],
};

/**
 * Makes so many deliveries that are due now and silent, as after an outage of all that could have sent them: for the
 * enterprises that subscribe to three channels, which they share alike.
 */
export async function makeDueAtOnce(
  { database }: Pick<Stage, "database">,
  prefix: string,
  count: number,
): Promise<void> {
  const digest = (what: string) => `RPAD(MD5(CONCAT('${prefix}${what}', seq)), 43, 'A')`;
  const now = "UTC_TIMESTAMP(3)";
  const columns: Record<string, string> = {
    delivery_id: `CONCAT('dlv_', LEFT(MD5('${prefix}'), 24), LPAD(seq, 8, '0'))`,
    enterprise_id: "CONCAT('three-', seq % 8)",
    update_id: `CONCAT('upd_', MD5(CONCAT('${prefix}', seq)))`,
    update_key: digest("key"),
    fingerprint: digest("content"),
    position: "0",
    shipment_id: `CONCAT('SH-${prefix}', seq)`,
    status: "'shipped'",
    occurred_at: `${now} - INTERVAL 1 HOUR`,
    timestamp_text: "'2026-11-23 08:00:05'",
    ...Object.fromEntries(
      Object.entries(BY_CHANNEL).map(([column, words]) => [
        column,
        `ELT(1 + seq DIV 8 % 3, ${words.map((word) => `'${word}'`).join(", ")})`,
      ]),
    ),
    state: "'queued'",
    due_at: now,
    ring_at: now,
    accepted_at: `${now} - INTERVAL 1 HOUR`,
    expires_at: `${now} + INTERVAL 1 DAY`,
  };
  const names = Object.keys(columns).map((column) => `\`${column}\``);
  await database.query(`INSERT INTO deliveries (${names.join(", ")})
    SELECT ${Object.values(columns).join(", ")} FROM seq_0_to_${count - 1} ORDER BY seq`);
}
