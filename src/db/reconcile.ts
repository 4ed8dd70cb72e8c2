import { inArray, sql } from "drizzle-orm";
import { isAdapterName, type AdapterName, type AddressKind } from "../domain/adapter-facts.ts";
import { readLane, type Lane } from "../domain/lane.ts";
import type { Conclusion } from "../domain/reconciliation.ts";
import type { PinnedTemplate } from "../domain/template.ts";
import { accountOf } from "./account.ts";
import { caseBy } from "./case-by.ts";
import { namedRows, namesOf } from "./claim.ts";
import type { Db } from "./client.ts";
import { digestOf } from "./intent.ts";
import { ofLastAttempt } from "./leases.ts";
import { pinnedColumns, pinnedOf, type PinnedRow } from "./pinned-template.ts";
import { afterMs, instantOf, utcNow } from "./time.ts";
import { isTrue, type Truth } from "./truth.ts";

/** Of a delivery whose message is to be looked for, what is as the database has it. */
type SameInBoth = Record<"enterpriseId" | "deliveryId" | "shipmentId" | "status" | "timestampText", string> &
  Record<"lookNo" | "attemptNo", number> &
  Record<"phone" | "email" | "sender" | "providerId", string | null> & { attemptId: string };

/** A delivery whose message is to be looked for, with what asking and deciding need. Instants in ms since the epoch. */
export type DueLook = SameInBoth & {
  pinned: PinnedTemplate | null;
  lane: Lane;
  state: "sent" | "unknown";
  now: number;
  startedAt: number;
  /** Whether the provider is known to have the message. */
  isProven: boolean;
  /** Whether the address is still the one that was sent to. */
  isSameAddress: boolean;
  adapter: AdapterName | null;
  gatewayId: string;
  /** The account that it went through; an enterprise's own gateway is one of its own. */
  account: string;
  ownerId: string;
  credentials: string | null;
  /** How many steps of finding out are written down. */
  steps: number;
};

type LookRow = SameInBoth &
  PinnedRow &
  Record<"lane" | "state" | "nowUtc" | "startedAt", string> &
  Record<"isProven" | "isSameAddress" | "steps", Truth> &
  Record<"adapter" | "account" | "ownerId" | "credentials", string | null> & { gatewayId: string };

/** Deliveries that are due to be looked for, longest due first. Looks without locking. */
export async function findDueLooks(db: Db, limit: number): Promise<DueLook[]> {
  const { rows } = await db.execute(sql`
    SELECT d.enterprise_id AS enterpriseId, d.delivery_id AS deliveryId, d.shipment_id AS shipmentId, d.status,
           d.timestamp_text AS timestampText, ${sql.raw(pinnedColumns("d", "t"))}, d.lane, d.state, d.look_no AS lookNo, d.attempt_no AS attemptNo,
           ${utcNow} AS nowUtc, a.attempt_id AS attemptId, a.started_at AS startedAt, a.provider_id AS providerId,
           a.outcome <=> 'accepted' OR EXISTS (SELECT 1 FROM receipts p
             WHERE p.enterprise_id = a.enterprise_id AND p.attempt_id = a.attempt_id) AS isProven,
           COALESCE(CONVERT(a.target USING utf8mb4) COLLATE utf8mb4_bin IN
             (${digestOf(sql`TRIM(c.phone)`)}, ${digestOf(sql`TRIM(c.email)`)}), FALSE) AS isSameAddress,
           c.phone, c.email, a.gateway_id AS gatewayId, g.adapter, ${accountOf("g")} AS account, g.owner_id AS ownerId,
           g.credentials, g.sender,
           (SELECT COUNT(*) FROM reconciliations r WHERE r.enterprise_id = d.enterprise_id
             AND r.delivery_id = d.delivery_id AND r.attempt_id = a.attempt_id) AS steps
      FROM deliveries d FORCE INDEX (deliveries_look)
      JOIN attempts a ON ${ofLastAttempt}
      LEFT JOIN templates t ON t.template_id = d.template_id
      LEFT JOIN customers c ON c.enterprise_id = d.enterprise_id
      LEFT JOIN gateways g ON g.gateway_id = a.gateway_id
     WHERE d.look_at < ${utcNow} AND d.state IN ('unknown', 'sent')
     ORDER BY d.look_at LIMIT ${limit}`);
  return (rows as LookRow[]).map(({ nowUtc, ...row }) => ({
    ...row,
    pinned: pinnedOf(row),
    lane: readLane(row.lane),
    state: row.state === "sent" ? "sent" : "unknown",
    now: instantOf(nowUtc),
    startedAt: instantOf(row.startedAt),
    isProven: isTrue(row.isProven),
    isSameAddress: isTrue(row.isSameAddress),
    adapter: row.adapter !== null && isAdapterName(row.adapter) ? row.adapter : null,
    account: row.account ?? "",
    ownerId: row.ownerId ?? "",
    steps: Number(row.steps),
  }));
}

/** Which attempts hold these messages of a provider already. */
export async function findHolders(db: Db, providerIds: string[]) {
  const { rows } = await db.execute(sql`
    SELECT provider_id AS providerId, attempt_id AS attemptId FROM attempts WHERE provider_id IN ${providerIds}`);
  return rows as { providerId: string | null; attemptId: string }[];
}

/**
 * How many attempts of other deliveries may have sent the same text to the same address and do not know which
 * message of the provider is theirs either, by delivery; a delivery without such rivals is left out.
 */
export async function countRivals(db: Db, looks: DueLook[], address: AddressKind): Promise<Map<string, number>> {
  const column = sql.raw(address);
  const { rows } = await db.execute(sql`
    SELECT d.delivery_id AS deliveryId, COUNT(*) AS rivals
      FROM deliveries d FORCE INDEX (PRIMARY)
      JOIN customers c ON c.enterprise_id = d.enterprise_id
      JOIN customers other ON other.${column} = c.${column}
      JOIN deliveries rival FORCE INDEX (deliveries_shipment) ON rival.enterprise_id = other.enterprise_id AND rival.shipment_id = d.shipment_id
       AND rival.status = d.status AND rival.timestamp_text = d.timestamp_text AND rival.delivery_id <> d.delivery_id
       AND (rival.state IN ('sending', 'unknown', 'unconfirmed', 'sent') OR rival.code = 'dropped')
       AND SUBSTRING_INDEX(rival.lane, '_', 1) = SUBSTRING_INDEX(d.lane, '_', 1)
      JOIN attempts a FORCE INDEX (attempts_delivery) ON a.enterprise_id = rival.enterprise_id AND a.delivery_id = rival.delivery_id
       AND a.attempt_no = rival.attempt_no AND a.provider_id IS NULL
     WHERE ${namedRows("d", namesOf(looks))}
     GROUP BY d.delivery_id`);
  return new Map(
    (rows as { deliveryId: string; rivals: string }[]).map(({ deliveryId, rivals }) => [deliveryId, Number(rivals)]),
  );
}

/** A look with what followed from it. */
export type ConcludedLook = { look: DueLook; conclusion: Exclude<Conclusion, { kind: "accepted" }> };

/**
 * Moves deliveries on after a look that did not find their message. Guarded by the number of looks and of the
 * attempt: of two sweeps that looked at the same time, one counts.
 */
export async function moveAfterLook(db: Db, concluded: ConcludedLook[], silentAfterMs: number): Promise<void> {
  const each = (value: (one: ConcludedLook) => unknown) =>
    caseBy("delivery_id", concluded, ({ look }) => look.deliveryId, value);
  const again = each(({ conclusion }) =>
    conclusion.kind === "proven_absent" || conclusion.againMs === null ? null : afterMs(conclusion.againMs),
  );
  const resent = concluded.filter(({ conclusion }) => conclusion.kind === "proven_absent");
  const ids = resent.map(({ look }) => look.deliveryId);
  const isResent = ids.length === 0 ? sql`FALSE` : inArray(sql.raw("delivery_id"), ids);
  await db.execute(sql`
    UPDATE deliveries FORCE INDEX (PRIMARY)
       SET look_at = ${again},
           look_no = ${each(({ look, conclusion }) => lookNoAfter(look, conclusion))},
           due_at = IF(${isResent}, LEAST(expires_at, ${utcNow}), due_at),
           ring_at = IF(${isResent}, ${afterMs(silentAfterMs)}, ring_at),
           hold_until = IF(${isResent}, NULL, hold_until),
           code = IF(${isResent}, NULL, code),
           state = IF(${isResent}, 'retrying', state)
     WHERE ${namedRows("deliveries", namesOf(concluded.map(({ look }) => look)))}
       AND state IN ('unknown', 'sent') AND state = ${each(({ look }) => look.state)}
       AND attempt_no = ${each(({ look }) => look.attemptNo)} AND look_no = ${each(({ look }) => look.lookNo)}`);
}

/** Looks that found nothing add up only while nothing else was seen in between. */
function lookNoAfter(look: DueLook, { kind }: ConcludedLook["conclusion"]): number {
  switch (kind) {
    case "absent":
      return look.lookNo + 1;
    case "unanswered":
      return look.lookNo;
    case "unclear":
    case "proven_absent":
      return 0;
  }
}
