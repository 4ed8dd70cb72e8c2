import { isAdapterName } from "../domain/adapter-facts.ts";
import type { DueDelivery, GatewayCandidate } from "../domain/due-delivery.ts";
import { readHealth } from "../domain/gateway-health.ts";
import { readKind, readLane } from "../domain/lane.ts";
import { fromJson, type Json } from "./json-column.ts";
import { pinnedOf, type PinnedRow } from "./pinned-template.ts";
import { instantOf } from "./time.ts";
import { isTrue, type Truth } from "./truth.ts";

/** One row of the load: a delivery and one gateway that may carry it, or none. Instants are as the database has them. */
export type DueRow = Pick<
  DueDelivery,
  | "deliveryId"
  | "enterpriseId"
  | "shipmentId"
  | "status"
  | "timestampText"
  | "channelId"
  | "channel"
  | "code"
  | "attemptNo"
> &
  PinnedRow &
  Record<"lane" | "occurredAt" | "acceptedAt" | "expiresAt" | "nowUtc", string> &
  Record<"phone" | "email" | "kind" | "gatewayId" | "gatewayName" | "adapter", string | null> &
  Record<"sender" | "account" | "ownerId" | "credentials" | "health" | "healthUntil", string | null> &
  Record<"mine" | "due" | "unlogged" | "wasTried" | "newerSent" | "newerPending" | "olderWaiting", Truth> &
  Record<"isSubscribed" | "enabled" | "track" | "phoneSuppressed" | "emailSuppressed" | "tries" | "barred", Truth> & {
    statuses: Json;
  };

/** What a row says about its delivery; the gateways come one by one. */
export function toDelivery(row: DueRow): DueDelivery {
  return {
    deliveryId: row.deliveryId,
    enterpriseId: row.enterpriseId,
    shipmentId: row.shipmentId,
    status: row.status,
    occurredAt: instantOf(row.occurredAt),
    timestampText: row.timestampText,
    pinned: pinnedOf(row),
    lane: readLane(row.lane),
    kind: readKind(row.kind),
    channelId: row.channelId,
    channel: row.channel,
    code: row.code,
    attemptNo: row.attemptNo,
    mine: isTrue(row.mine),
    due: isTrue(row.due),
    unlogged: isTrue(row.unlogged),
    now: instantOf(row.nowUtc),
    acceptedAt: instantOf(row.acceptedAt),
    expiresAt: instantOf(row.expiresAt),
    customer:
      row.isSubscribed === null ? null : { isSubscribed: isTrue(row.isSubscribed), phone: row.phone, email: row.email },
    candidates: [],
    suppressed: { phone: isTrue(row.phoneSuppressed), email: isTrue(row.emailSuppressed) },
    wasTried: isTrue(row.wasTried),
    newerSent: isTrue(row.newerSent),
    newerPending: isTrue(row.newerPending),
    olderWaiting: isTrue(row.olderWaiting),
  };
}

/** The gateway of a row, where it has one. */
export function toCandidate(row: DueRow): GatewayCandidate | null {
  if (row.gatewayId === null) return null;
  return {
    gatewayId: row.gatewayId,
    gatewayName: row.gatewayName ?? "",
    adapter: row.adapter !== null && isAdapterName(row.adapter) ? row.adapter : null,
    enabled: isTrue(row.enabled),
    sender: row.sender,
    account: row.account ?? "",
    ownerId: row.ownerId ?? "",
    credentials: row.credentials,
    track: Number(row.track),
    statuses: fromJson(row.statuses) as string[] | null,
    health: readHealth(row.health),
    trialInMs: row.healthUntil === null ? 0 : instantOf(row.healthUntil) - instantOf(row.nowUtc),
    tries: Number(row.tries),
    barred: Number(row.barred) > 0,
  };
}
