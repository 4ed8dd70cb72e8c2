/** SQL expressions by column, each in terms of `seq`: messages that were sent and delivered, in the order of time. */
export type Columns = Readonly<Record<string, string>>;

export type FilledTable = { name: string; columns: Columns; where: string };

/** Every second shipment is this enterprise's; the others belong to a hundred. */
export const LARGE = "large";

/** The number of messages that tell of one shipment: three statuses on three channels. */
export const PER_SHIPMENT = 9;

/** One of the shipments of the large enterprise; there are `rows / PER_SHIPMENT / 2` of them. */
export function shipmentOfLarge(number: number): string {
  return `SH-${number * 2}`;
}

/** What each table holds when so many messages were sent, one every two seconds until now. One in a hundred bounced. */
export function tablesOf(rows: number): FilledTable[] {
  const after = (seconds: number) =>
    `TIMESTAMPADD(SECOND, (CAST(seq AS SIGNED) - ${rows}) * 2 + ${seconds}, UTC_TIMESTAMP(3))`;
  const gatewayId = byChannel("gw_sendgrid", "gw_twilio", "gw_twilio_whatsapp");
  const message = {
    enterprise_id: `IF(seq DIV ${PER_SHIPMENT} % 2 = 0, '${LARGE}', CONCAT('small-', seq DIV ${2 * PER_SHIPMENT} % 100))`,
    delivery_id: id("dlv", "seq"),
    shipment_id: `CONCAT('SH-', seq DIV ${PER_SHIPMENT})`,
    status: pick("seq DIV 3 % 3", "shipped", "out for delivery", "delivered"),
    channel: byChannel("Email", "SMS", "Whatsapp"),
    gateway: byChannel("SendGrid", "Twilio", "Twilio Whatsapp"),
  };
  const { enterprise_id, delivery_id, gateway } = message;
  const attempt = { attempt_id: id("att", "seq"), provider_id: "CONCAT('SM', LPAD(HEX(seq), 32, '0'))" };
  const end = `IF(${BOUNCED}, 'undelivered', 'delivered')`;
  const update = {
    ...message,
    update_id: id("upd", "seq DIV 3"),
    update_key: digest("key"),
    fingerprint: digest("content"),
    position: "seq % 3",
    occurred_at: after(0),
    timestamp_text: "'2026-11-23 08:00:05'",
    lane: byChannel("email", "sms", "whatsapp"),
    channel_id: byChannel("ch_email", "ch_sms", "ch_whatsapp"),
    gateway_id: gatewayId,
  };
  const settled = { state: end, code: `IF(${BOUNCED}, 'undelivered', NULL)`, attempt_no: "1", settled_at: after(5) };
  const times = { due_at: after(0), accepted_at: after(0), expires_at: after(86_400) };
  const called = { attempt_no: "1", gateway_id: gatewayId, gateway, started_at: after(1), ended_at: after(2) };
  const heard = { event_id: "CONCAT('event-', seq)", kind: end, occurred_at: after(4), received_at: after(5) };
  const failure = { attempt_no: "1", code: "'undelivered'", message: "'The receiving server refused the address.'" };
  return [
    table("deliveries", { ...update, ...settled, ...times }),
    table("attempts", {
      ...attempt,
      enterprise_id,
      delivery_id,
      ...called,
      outcome: "'accepted'",
      gateway_failed: "FALSE",
    }),
    table("receipts", { ...attempt, enterprise_id, ...heard }),
    table("logs", { ...message, ...attempt, timestamp: after(0), notify_time: after(2) }),
    table("logs_failure", { ...message, ...attempt, ...failure, timestamp: after(0), notify_time: after(5) }, BOUNCED),
  ];
}

const BOUNCED = "seq % 100 = 7";

function table(name: string, columns: Columns, where = "TRUE"): FilledTable {
  return { name, columns, where };
}

/** Ids grow with time, as ours do. */
function id(prefix: string, number: string): string {
  return `CONCAT('${prefix}_', LPAD(HEX(${number}), 32, '0'))`;
}

/** As long and as scattered as a digest of the update; cheaper. */
function digest(what: string): string {
  return `RPAD(MD5(CONCAT('${what}', seq DIV 3)), 43, 'A')`;
}

function byChannel(...words: string[]): string {
  return pick("seq % 3", ...words);
}

function pick(number: string, ...words: string[]): string {
  return `ELT(1 + ${number}, ${words.map((word) => `'${word}'`).join(", ")})`;
}
