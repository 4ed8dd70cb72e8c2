import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildStage } from "./demo/stage.ts";
import { runCommand } from "./local/run-command.ts";
import { readSteps } from "./tour/steps.ts";
import { walk } from "./tour/walk.ts";

const HELP = `npm run tour: walks the steps of docs/quick-start.md, command by command, on a service of its own with a fresh database,
and compares each answer with the one that is written there. It runs beside npm run dev, on free ports.

  MYSQL_URL=mysql://user@host:port/name   uses a database beside that one instead of a private MariaDB

Exit code: 0 if every step was answered as written, 1 if not; then the folder .cloud/tour-<pid> is kept.`;

const QUICK_START = join(import.meta.dirname, "../docs/quick-start.md");

await runCommand(async () => {
  const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
  if (values.help === true) console.log(HELP);
  else await main();
});

async function main(): Promise<void> {
  const steps = readSteps(readFileSync(QUICK_START, "utf8"));
  const stage = await buildStage((line) => console.log(line), "tour");
  const names = { U: stage.worker.url, T: stage.cloud.apiKey, S: stage.cloud.sandbox.url };
  let isWalked = false;
  try {
    for (const [index, step] of steps.entries()) {
      console.log(`\n${index + 1} of ${steps.length}: ${step.heading}\n\n${step.command.replace(/^/gm, "  ")}`);
      const said = await walk(step, names);
      console.log(said === "" ? "  (no answer, as it should be)" : said.slice(0, 2_000).replace(/^/gm, "  "));
    }
    isWalked = true;
    console.log(`\nAll ${steps.length} steps were answered as docs/quick-start.md says.`);
  } finally {
    if (!isWalked) console.log(`\nKept for a look: ${stage.place}`);
    await stage.clear({ keep: !isWalked });
  }
}
