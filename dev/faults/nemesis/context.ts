import { setTimeout as pause } from "node:timers/promises";
import type { DatabaseWitness } from "../../rig/mariadb.ts";
import type { Random } from "../random.ts";
import type { Stage } from "../stage.ts";
import type { FaultKind } from "./fault-kinds.ts";
import type { Tally } from "./tally.ts";

/** What each part of the nemesis works with. */
export type NemesisContext = {
  stage: Stage;
  database: DatabaseWitness;
  random: Random;
  tally: Tally;
  /** The kinds that are wanted. */
  kinds: ReadonlySet<FaultKind>;
  /** No fault begins after it is aborted; those that have begun end in their own time. */
  until: AbortSignal;
};

/** Waits until `condition` holds, looking every 20 ms; gives up after `withinMs`. */
export async function waitFor(condition: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) return false;
    await pause(20);
  }
  return true;
}

/** How many attempts have been open for at least so long: intended, called or about to be, and not yet told of. */
export async function countOpenAttempts(database: DatabaseWitness, forMs = 0): Promise<number> {
  const rows = await database
    .query<{ open: number | bigint }>(
      `SELECT COUNT(*) AS open FROM deliveries d
         JOIN attempts a ON a.enterprise_id = d.enterprise_id AND a.delivery_id = d.delivery_id AND a.attempt_no = d.attempt_no
        WHERE d.lease_until IS NOT NULL AND d.state = 'sending' AND a.outcome IS NULL
          AND a.started_at <= UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND`,
      [forMs * 1000],
    )
    .catch(() => []);
  return Number(rows[0]?.open ?? 0);
}
