import type { Plant } from "./plant.ts";

const faults = "faults";

/** Bugs in statements, signatures and wiring, which only the real parts can show. */
export const PROCESS_PLANTS: Plant[] = [
  {
    name: "no unique key stops a repeated update",
    proof: faults,
    invariants: ["I2", "I3"],
    file: "migrations/0000_tables.sql",
    find: "	CONSTRAINT `deliveries_update` UNIQUE(`enterprise_id`,`update_key`,`position`),\n",
    replace: "",
  },
  {
    name: "the claim does not look for a sibling that is being sent",
    proof: faults,
    invariants: ["I7"],
    file: "src/db/claim.ts",
    find: 'const isFree = sql.raw("sibling.delivery_id IS NULL");',
    replace: 'const isFree = sql.raw("d.delivery_id IS NOT NULL");',
  },
  {
    name: "the claim takes what was sent before",
    proof: faults,
    invariants: ["I3"],
    file: "src/db/claim.ts",
    find: "d.state IN ('queued', 'retrying')",
    replace: "d.state IN ('queued', 'retrying', 'unknown', 'sent')",
  },
  {
    name: "a receipt overwrites an end",
    proof: faults,
    invariants: ["I6"],
    file: "src/db/receipts.ts",
    find: '       AND state IN ${[...UNPROVEN_STATES, "sent"]}`',
    replace: "`",
  },
  {
    name: "what a provider accepted is not logged",
    proof: faults,
    invariants: ["I4"],
    file: "src/db/logs.ts",
    find: "export async function insertLogs(db: Db, entries: AcceptedEntry[]): Promise<void> {\n  if (entries.length === 0) return;",
    replace:
      "export async function insertLogs(db: Db, entries: AcceptedEntry[]): Promise<void> {\n  if (entries.length >= 0) return;",
  },
  {
    name: "an update is stored without its last delivery",
    proof: faults,
    invariants: ["I8"],
    file: "src/db/updates.ts",
    find: "  return newUpdate.deliveries.map(",
    replace: "  return newUpdate.deliveries.slice(0, Math.max(1, newUpdate.deliveries.length - 1)).map(",
  },
  {
    name: "a doubtful send is logged as accepted",
    proof: faults,
    invariants: ["I5"],
    file: "src/db/record.ts",
    find: '  if (attempt?.outcome.kind !== "accepted") return [];\n  const { attemptId, gateway, outcome } = attempt;\n  return [{ ...logged(delivery), attemptId, gateway, providerId: fit(outcome.providerId) }];',
    replace:
      '  if (attempt?.outcome.kind !== "accepted" && attempt?.outcome.kind !== "ambiguous") return [];\n  const { attemptId, gateway } = attempt;\n  return [{ ...logged(delivery), attemptId, gateway, providerId: null }];',
  },
  {
    name: "a callback without a signature is believed",
    proof: faults,
    invariants: ["I12"],
    file: "src/gateways/twilio/twilio-signature.ts",
    find: "  if (signature === null) return false;",
    replace: "  if (signature === null || signature.length === 0) return true;",
  },
];
