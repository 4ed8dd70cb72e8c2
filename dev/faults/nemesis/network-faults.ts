import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../random.ts";
import { PROVIDER_LATENCY_MS } from "../stage.ts";
import type { NetworkMode } from "../tcp-proxy.ts";
import { countOpenAttempts, waitFor, type NemesisContext } from "./context.ts";
import type { FaultKind } from "./fault-kinds.ts";

/** How much longer than planned a fault stays when nobody has met it yet, in ms. */
const STAYS_MS = 4_000;

const MODES: { kind: FaultKind; make: (random: Random) => NetworkMode }[] = [
  { kind: "latency", make: (random) => ({ kind: "pass", ms: random.whole(200, 800) }) },
  {
    kind: "reset after n bytes",
    make: (random) => ({
      kind: "reset",
      side: random.happens(0.5) ? "request" : "answer",
      afterBytes: random.whole(20, 900),
    }),
  },
  { kind: "black hole", make: () => ({ kind: "black_hole" }) },
  { kind: "slow drip", make: () => ({ kind: "drip", bytes: 64, everyMs: 50 }) },
  { kind: "refused connection", make: () => ({ kind: "refused" }) },
];

/** Spoils one network after another, each in every way, in an order of the seed's. */
export async function runNetworkFaults(context: NemesisContext): Promise<void> {
  const { stage, random, kinds, until } = context;
  const modes = MODES.filter(({ kind }) => kinds.has(kind));
  const all = [...stage.networks.keys()].flatMap((network) => modes.map((mode) => ({ network, ...mode })));
  while (all.length > 0 && !until.aborted) {
    for (const { network, kind, make } of random.shuffle(all)) {
      if (until.aborted) return;
      await spoil(network, kind, make(random), context);
      await pause(random.whole(300, 900));
    }
  }
}

async function spoil(name: string, kind: FaultKind, mode: NetworkMode, context: NemesisContext): Promise<void> {
  const { stage, random, tally, database } = context;
  const network = stage.networks.get(name);
  if (network === undefined) return;
  const from = Date.now();
  let ambiguous = await countOpenAttempts(database);
  await network.set(mode);
  await pause(random.whole(800, 2_000));
  await waitFor(async () => network.struck() > 0, STAYS_MS);
  const struck = network.struck();
  // What strikes the database leaves only those without an answer whose results could not be noted.
  ambiguous += (await countOpenAttempts(database)) + (name === "database" ? 0 : struck);
  await network.set(usualMode(name));
  tally.add({ kind, target: name, from, to: Date.now(), struck, ambiguous });
}

/** What a network does when nobody disturbs it. */
export function usualMode(network: string): NetworkMode {
  return { kind: "pass", ms: network === "database" ? 0 : PROVIDER_LATENCY_MS };
}
