import type { LedgerEntry } from "../../sandbox/options.ts";
import type { DeliveryRow, Evidence, Verdict } from "./evidence.ts";

/** What proves that an attempt was surely not sent, so that another one may follow. */
const SURELY_NOT_SENT = new Set(["refused", "rejected", "misconfigured", "not_started"]);

/** Adapters whose provider can be asked what became of a message. */
const CAN_BE_LOOKED_UP = new Set(["twilio_sms", "twilio_whatsapp", "resend_email"]);

/** The delivery that each acceptance belongs to. */
export function acceptancesByDelivery({ ledger, tables }: Pick<Evidence, "ledger" | "tables">) {
  const deliveryOf = new Map(tables.attempts.map((row) => [row.attempt_id, row.delivery_id]));
  return Map.groupBy(ledger, (entry) => deliveryOf.get(entry.attempt ?? "") ?? "");
}

/** I3: at most one acceptance per delivery, and none without a committed intent. */
export function checkNoDuplicates(evidence: Evidence): Verdict {
  const { tables, ledger } = evidence;
  const byDelivery = acceptancesByDelivery(evidence);
  const strangers = byDelivery.get("") ?? [];
  byDelivery.delete("");
  const twice = [...byDelivery].flatMap(([id, entries]) =>
    entries.length > 1 ? [`${id} was accepted ${entries.length} times: ${entries.map(name).join(" ")}`] : [],
  );
  const mayBeSent = new Set(["proven_absent", "retrying"]);
  const proven = new Set(
    tables.reconciliations.filter((row) => mayBeSent.has(row.conclusion)).map((row) => row.attempt_id),
  );
  const blind = [...Map.groupBy(tables.attempts, (row) => row.delivery_id).values()].flatMap((attempts) => {
    const followed = attempts.toSorted((a, b) => a.attempt_no - b.attempt_no).slice(0, -1);
    return followed
      .filter(({ outcome, attempt_id: id }) => !SURELY_NOT_SENT.has(outcome ?? "") && !proven.has(id))
      .map(
        (one) => `${one.delivery_id} was tried again after ${one.attempt_id}, which ended ${one.outcome ?? "unknown"}`,
      );
  });
  return {
    id: "I3",
    guarantee: "at most one provider acceptance per delivery, never without a committed intent, never a blind repeat",
    looked: `${ledger.length} acceptances, ${tables.attempts.length} attempts`,
    violations: [...strangers.map((entry) => `${name(entry)} was accepted without an attempt row`), ...twice, ...blind],
  };
}

/** I4: what a provider accepted is logged; what ended otherwise has its reason. A held delivery says so itself. */
export function checkEverythingLogged(evidence: Evidence): Verdict {
  const { tables } = evidence;
  const unlogged = unloggedOf(evidence).map((entry) => `${name(entry)} was accepted and is not in logs`);
  const reasons = new Map([...Map.groupBy(tables.failures, (row) => row.delivery_id)].map(([id, rows]) => [id, rows]));
  const needsReason = new Set(["failed", "skipped", "undelivered", "unconfirmed"]);
  const silent = tables.deliveries
    .filter(
      (row) => needsReason.has(row.state) && !(reasons.get(row.delivery_id) ?? []).some((one) => one.code === row.code),
    )
    .map((row) => `${row.delivery_id} is ${row.state} (${row.code ?? "no code"}) without a reason in logs_failure`);
  const early = evidence.early.map((id) => `${id} was called sent before its acceptance was in logs`);
  const logged = new Set(tables.logs.map((row) => row.delivery_id));
  const missing = tables.deliveries
    .filter((row) => ["sent", "delivered"].includes(row.state) && !logged.has(row.delivery_id))
    .map((row) => `${row.delivery_id} is ${row.state} and not in logs`);
  return {
    id: "I4",
    guarantee: "every acceptance is in logs, every other ending has its reason in logs_failure",
    looked: `${tables.logs.length} log rows, ${tables.failures.length} reasons`,
    violations: [...unlogged, ...missing, ...early, ...silent],
  };
}

/** Acceptances that nothing tells of: neither a log row, nor a delivery that says that it is not known. */
export function unloggedOf({ ledger, tables }: Pick<Evidence, "ledger" | "tables">): LedgerEntry[] {
  const logged = new Set(tables.logs.map((row) => row.attempt_id));
  const held = new Set(heldOf({ tables }).map((row) => row.delivery_id));
  const deliveryOf = new Map(tables.attempts.map((row) => [row.attempt_id, row.delivery_id]));
  return ledger.filter(({ attempt }) => !logged.has(attempt ?? "") && !held.has(deliveryOf.get(attempt ?? "") ?? ""));
}

/** I5: nothing is called sent that no provider took. */
export function checkNoPhantoms({ ledger, tables }: Evidence): Verdict {
  const taken = new Set(ledger.map((entry) => entry.attempt));
  const phantoms = tables.logs
    .filter((row) => !taken.has(row.attempt_id))
    .map((row) => `${row.attempt_id} is in logs, and no provider took it`);
  const deliveryTaken = new Set(
    tables.attempts.filter((row) => taken.has(row.attempt_id)).map((row) => row.delivery_id),
  );
  const claimed = tables.deliveries
    .filter((row) => ["sent", "delivered", "undelivered"].includes(row.state) && !deliveryTaken.has(row.delivery_id))
    .map((row) => `${row.delivery_id} is ${row.state}, and no provider took it`);
  return {
    id: "I5",
    guarantee: "nothing is called sent that no provider took",
    looked: `${tables.logs.length} log rows`,
    violations: [...phantoms, ...claimed],
  };
}

/** I7: a later status is never followed by an older one of the same shipment on the same channel. */
export function checkOrder(evidence: Evidence): Verdict {
  const pairs = outOfOrder(evidence);
  return {
    id: "I7",
    guarantee: "a later status is never followed by an older one for the same shipment and channel",
    looked: `${new Set(evidence.tables.deliveries.map(lineOf)).size} shipments on channels`,
    violations: pairs.map(
      ({ newer, older }) =>
        `${older.delivery_id} (${older.status}) was accepted after ${newer.delivery_id} (${newer.status})`,
    ),
  };
}

/** Each acceptance of an older status after a newer one. The ledger is in the order of acceptance. */
export function outOfOrder({
  ledger,
  tables,
}: Pick<Evidence, "ledger" | "tables">): { newer: DeliveryRow; older: DeliveryRow }[] {
  const deliveries = new Map(tables.deliveries.map((row) => [row.delivery_id, row]));
  const deliveryOf = new Map(tables.attempts.map((row) => [row.attempt_id, deliveries.get(row.delivery_id)]));
  const newest = new Map<string, DeliveryRow>();
  const pairs: { newer: DeliveryRow; older: DeliveryRow }[] = [];
  for (const { attempt } of ledger) {
    const row = deliveryOf.get(attempt ?? "");
    if (row === undefined) continue;
    const newer = newest.get(lineOf(row));
    if (newer !== undefined && row.occurred_at < newer.occurred_at) pairs.push({ newer, older: row });
    else newest.set(lineOf(row), row);
  }
  return pairs;
}

/** I9: work is bounded: no delivery is tried without end. */
export function checkBoundedWork({ tables }: Evidence): Verdict {
  const most = 40;
  const tries = [...Map.groupBy(tables.attempts, (row) => row.delivery_id)];
  const longest = tries.reduce((max, [, attempts]) => Math.max(max, attempts.length), 0);
  return {
    id: "I9",
    guarantee: `no delivery is tried more than ${most} times`,
    looked: `${tries.length} deliveries, ${longest} attempts at most`,
    violations: tries.flatMap(([id, attempts]) =>
      attempts.length > most ? [`${id} was tried ${attempts.length} times`] : [],
    ),
  };
}

/** Deliveries of which nobody knows whether they were sent. */
export function heldOf({ tables }: Pick<Evidence, "tables">): DeliveryRow[] {
  return tables.deliveries.filter((row) => row.state === "unknown" || row.state === "unconfirmed");
}

/** Held deliveries come from ambiguous faults only, and never through a gateway that can be asked. */
export function checkHeld(evidence: Evidence): Verdict {
  const held = heldOf(evidence);
  const { adapters } = evidence.tables;
  const askable = held.filter((row) => CAN_BE_LOOKED_UP.has(adapters.get(row.gateway_id ?? "") ?? ""));
  const tooMany =
    held.length > evidence.ambiguous
      ? [`${held.length} are held, and ${evidence.ambiguous} faults were ambiguous`]
      : [];
  return {
    id: "held",
    guarantee: "only ambiguous faults leave a delivery unconfirmed, and none where the provider can be asked",
    looked: `${held.length} held, ${evidence.ambiguous} ambiguous faults`,
    violations: [
      ...tooMany,
      ...askable.map((row) => `${row.delivery_id} is ${row.state} on a gateway that can be asked`),
    ],
  };
}

function lineOf(row: DeliveryRow): string {
  return JSON.stringify([row.enterprise_id, row.shipment_id, row.channel_id]);
}

function name({ provider, attempt, id }: LedgerEntry): string {
  return `${attempt ?? "no attempt"} (${provider} ${id})`;
}
