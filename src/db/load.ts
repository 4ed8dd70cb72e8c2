import { DROPPED, MAYBE_SENT_STATES } from "../domain/delivery.ts";
import type { DueDelivery } from "../domain/due-delivery.ts";
import type { Times } from "../domain/times.ts";
import type { DeliveryNames } from "./claim.ts";
import type { Db } from "./client.ts";
import { toCandidate, toDelivery, type DueRow } from "./due-row.ts";
import { pinnedColumns } from "./pinned-template.ts";

/**
 * Reads deliveries fresh, with their enterprise, the gateways that may carry them and their siblings: one
 * statement, one row per delivery and gateway. `leaseToken` tells which of them our claim holds.
 */
export async function loadDue(db: Db, names: DeliveryNames, leaseToken: string, times: Times): Promise<DueDelivery[]> {
  // Past drizzle, which takes longer to put this statement together and its rows apart than the calls take to prepare.
  const { rows } = await db.$client.execute(LOAD, {
    leaseToken,
    givesWay: Math.round(times.givesWay) * 1000,
    ...names,
  });
  const byId = new Map<string, DueDelivery>();
  for (const row of rows as DueRow[]) {
    const delivery = byId.get(row.deliveryId) ?? toDelivery(row);
    const candidate = toCandidate(row);
    if (candidate) delivery.candidates.push(candidate);
    byId.set(row.deliveryId, delivery);
  }
  return [...byId.values()];
}

/** Siblings are ordered by when the status was reached; of the same instant, by when they came in. */
const NEWER = "(other.occurred_at, other.delivery_id) > (deliveries.occurred_at, deliveries.delivery_id)";
const OLDER = "(other.occurred_at, other.delivery_id) < (deliveries.occurred_at, deliveries.delivery_id)";

const MAYBE_SENT = `other.state IN (${MAYBE_SENT_STATES.map((state) => `'${state}'`).join(", ")})`;

const LOAD = `
  SELECT deliveries.delivery_id AS deliveryId, deliveries.enterprise_id AS enterpriseId,
         deliveries.shipment_id AS shipmentId, deliveries.status,
         deliveries.occurred_at AS occurredAt, deliveries.timestamp_text AS timestampText, deliveries.lane,
         deliveries.channel_id AS channelId, deliveries.channel, ${pinnedColumns("deliveries", "templates")},
         deliveries.code, deliveries.attempt_no AS attemptNo,
         ${wasTried()} AS wasTried,
         deliveries.accepted_at AS acceptedAt, deliveries.expires_at AS expiresAt, UTC_TIMESTAMP(3) AS nowUtc,
         COALESCE(deliveries.state = 'sending' AND deliveries.lease_token = :leaseToken, FALSE) AS mine,
         COALESCE(deliveries.state IN ('queued', 'retrying')
           AND (deliveries.lease_token = :leaseToken OR deliveries.due_at <= UTC_TIMESTAMP(3)), FALSE) AS due,
         deliveries.state = 'skipped' AND deliveries.ring_at IS NOT NULL AS unlogged,
         customers.is_subscribed AS isSubscribed, customers.phone, customers.email,
         gateways.gateway_id AS gatewayId, gateways.gateway_name AS gatewayName, gateways.adapter,
         gateways.sender, gateways.enabled, gateways.account, subscriptions.statuses,
         gateways.owner_id AS ownerId, gateways.credentials,
         gateways.track, gateways.health, gateways.health_until AS healthUntil,
         channels.kind,
         ${isSuppressed("customers.phone")} AS phoneSuppressed, ${isSuppressed("customers.email")} AS emailSuppressed,
         ${triesThat("COALESCE(a.outcome, '') <> 'not_started'")} AS tries,
         ${triesThat("a.outcome IN ('rejected', 'misconfigured')")} AS barred,
         ${hasSibling(`${NEWER} AND (${MAYBE_SENT} OR other.code = '${DROPPED}')`)} AS newerSent,
         ${hasSibling(`${NEWER} AND other.state IN ('queued', 'retrying', 'sending')`)} AS newerPending,
         ${hasSibling(`${OLDER} AND other.state = 'queued'
           AND other.accepted_at > UTC_TIMESTAMP(3) - INTERVAL :givesWay MICROSECOND`)} AS olderWaiting
    FROM deliveries
    LEFT JOIN customers ON customers.enterprise_id = deliveries.enterprise_id
    LEFT JOIN channels ON channels.channel_id = deliveries.channel_id
    LEFT JOIN templates ON templates.template_id = deliveries.template_id
    LEFT JOIN subscriptions ON subscriptions.enterprise_id = deliveries.enterprise_id
     AND subscriptions.channel_id = deliveries.channel_id AND subscriptions.enabled = TRUE
    LEFT JOIN gateways ON gateways.gateway_id = subscriptions.gateway_id
     AND gateways.channel_id = deliveries.channel_id AND gateways.owner_id IN ('', deliveries.enterprise_id)
   WHERE deliveries.enterprise_id IN (:enterpriseIds) AND deliveries.delivery_id IN (:deliveryIds)
   ORDER BY deliveries.delivery_id, gateways.priority, gateways.gateway_id`;

/** By whatever gateway, and before a new start as well: a late receipt of such an attempt must still move it. */
function wasTried(): string {
  return `EXISTS (SELECT 1 FROM ${attemptsOfDelivery("COALESCE(a.outcome, '') <> 'not_started'")})`;
}

function triesThat(condition: string): string {
  const ofGateway = "a.gateway_id = gateways.gateway_id AND a.attempt_no > deliveries.redriven_no";
  return `(SELECT COUNT(*) FROM ${attemptsOfDelivery(`${ofGateway} AND ${condition}`)})`;
}

/** The index is named, for where most attempts are one gateway's, its index looks as good and holds all of them. */
function attemptsOfDelivery(condition: string): string {
  return `attempts a FORCE INDEX (attempts_delivery) WHERE a.enterprise_id = deliveries.enterprise_id
           AND a.delivery_id = deliveries.delivery_id AND ${condition}`;
}

/** The index is named, for by its start alone every index of the enterprise looks as good, however many rows it has. */
function hasSibling(condition: string): string {
  return `EXISTS (SELECT 1 FROM deliveries other FORCE INDEX (deliveries_shipment)
           WHERE other.enterprise_id = deliveries.enterprise_id AND other.shipment_id = deliveries.shipment_id
           AND other.channel_id = deliveries.channel_id AND other.is_test = deliveries.is_test AND ${condition})`;
}

/** Whether an address is on the enterprise's list of those not to use on this channel. */
function isSuppressed(address: string): string {
  return `EXISTS (SELECT 1 FROM suppressions s WHERE s.enterprise_id = deliveries.enterprise_id
           AND s.channel_id = deliveries.channel_id AND s.address = LOWER(TRIM(${address})) AND s.lifted_at IS NULL)`;
}
