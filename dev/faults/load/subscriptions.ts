import { setTimeout as pause } from "node:timers/promises";
import type { DatabaseWitness } from "../../rig/mariadb.ts";
import type { Random } from "../random.ts";
import { CHANGING } from "./enterprises.ts";

/** Never ended, so that no enterprise is ever without a channel and every post is still accepted. */
const LASTING = "ch_email";

/** Ends and renews subscriptions of some enterprises until `signal`; tells how often. */
export async function changeSubscriptions(
  database: DatabaseWitness,
  random: Random,
  signal: AbortSignal,
): Promise<number> {
  let changes = 0;
  while (!signal.aborted) {
    await pause(random.whole(200, 1_000));
    const { enterpriseId, subscriptions } = random.pick(CHANGING);
    const { channelId } = random.pick(subscriptions.filter((one) => one.channelId !== LASTING));
    const change = database.query(
      "UPDATE subscriptions SET enabled = NOT enabled WHERE enterprise_id = ? AND channel_id = ?",
      [enterpriseId, channelId],
    );
    // While the database is away nothing changes.
    changes += await change.then(
      () => 1,
      () => 0,
    );
  }
  return changes;
}

/** Turns every subscription on again. */
export async function renewSubscriptions(database: DatabaseWitness): Promise<void> {
  await database.query("UPDATE subscriptions SET enabled = TRUE WHERE enabled = FALSE");
}
