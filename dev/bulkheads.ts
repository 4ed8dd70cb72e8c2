import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { buildStage, GROUPS, type Group, type Stage } from "./bulkheads/stage.ts";
import { runCommand } from "./local/run-command.ts";

const HELP = `npm run bulkheads: whether a gateway that hangs on every call delays anybody else, measured on this machine.

  --seconds 75   length of each half: first all is well, then one SMS gateway's provider never answers
  --rate 2       updates per second and group

It posts updates for three groups: SMS through the gateway that will hang, SMS through another gateway, e-mail. The time from
acceptance to the recorded answer of the provider is read from the database. The last line is JSON. Exit code: 1 if the 95th
percentile of another group is more than twice what it was, or if something did not arrive. Run it on a quiet machine.`;

/** Another group's 95th percentile may grow by this factor while the gateway hangs. */
const MAY_GROW = 2;

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", short: "h" },
      seconds: { type: "string", default: "75" },
      rate: { type: "string", default: "2" },
    },
  });
  if (values.help === true) console.log(HELP);
  else await main(Number(values.seconds), Number(values.rate));
});

type Half = "well" | "hanging";

async function main(seconds: number, rate: number): Promise<void> {
  if (!(seconds > 0 && rate > 0)) throw new Error("--seconds and --rate take numbers above 0.");
  const stage = await buildStage((line) => console.log(line));
  try {
    await load(stage, "warm-up", 5, rate);
    console.log(`All is well, for ${seconds} s …`);
    await load(stage, "well", seconds, rate);
    await stage.hang();
    console.log(`One gateway hangs, for ${seconds} s …`);
    await load(stage, "hanging", seconds, rate);
    await othersArrive(stage);
    report(await measure(stage));
  } finally {
    await stage.clear();
  }
}

/** Posts for all groups at an even rate, whether or not the answers are there yet. */
async function load(stage: Stage, half: string, seconds: number, rate: number): Promise<void> {
  const posts: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let number = 0; number < seconds * rate; number += 1) {
    await pause(Math.max(0, startedAt + (number * 1000) / rate - performance.now()));
    for (const group of Object.keys(GROUPS) as Group[]) posts.push(stage.post(group, `${half}-${number}`));
  }
  await Promise.all(posts);
}

async function othersArrive({ database }: Stage): Promise<void> {
  const end = performance.now() + 60_000;
  while (performance.now() < end) {
    const { rows } = await database.execute(
      `SELECT 1 FROM deliveries WHERE enterprise_id IN ('other', 'email')
          AND state NOT IN ('sent', 'delivered') LIMIT 1`,
    );
    if (rows.length === 0) return;
    await pause(200);
  }
  throw new Error("Messages through gateways that work did not all arrive.");
}

type Measured = Record<Half, { count: number; p50: number; p95: number; longest: number }>;

async function measure({ database }: Stage): Promise<Record<Group, Measured>> {
  const { rows } = await database.execute<{ enterprise: Group; half: Half; ms: string }>(
    `SELECT d.enterprise_id AS enterprise, SUBSTRING_INDEX(d.shipment_id, '-', 1) AS half,
            TIMESTAMPDIFF(MICROSECOND, d.accepted_at, a.ended_at) / 1000 AS ms
       FROM deliveries d
       JOIN attempts a ON a.enterprise_id = d.enterprise_id AND a.delivery_id = d.delivery_id
      WHERE a.outcome = 'accepted'`,
  );
  const of = (group: Group, half: Half) => {
    const times = rows.filter((row) => row.enterprise === group && row.half === half).map((row) => Number(row.ms));
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number) => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
    return { count: sorted.length, p50: at(0.5), p95: at(0.95), longest: at(1) };
  };
  const groups = Object.keys(GROUPS) as Group[];
  return Object.fromEntries(
    groups.map((group) => [group, { well: of(group, "well"), hanging: of(group, "hanging") }]),
  ) as Record<Group, Measured>;
}

/** Prints the figures, and fails the run where a group that has nothing to do with the fault was delayed. */
function report(measured: Record<Group, Measured>): void {
  console.log("\nFrom acceptance to sent, in ms:");
  console.table(
    (Object.keys(GROUPS) as Group[]).flatMap((group) =>
      (["well", "hanging"] as const).map((half) => ({ group: GROUPS[group], half, ...measured[group][half] })),
    ),
  );
  const delayed = (["other", "email"] as const).filter(
    (group) => measured[group].hanging.p95 > MAY_GROW * measured[group].well.p95,
  );
  if (delayed.length > 0) process.exitCode = 1;
  console.log(JSON.stringify({ mayGrow: MAY_GROW, delayed, measured }));
}
