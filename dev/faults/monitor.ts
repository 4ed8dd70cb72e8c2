import { setTimeout as pause } from "node:timers/promises";
import type { Sample, Transition } from "./checker/evidence.ts";
import type { DatabaseWitness } from "../rig/mariadb.ts";

const LOOK_EVERY_MS = 700;

/** States of what is still to be sent. */
const UNSENT = new Set(["queued", "sending", "retrying"]);

const SENT_AND_NOT_LOGGED = `
  SELECT delivery_id AS id FROM deliveries d WHERE state = 'sent' AND NOT EXISTS (
    SELECT 1 FROM logs l
     WHERE l.enterprise_id = d.enterprise_id AND l.shipment_id = d.shipment_id AND l.delivery_id = d.delivery_id)`;

/** Watches the rows of all deliveries for as long as the run goes. */
export type Monitor = {
  /** Looks again and again until `signal`; while the database is away there is nothing to see. */
  run: (signal: AbortSignal) => Promise<void>;
  samples: () => readonly Sample[];
  transitions: () => readonly Transition[];
  early: () => readonly string[];
  /** Deliveries that were still to be sent at the last look. */
  unsent: () => number;
  /** Deliveries by state at the last look. */
  states: () => Sample["states"];
};

export function createMonitor(database: DatabaseWitness): Monitor {
  const samples: Sample[] = [];
  const transitions: Transition[] = [];
  const known = new Map<string, string>();
  const early = new Set<string>();

  const look = async () => {
    const at = Date.now();
    const rows = await database.query<{ id: string; state: string }>("SELECT delivery_id AS id, state FROM deliveries");
    const states: Record<string, number> = {};
    for (const { id, state } of rows) {
      states[state] = (states[state] ?? 0) + 1;
      const before = known.get(id);
      if (before !== undefined && before !== state) transitions.push({ deliveryId: id, from: before, to: state });
      known.set(id, state);
    }
    samples.push({ at, states });
    for (const { id } of await database.query<{ id: string }>(SENT_AND_NOT_LOGGED)) early.add(id);
  };
  const states = () => samples.at(-1)?.states ?? {};
  return {
    run: async (signal) => {
      while (!signal.aborted) {
        await look().catch(() => undefined);
        await pause(LOOK_EVERY_MS);
      }
    },
    samples: () => samples,
    transitions: () => transitions,
    early: () => [...early],
    unsent: () => Object.entries(states()).reduce((sum, [state, count]) => sum + (UNSENT.has(state) ? count : 0), 0),
    states,
  };
}
