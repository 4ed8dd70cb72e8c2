/** So many deliveries, each with its attempt, its receipt and its line of a log, of so many enterprises. */
export const ROWS = 24_000;
export const ENTERPRISES = 2_000;
const SHIPMENTS = 8_000;

/** They were accepted one after another, this far apart, until now: some are old enough to go. */
export const APART_MS = 27 * 60_000;
export const NOW = Date.now();

export const CHANNELS = [
  { channelId: "ch_sms", channel: "SMS", lane: "sms", gatewayId: "gw_twilio", gateway: "Twilio" },
  { channelId: "ch_email", channel: "Email", lane: "email", gatewayId: "gw_sendgrid", gateway: "SendGrid" },
] as const;

/** The facts of row number `n`, counted from 0; `explain-fill.ts` says the same in SQL. */
export function row(n: number) {
  const [channel, at] = [CHANNELS[n % 2] ?? CHANNELS[0], NOW - (ROWS - n) * APART_MS];
  return {
    ...channel,
    deliveryId: idOf("dlv", n),
    attemptId: idOf("att", n),
    enterpriseId: `ent_${String(enterpriseNo(n)).padStart(6, "0")}`,
    shipmentId: `SH-${n % SHIPMENTS}`,
    status: "shipped",
    occurredAt: at,
    timestampText: "2026-01-15 12:00:00",
    phone: `+34${String(enterpriseNo(n)).padStart(9, "0")}`,
    attemptNo: 1,
  };
}

export type Row = ReturnType<typeof row>;

/** A quarter of all rows is of one enterprise: what is read by the enterprise alone shows there. */
function enterpriseNo(n: number): number {
  return n % 4 === 3 ? 0 : n % ENTERPRISES;
}

function idOf(prefix: "dlv" | "att", n: number): string {
  const time = (NOW - (ROWS - n) * APART_MS).toString(16).padStart(12, "0");
  return `${prefix}_${time}7000${String(n).padStart(16, "0")}`;
}

/** The latest `count` rows: all of the large enterprise, or of as many as there are. */
export function sample(count: number, whose: "one enterprise" | "many enterprises"): Row[] {
  const step = whose === "one enterprise" ? 4 : 1;
  return Array.from({ length: count }, (_, index) => row(ROWS - 1 - index * step));
}

/** A text where a digest of 43 characters stands. */
export function digest(text: string): string {
  return text.padEnd(43, ".").slice(0, 43);
}
