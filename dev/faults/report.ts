import { acceptedOf, isAtRest } from "./checker/acceptance.ts";
import type { Evidence, Verdict } from "./checker/evidence.ts";
import { acceptancesByDelivery, heldOf, outOfOrder, unloggedOf } from "./checker/sending.ts";
import type { FaultKind } from "./nemesis/fault-kinds.ts";
import { countKills, countPauses, countStrikes, type Strike } from "./nemesis/tally.ts";
import { TIMES } from "./times.ts";
import type { BellCounts } from "./workerd.ts";

/** Violations of one invariant that are shown; the rest is counted. */
const SHOWN = 5;

/** How often every kind of fault struck, those of bells included. */
export function strikeCounts(strikes: readonly Strike[], bells: readonly BellCounts[]): Map<FaultKind, number> {
  const sum = (name: keyof BellCounts) => bells.reduce((total, counts) => total + counts[name], 0);
  return countStrikes(strikes)
    .set("bell dropped", sum("dropped"))
    .set("bell doubled", sum("doubled"))
    .set("bell late", sum("delayed"));
}

/** One line per invariant, with examples where one is violated. */
export function verdictLines(verdicts: readonly Verdict[]): string[] {
  return verdicts.flatMap(({ id, guarantee, looked, violations }) => {
    const word = violations.length === 0 ? "ok" : "VIOLATED";
    const examples = violations.slice(0, SHOWN).map((violation) => `       ${violation}`);
    const more = violations.length > SHOWN ? [`       … and ${violations.length - SHOWN} more`] : [];
    return [`${id.padEnd(5)} ${word.padEnd(8)}  ${guarantee} (${looked})`, ...examples, ...more];
  });
}

/** The last line: what it all came to, in numbers. */
export function summary(evidence: Evidence, verdicts: readonly Verdict[], strikes: readonly Strike[], seed: number) {
  const { history, ledger, tables } = evidence;
  const accepted = new Set(acceptedOf(history).map(({ updateId }) => updateId));
  const byDelivery = acceptancesByDelivery(evidence);
  byDelivery.delete("");
  return {
    accepted: accepted.size,
    acceptances: ledger.length,
    lost: lostOf(evidence, accepted),
    held: heldOf(evidence).length,
    duplicates: [...byDelivery.values()].reduce((sum, entries) => sum + entries.length - 1, 0),
    unlogged: unloggedOf(evidence).length,
    outOfOrder: outOfOrder(evidence).length,
    kills: countKills(strikes),
    pauses: countPauses(strikes, TIMES.lease),
    violations: verdicts.flatMap(({ id, violations }) =>
      violations.slice(0, SHOWN).map((violation) => `${id}: ${violation}`),
    ),
    deliveries: tables.deliveries.length,
    attempts: tables.attempts.length,
    ambiguous: evidence.ambiguous,
    seed,
  };
}

/** Accepted updates of which a row is missing, and rows that do not come to rest. */
function lostOf({ history, tables }: Evidence, accepted: ReadonlySet<string>): number {
  const there = new Set(tables.deliveries.map((row) => row.delivery_id));
  const incomplete = acceptedOf(history).filter(({ answer }) => answer.deliveryIds.some((id) => !there.has(id)));
  const gone = new Set(incomplete.map(({ updateId }) => updateId));
  const stored = new Set(tables.deliveries.map((row) => row.update_id));
  for (const id of accepted) if (!stored.has(id)) gone.add(id);
  return gone.size + tables.deliveries.filter((row) => !isAtRest(row)).length;
}
