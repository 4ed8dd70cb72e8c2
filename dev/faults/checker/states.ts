import { FORGED_ID } from "../load/forger.ts";
import { acceptedOf } from "./acceptance.ts";
import type { Evidence, Verdict } from "./evidence.ts";

const STATES = [
  "queued",
  "sending",
  "retrying",
  "unknown",
  "unconfirmed",
  "sent",
  "delivered",
  "undelivered",
  "failed",
  "skipped",
];

/** Where a delivery may be found later; a look may miss steps between. All others may become anything. */
const LATER: Readonly<Record<string, readonly string[]>> = {
  delivered: [],
  undelivered: [],
  failed: [],
  skipped: [],
  sent: ["delivered", "undelivered"],
  unconfirmed: ["sent", "delivered", "undelivered"],
};

/** The providers' own words for a message that did not arrive. */
const NOT_ARRIVED = new Set(["undelivered", "failed", "bounce", "bounced", "dropped"]);

/** I6: states move forward only, and an ending is what the provider itself says. */
export function checkStates({ transitions, tables, ledger }: Evidence): Verdict {
  const backwards = transitions
    .filter(({ from, to }) => LATER[from]?.includes(to) === false)
    .map(({ deliveryId, from, to }) => `${deliveryId} went from ${from} to ${to}`);
  const fates = new Map(ledger.map((entry) => [entry.attempt, entry.status]));
  const byDelivery = Map.groupBy(tables.attempts, (row) => row.delivery_id);
  const untrue = tables.deliveries.flatMap(({ delivery_id: id, state }) => {
    if (state !== "delivered" && state !== "undelivered") return [];
    const said = (byDelivery.get(id) ?? []).flatMap((row) => fates.get(row.attempt_id) ?? []);
    const isTrue = said.some((word) => NOT_ARRIVED.has(word) === (state === "undelivered"));
    return isTrue || said.length === 0 ? [] : [`${id} is ${state}, and the provider says ${said.join(" and ")}`];
  });
  return {
    id: "I6",
    guarantee: "states move forward only, and an ending is what the provider says",
    looked: `${transitions.length} changes seen`,
    violations: [...backwards, ...untrue],
  };
}

/** I8: at every look, what was accepted is there, in a state that exists, and nothing vanishes. */
export function checkConservation({ samples, history }: Evidence): Verdict {
  const violations: string[] = [];
  const accepted = acceptedOf(history).map(({ updateId, answer, answeredAt }) => ({
    updateId,
    rows: answer.deliveryIds.length + answer.skipped,
    at: answeredAt ?? Number.POSITIVE_INFINITY,
  }));
  const firstAnswers = [...Map.groupBy(accepted, ({ updateId }) => updateId).values()].map((answers) =>
    answers.reduce((first, one) => (one.at < first.at ? one : first)),
  );
  let before = 0;
  for (const { at, states } of samples) {
    const total = Object.values(states).reduce((sum, count) => sum + count, 0);
    const owed = firstAnswers.reduce((sum, one) => sum + (one.at < at ? one.rows : 0), 0);
    const when = new Date(at).toISOString();
    if (total < owed) violations.push(`at ${when} there were ${total} rows for ${owed} that had been accepted`);
    if (total < before) violations.push(`at ${when} there were ${total} rows, and ${before} before`);
    const strange = Object.keys(states).filter((state) => !STATES.includes(state));
    if (strange.length > 0) violations.push(`at ${when} there were rows in the state ${strange.join(", ")}`);
    before = total;
  }
  return {
    id: "I8",
    guarantee: "at any moment everything accepted is in exactly one state",
    looked: `${samples.length} looks`,
    violations,
  };
}

/** I12: what is forged, or speaks of another tenant's attempt, is refused or ignored and changes no row. */
export function checkForgeries({ forged, tables }: Evidence): Verdict {
  const believed = forged
    .filter(({ kind, status }) => status < 300 && kind !== "other_tenant")
    .map(({ kind, status }) => `a forged callback (${kind}) was answered ${status}`);
  const isForged = (id: string | null) => id?.startsWith(FORGED_ID) === true;
  const rows = [
    ...tables.receipts.filter((row) => isForged(row.provider_id) || isForged(row.event_id)),
    ...tables.attempts.filter((row) => isForged(row.provider_id)),
    ...tables.logs.filter((row) => isForged(row.provider_id)),
  ].map((row) => `${row.attempt_id} has a row that tells of a forged callback`);
  return {
    id: "I12",
    guarantee: "forged callbacks and those of other tenants change nothing",
    looked: `${forged.length} forged callbacks`,
    violations: [...believed, ...rows],
  };
}
