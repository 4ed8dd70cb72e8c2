import type { Intent } from "../../../src/db/intent.ts";
import type { ProvenAttempt, ReceiptMove } from "../../../src/db/receipts.ts";
import type { ConcludedLook, DueLook } from "../../../src/db/reconcile.ts";
import type { EndingHold } from "../../../src/db/holds.ts";
import type { NewUpdate } from "../../../src/db/updates.ts";
import type { DeliveryResult } from "../../../src/domain/delivery-result.ts";
import type { Receipt } from "../../../src/domain/receipt.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";

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

export function newUpdate(channels: number, key: string | null): NewUpdate {
  const { enterpriseId, shipmentId, status, occurredAt, timestampText } = row(0);
  return {
    updateId: "upd_new",
    update: { enterpriseId, shipmentId, status, occurredAt, timestampText, data: { carrier: "a" } },
    keys: { updateKey: digest("new"), idempotencyHash: key === null ? null : digest(key), fingerprint: digest("same") },
    expiresAfterMs: DEFAULT_TIMES.expires,
    deliveries: Array.from({ length: channels }, (_, position) => ({
      ...(({ channelId, channel, lane, gatewayId, gateway }) => ({ channelId, channel, lane, gatewayId, gateway }))(
        row(0),
      ),
      deliveryId: `dlv_new_${position}`,
      position,
      skip: null,
    })),
  };
}

/** A text where a digest of 43 characters stands. */
export function digest(text: string): string {
  return text.padEnd(43, ".").slice(0, 43);
}

export function intents(rows: Row[]): Intent[] {
  return rows.map((one) => ({ ...one, attemptId: `${one.attemptId}_new`, to: one.phone }));
}

/** What a batch may come to, all of it by turns. */
export function results(rows: Row[]): DeliveryResult[] {
  return rows.map((one, index) => {
    const { enterpriseId, deliveryId, shipmentId, status, occurredAt, lane, channel, attemptNo } = one;
    const delivery = {
      enterpriseId,
      deliveryId,
      shipmentId,
      status,
      occurredAt,
      lane,
      channel,
      attemptNo,
      wasTried: false,
    };
    return { delivery, ...outcomes(one)[index % 5] } as DeliveryResult;
  });
}

function outcomes({
  attemptId,
  gatewayId,
  gateway,
  lane,
  enterpriseId,
  channelId,
  phone,
}: Row): Omit<DeliveryResult, "delivery">[] {
  const attempt = { attemptId, gatewayId, gateway };
  const [code, reason] = ["21610", "The recipient wants no messages."];
  return [
    { attempt: { ...attempt, outcome: { kind: "accepted", providerId: "SM1" } }, step: { state: "sent" } },
    {
      attempt: { ...attempt, outcome: { kind: "rejected", code, reason, otherGateway: false, optedOut: true } },
      step: { state: "failed", code: "rejected", reason, providerCode: code },
      optOut: { enterpriseId, channelId, address: phone, wish: "stopped", at: NOW },
    },
    {
      attempt: { ...attempt, outcome: { kind: "refused", code: "429", reason } },
      step: { state: "retrying", delayMs: 1_000, lane },
    },
    { attempt: { ...attempt, outcome: { kind: "ambiguous", code: "timeout", reason } }, step: { state: "unknown" } },
    { attempt: null, step: { state: "given_back", delayMs: 0 } },
  ];
}

export function receipts(rows: Row[]): Receipt[] {
  return rows.map(({ enterpriseId, attemptId }) => ({
    enterpriseId,
    attemptId,
    eventId: "event_new",
    kind: "delivered",
    providerId: "SM1",
    occurredAt: NOW,
    code: null,
    reason: null,
  }));
}

export function proven(rows: Row[]): ProvenAttempt[] {
  return rows.map((one) => ({
    receipt: receipts([one])[0] as Receipt,
    attempt: { ...one, startedAt: NOW, isQuestion: false, customer: { phone: one.phone, email: null } },
  }));
}

export function moves(rows: Row[]): ReceiptMove[] {
  return rows.map(({ enterpriseId, deliveryId, gatewayId, gateway }, index) => {
    const to = index % 2 === 0 ? "delivered" : "sent";
    return { enterpriseId, deliveryId, gatewayId, gateway, to };
  });
}

export function looks(rows: Row[]): DueLook[] {
  return rows.map((one) => ({
    ...one,
    state: "unknown",
    lookNo: 1,
    now: NOW,
    startedAt: NOW - 3_600_000,
    providerId: null,
    isProven: false,
    isSameAddress: true,
    email: null,
    adapter: "twilio_sms",
    account: "",
    sender: null,
    steps: 1,
  }));
}

export function concluded(rows: Row[]): ConcludedLook[] {
  return looks(rows).map((look, index) => ({
    look,
    conclusion:
      index % 2 === 0 ? { kind: "absent", againMs: 60_000, because: "a" } : { kind: "proven_absent", because: "b" },
  }));
}

export function endings(rows: Row[]): EndingHold[] {
  return rows.map((one) => ({
    hold: { ...one, policy: "hold" },
    end: { state: "unconfirmed", code: "unconfirmed", message: "Nobody knows." },
  }));
}

export function steps(rows: Row[]) {
  return rows.map(({ enterpriseId, deliveryId, attemptId }) => {
    return { enterpriseId, deliveryId, attemptId, stepNo: 1, source: "look_up", conclusion: "absent", message: "a" };
  });
}
