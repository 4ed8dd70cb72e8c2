import { parseArgs } from "node:util";
import { FAULT_GROUPS, GROUP_NAMES, type FaultGroup, type FaultKind } from "./nemesis/fault-kinds.ts";

export const HELP = `npm run faults: does the service all the harm that a machine can do, and checks that it keeps its promise.

  --seconds 60      how long load and faults go on, and half as long again where a machine is too slow to show enough;
                    the check comes after that
  --seed 7          decides what is posted and what is done to whom; printed at the end
  --only kill,pause groups of faults: ${GROUP_NAMES.join(", ")}
  --keep            keeps the folder with logs, history and evidence; it is kept anyway when something is violated

The built Worker runs in two workerd processes with queues of their own, on one MariaDB, behind one bridge, before one
sandbox of providers, all processes that are killed, frozen and cut off. What the clients saw, what the providers took and
what the database holds at the end is compared; the service itself is asked nothing. One line per invariant, and a last
line of JSON. Exit code: 0 if nothing is violated, 1 if something is, or if it could not be played.

The MariaDB is always one of its own, whatever MYSQL_URL says, for it is killed.`;

export type FaultsOptions = {
  seconds: number;
  seed: number;
  keep: boolean;
  kinds: ReadonlySet<FaultKind>;
};

/** Reads the command line; null when help is wanted. Throws what is wrong with it. */
export function readOptions(args: string[]): FaultsOptions | null {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: "boolean", short: "h" },
      seconds: { type: "string", default: "60" },
      seed: { type: "string" },
      only: { type: "string" },
      keep: { type: "boolean", default: false },
    },
  });
  if (values.help === true) return null;
  return {
    seconds: whole(values.seconds, "--seconds"),
    seed: values.seed === undefined ? Date.now() % 100_000 : whole(values.seed, "--seed"),
    keep: values.keep,
    kinds: readKinds(values.only),
  };
}

function whole(text: string, name: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} is a whole number.`);
  return Number(text);
}

function readKinds(only: string | undefined): ReadonlySet<FaultKind> {
  const groups = only === undefined ? GROUP_NAMES : only.split(",").map((name) => name.trim());
  const isGroup = (name: string): name is FaultGroup => Object.hasOwn(FAULT_GROUPS, name);
  return new Set(
    groups.flatMap((name) => {
      if (!isGroup(name)) throw new Error(`--only knows ${GROUP_NAMES.join(", ")}, and not ${name}.`);
      return [...FAULT_GROUPS[name]];
    }),
  );
}
