import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startLocalCloud } from "./local/cloud.ts";
import { assertFreePorts } from "./free-port.ts";
import { runCommand } from "./local/run-command.ts";
import { DEMO_ENTERPRISE, seed } from "./local/seed.ts";
import { untilSignal } from "./local/shutdown.ts";
import { envFile } from "./local/worker.ts";

const HELP = `npm run cloud: what the Worker talks to, on this machine: a database, PlanetScale's HTTP API in front
of it, and a sandbox that plays Twilio, SendGrid and Resend. Start the Worker beside it with: npx wrangler dev

  MYSQL_URL=mysql://user@host:port/name   uses that server instead of a private MariaDB

The Worker's settings are written to .dev.vars, unless that file is your own. Data is kept in .cloud/dev.
Ctrl-C stops everything.`;

const ROOT = join(import.meta.dirname, "..");
const DEV_VARS = join(ROOT, ".dev.vars");
const OURS = "# Written by `npm run cloud`, and again at its next start. Without this line it is left alone.\n";

await runCommand(async () => {
  const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
  if (values.help === true) console.log(HELP);
  else await main();
});

async function main(): Promise<void> {
  const signal = untilSignal();
  await assertFreePorts([8790, 8791, 8792, 8793, 8794], "End what uses it, for example npm run dev.");
  const cloud = await startLocalCloud({
    folder: join(ROOT, ".cloud/dev"),
    firstPort: 8790,
    publicUrl: "http://127.0.0.1:8787",
    pace: "real",
    onMessage: ({ channel }) => console.log(`arrived: ${channel}`),
    log: (line) => console.log(line),
  });
  await seed(cloud.bridge.url, [DEMO_ENTERPRISE]);
  writeDevVars(cloud.vars);
  console.log(`
Database       ${cloud.bridge.url.replace(/:[^:@]+@/, ":…@")} (PlanetScale's HTTP API)
Sandbox        ${cloud.sandbox.url}/ledger
Key            ${cloud.apiKey}
Test key       ${cloud.testKey}

Now start the Worker beside it: npx wrangler dev
Ctrl-C stops.`);
  await signal;
  await cloud.stop();
}

function writeDevVars(vars: Record<string, string>): void {
  const isOurs = !existsSync(DEV_VARS) || readFileSync(DEV_VARS, "utf8").startsWith(OURS);
  if (isOurs) writeFileSync(DEV_VARS, OURS + envFile(vars), { mode: 0o600 });
  else console.log("Your own .dev.vars is left as it is; these settings are for the local cloud:\n\n" + envFile(vars));
}
