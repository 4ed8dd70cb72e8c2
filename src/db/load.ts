import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { isAdapterName } from "../domain/adapter-facts.ts";
import { DROPPED, MAYBE_SENT_STATES, type DeliveryState } from "../domain/delivery.ts";
import type { DueDelivery, GatewayCandidate } from "../domain/due-delivery.ts";
import { readHealth } from "../domain/gateway-health.ts";
import { readKind, readLane } from "../domain/lane.ts";
import type { Times } from "../domain/times.ts";
import { namedRows, type DeliveryNames } from "./claim.ts";
import type { Db } from "./client.ts";
import { deliveries } from "./schema-deliveries.ts";
import { channels, customers, gateways, subscriptions } from "./schema.ts";
import { afterMs, utcNow } from "./time.ts";
import { truth } from "./truth.ts";

/**
 * Reads deliveries fresh, with their enterprise, the gateways that may carry them and their siblings: one
 * statement, one row per delivery and gateway. `leaseToken` tells which of them our claim holds.
 */
export async function loadDue(db: Db, names: DeliveryNames, leaseToken: string, times: Times): Promise<DueDelivery[]> {
  const byId = new Map<string, DueDelivery>();
  for (const row of await selectDue(db, names, leaseToken, times)) {
    const delivery = byId.get(row.deliveryId) ?? toDelivery(row);
    const candidate = toCandidate(row);
    if (candidate) delivery.candidates.push(candidate);
    byId.set(row.deliveryId, delivery);
  }
  return [...byId.values()];
}

type DueRow = Awaited<ReturnType<typeof selectDue>>[number];

function selectDue(db: Db, names: DeliveryNames, leaseToken: string, times: Times) {
  return db
    .select({
      deliveryId: deliveries.deliveryId,
      enterpriseId: deliveries.enterpriseId,
      updateId: deliveries.updateId,
      shipmentId: deliveries.shipmentId,
      status: deliveries.status,
      occurredAt: deliveries.occurredAt,
      timestampText: deliveries.timestampText,
      lane: deliveries.lane,
      channelId: deliveries.channelId,
      channel: deliveries.channel,
      gateway: deliveries.gateway,
      state: deliveries.state,
      code: deliveries.code,
      attemptNo: deliveries.attemptNo,
      // By whatever gateway, and before a new start as well: a late receipt of such an attempt must still move it.
      wasTried: truth(
        "was_tried",
        sql`EXISTS (SELECT 1 FROM attempts a WHERE a.enterprise_id = ${deliveries.enterpriseId}
          AND a.delivery_id = ${deliveries.deliveryId} AND COALESCE(a.outcome, '') <> 'not_started')`,
      ),
      acceptedAt: deliveries.acceptedAt,
      expiresAt: deliveries.expiresAt,
      now: sql<number>`${utcNow}`.mapWith(deliveries.dueAt).as("now_utc"),
      mine: truth("mine", sql`${deliveries.state} = 'sending' AND ${deliveries.leaseToken} = ${leaseToken}`),
      due: truth(
        "due",
        sql`${inArray(deliveries.state, ["queued", "retrying"])}
          AND (${deliveries.leaseToken} = ${leaseToken} OR ${deliveries.dueAt} <= ${utcNow})`,
      ),
      unlogged: truth("unlogged", sql`${deliveries.state} = 'skipped' AND ${deliveries.ringAt} IS NOT NULL`),
      customerId: customers.enterpriseId,
      isSubscribed: customers.isSubscribed,
      phone: customers.phone,
      email: customers.email,
      gatewayId: gateways.gatewayId,
      gatewayName: gateways.gatewayName,
      adapter: gateways.adapter,
      sender: gateways.sender,
      enabled: gateways.enabled,
      account: gateways.account,
      track: gateways.track,
      health: gateways.health,
      healthUntil: gateways.healthUntil,
      kind: channels.kind,
      phoneSuppressed: suppressed("phone_suppressed", customers.phone),
      emailSuppressed: suppressed("email_suppressed", customers.email),
      tries: tries("tries", sql`COALESCE(a.outcome, '') <> 'not_started'`),
      barred: tries("barred", sql`a.outcome IN ('rejected', 'misconfigured')`),
      newerSent: sibling("newer_sent", sql`${newer} AND (${maybeSent} OR other.code = ${DROPPED})`),
      newerPending: sibling("newer_pending", sql`${newer} AND other.state IN ('queued', 'retrying', 'sending')`),
      olderWaiting: sibling(
        "older_waiting",
        sql`${older} AND other.state = 'queued' AND other.accepted_at > ${afterMs(-times.givesWay)}`,
      ),
    })
    .from(deliveries)
    .leftJoin(customers, eq(customers.enterpriseId, deliveries.enterpriseId))
    .leftJoin(channels, eq(channels.channelId, deliveries.channelId))
    .leftJoin(
      subscriptions,
      and(
        eq(subscriptions.enterpriseId, deliveries.enterpriseId),
        eq(subscriptions.channelId, deliveries.channelId),
        eq(subscriptions.enabled, true),
      ),
    )
    .leftJoin(
      gateways,
      and(eq(gateways.gatewayId, subscriptions.gatewayId), eq(gateways.channelId, deliveries.channelId)),
    )
    .where(namedRows("deliveries", names))
    .orderBy(asc(deliveries.deliveryId), asc(gateways.priority), asc(gateways.gatewayId));
}

/** Siblings are ordered by when the status was reached; of the same instant, by when they came in. */
const position = sql.raw("(other.occurred_at, other.delivery_id)");
const newer = sql`${position} > (${deliveries.occurredAt}, ${deliveries.deliveryId})`;
const older = sql`${position} < (${deliveries.occurredAt}, ${deliveries.deliveryId})`;

const maybeSent = inArray(sql.raw("other.state"), [...MAYBE_SENT_STATES]);

/** The index is named, for by its start alone every index of the enterprise looks as good, however many rows it has. */
function sibling(name: string, condition: ReturnType<typeof sql>) {
  return truth(
    name,
    sql`EXISTS (SELECT 1 FROM deliveries other FORCE INDEX (deliveries_shipment)
    WHERE other.enterprise_id = ${deliveries.enterpriseId}
    AND other.shipment_id = ${deliveries.shipmentId} AND other.channel_id = ${deliveries.channelId} AND ${condition})`,
  );
}

function tries(name: string, condition: ReturnType<typeof sql>) {
  return sql<number>`(SELECT COUNT(*) FROM attempts a WHERE a.enterprise_id = ${deliveries.enterpriseId}
    AND a.delivery_id = ${deliveries.deliveryId} AND a.gateway_id = ${gateways.gatewayId}
    AND a.attempt_no > ${deliveries.redrivenNo} AND ${condition})`
    .mapWith(Number)
    .as(name);
}

/** Whether an address is on the enterprise's list of those not to use on this channel. */
function suppressed(name: string, address: typeof customers.phone | typeof customers.email) {
  return truth(
    name,
    sql`EXISTS (SELECT 1 FROM suppressions s WHERE s.enterprise_id = ${deliveries.enterpriseId}
    AND s.channel_id = ${deliveries.channelId} AND s.address = LOWER(TRIM(${address})) AND s.lifted_at IS NULL)`,
  );
}

function toDelivery(row: DueRow): DueDelivery {
  const { customerId, isSubscribed, phone, email, phoneSuppressed, emailSuppressed, ...rest } = row;
  return {
    ...rest,
    lane: readLane(row.lane),
    kind: readKind(row.kind),
    suppressed: { phone: phoneSuppressed, email: emailSuppressed },
    state: row.state as DeliveryState,
    customer: customerId === null ? null : { isSubscribed: isSubscribed === true, phone, email },
    candidates: [],
  };
}

function toCandidate(row: DueRow): GatewayCandidate | null {
  if (row.gatewayId === null) return null;
  return {
    gatewayId: row.gatewayId,
    gatewayName: row.gatewayName ?? "",
    adapter: row.adapter !== null && isAdapterName(row.adapter) ? row.adapter : null,
    enabled: row.enabled === true,
    sender: row.sender,
    account: row.account ?? "",
    track: row.track ?? 0,
    health: readHealth(row.health),
    trialInMs: (row.healthUntil ?? row.now) - row.now,
    tries: row.tries,
    barred: row.barred > 0,
  };
}
