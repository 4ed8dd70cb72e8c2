import type { GatewayRow } from "../../../src/db/gateways.ts";
import type { EndingHold } from "../../../src/db/holds.ts";
import type { Intent } from "../../../src/db/intent.ts";
import type { OldRow } from "../../../src/db/purge.ts";
import type { ProvenAttempt, ReceiptMove } from "../../../src/db/receipts.ts";
import type { ConcludedLook, DueLook } from "../../../src/db/reconcile.ts";
import type { PlannedRedrive } from "../../../src/db/redrive.ts";
import type { ReconciliationStep } from "../../../src/db/steps.ts";
import type { NewVersion } from "../../../src/db/templates.ts";
import { textOf } from "../../../src/db/time.ts";
import type { AuditEntry } from "../../../src/domain/audit-entry.ts";
import type { NewUpdate } from "../../../src/domain/new-update.ts";
import type { AttemptOutcome, DeliveryResult } from "../../../src/domain/delivery-result.ts";
import type { HeededMessage } from "../../../src/domain/inbound.ts";
import type { Receipt } from "../../../src/domain/receipt.ts";
import type { SuppressionChange } from "../../../src/domain/suppression.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import { CHANNELS, NOW, digest, row, type Row } from "./sample.ts";

/** Gateways of which something failed, one of them with a trial. */
export const GATEWAYS = CHANNELS.map(({ gatewayId }, index) => ({
  gatewayId,
  health: "poor" as const,
  changeId: "chg_1",
  since: textOf(NOW - DEFAULT_TIMES.healthWindow),
  trialAt: index === 0 ? textOf(NOW - 1_000) : null,
  failed: 3,
}));

export function newUpdate(channels: number, key: string | null): NewUpdate {
  const { enterpriseId, shipmentId, status, occurredAt, timestampText } = row(0);
  return {
    updateId: "upd_new",
    update: { enterpriseId, shipmentId, status, occurredAt, timestampText, data: { carrier: "a" } },
    keys: { updateKey: digest("new"), idempotencyHash: key === null ? null : digest(key), fingerprint: digest("same") },
    expiresAfterMs: DEFAULT_TIMES.expires,
    deliveries: Array.from({ length: channels }, (_, position) => ({
      ...CHANNELS[0],
      deliveryId: `dlv_new_${position}`,
      position,
      templateId: null,
      skip: null,
    })),
  };
}

/** Updates of the enterprises of these rows, each of another shipment. */
export function newUpdates(rows: Row[], key: string | null): NewUpdate[] {
  return rows.map(({ enterpriseId }, index) => {
    const { update, keys, deliveries, ...rest } = newUpdate(3, key);
    return {
      ...rest,
      update: { ...update, enterpriseId },
      keys: { ...keys, updateKey: digest(`new-${index}`), idempotencyHash: key && digest(`${key}-${index}`) },
      deliveries: deliveries.map((one) => ({ ...one, deliveryId: `${one.deliveryId}_${index}` })),
    };
  });
}

export function intents(rows: Row[]): Intent[] {
  return rows.map((one) => ({ ...one, attemptId: `${one.attemptId}_new`, to: one.phone }));
}

/** What a batch may come to, all of it by turns. */
export function results(rows: Row[]): DeliveryResult[] {
  return rows.map((one, index) => ({ delivery: { ...one, wasTried: false }, ...outcomeOf(one, index % 5) }));
}

/** The `turn`-th of what a call may come to. */
function outcomeOf(one: Row, turn: number): Omit<DeliveryResult, "delivery"> {
  const { attemptId, gatewayId, gateway, lane, enterpriseId, channelId, phone } = one;
  const [code, reason] = ["21610", "The recipient wants no messages."];
  const attempt = (outcome: AttemptOutcome) => ({ attemptId, gatewayId, gateway, outcome });
  switch (turn) {
    case 0:
      return { attempt: attempt({ kind: "accepted", providerId: "SM1" }), step: { state: "sent" } };
    case 1:
      return {
        attempt: attempt({ kind: "rejected", code, reason, otherGateway: false, optedOut: true }),
        step: { state: "failed", code: "rejected", reason, providerCode: code },
        optOut: { enterpriseId, channelId, address: phone, wish: "stopped", at: NOW },
      };
    case 2:
      return { attempt: attempt({ kind: "refused", code, reason }), step: { state: "retrying", delayMs: 1_000, lane } };
    case 3:
      return { attempt: attempt({ kind: "ambiguous", code, reason }), step: { state: "unknown" } };
    default:
      return { attempt: null, step: { state: "given_back", delayMs: 0 } };
  }
}

export function receipts(rows: Row[]): Receipt[] {
  return rows.map(receiptOf);
}

function receiptOf({ enterpriseId, attemptId }: Row): Receipt {
  const said = { providerId: "SM1", occurredAt: NOW, code: null, reason: null };
  return { enterpriseId, attemptId, eventId: "event_new", kind: "delivered", ...said };
}

export function proven(rows: Row[]): ProvenAttempt[] {
  const known = { state: "sending", isWaitedFor: false, isAccepted: false, isLogged: false } as const;
  return rows.map((one) => ({
    receipt: receiptOf(one),
    attempt: { ...one, ...known, startedAt: NOW, customer: { phone: one.phone, email: null } },
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
    pinned: null,
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
    ownerId: "",
    credentials: null,
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

export function steps(rows: Row[]): ReconciliationStep[] {
  return rows.map(({ enterpriseId, deliveryId, attemptId }) => {
    return { enterpriseId, deliveryId, attemptId, stepNo: 1, source: "look_up", conclusion: "absent", message: "a" };
  });
}

export function planned(rows: Row[]): PlannedRedrive[] {
  return rows.map((one) => ({ ...one, code: null, expiresInMs: 60_000, delayMs: 0 }));
}

export function stops(rows: Row[]): SuppressionChange[] {
  return rows.map((one) => ({ ...one, address: one.phone, wish: "stopped", at: NOW }));
}

export function stopMessage(rows: Row[]): HeededMessage {
  return { messageId: "SM_1", adapter: "twilio_sms", from: rows[0]?.phone ?? "", wish: "stop" };
}

/** Rows of any table, by whichever of these columns its key has. */
export function oldRows(rows: Row[]): OldRow[] {
  return rows.map(({ enterpriseId, deliveryId, attemptId }) => ({
    enterprise_id: enterpriseId,
    delivery_id: deliveryId,
    attempt_id: attemptId,
    attempt_no: 1,
    code: "rejected",
    event_id: "event_1",
    step_no: 1,
    change_id: deliveryId,
    message_id: deliveryId,
  }));
}

export const NEW_GATEWAY: GatewayRow = {
  gatewayId: "gw_x",
  gatewayName: "X",
  gatewayKey: "x",
  channelId: "ch_sms",
  adapter: "twilio_sms",
  sender: null,
  account: "",
  priority: 1,
  enabled: true,
  ownerId: "",
  credentials: null,
};

export const AUDIT_ENTRY: AuditEntry = {
  auditId: "aud_1",
  keyId: "key_1",
  enterpriseId: null,
  resource: "channel",
  resourceId: "ch_x",
  action: "created",
  changes: { fields: ["a"], values: { a: 1 } },
};

export const KEY_ID = "key_0000000000000001";

export const NEW_KEY = {
  keyId: KEY_ID,
  digest: digest("key"),
  name: "shop",
  mode: "live" as const,
  scopes: ["send" as const],
  enterpriseId: null,
  expiresAt: null,
};

export const NEW_TEMPLATE: NewVersion = {
  templateId: "tpl_new",
  key: { enterpriseId: "ent_000001", channelId: "ch_sms", statusKey: "shipped", locale: "pt-BR" },
  parts: { subject: null, text: "{{data.eta}}", html: null, contentSid: null, variables: null },
  needs: ["data.eta"],
};
