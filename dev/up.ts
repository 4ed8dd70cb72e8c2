import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startLocalCloud, type LocalCloud } from "./local/cloud.ts";
import { assertFreePorts, findFreePort } from "./free-port.ts";
import { DEMO_ENTERPRISE, seed } from "./local/seed.ts";
import { runCommand } from "./local/run-command.ts";
import { untilSignal } from "./local/shutdown.ts";
import { startWorker, type WorkerProcess } from "./local/worker.ts";
import type { LedgerEntry } from "./sandbox/options.ts";

const HELP = `npm run dev: the whole service on this machine: database, PlanetScale's HTTP API, a sandbox that plays Twilio,
SendGrid and Resend, and the Worker under wrangler dev, with its cron rung every minute.

  --port 8787                             port of the Worker; 3 to 7 above it are the rest's; 0 takes free ones
  --data .cloud/dev                       folder of data and keys
  --verbose                               prints what the Worker prints
  MYSQL_URL=mysql://user@host:port/name   uses that server instead of a private MariaDB

Data is kept, so a restart sends what was still due. Ctrl-C stops everything.`;

const PORT_ADVICE = "If another run has it, end that one or choose another port: npm run dev -- --port 8900";

const FOLDER = join(import.meta.dirname, "../.cloud/dev");

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", short: "h" },
      port: { type: "string", default: "8787" },
      data: { type: "string", default: FOLDER },
      verbose: { type: "boolean", default: false },
    },
  });
  if (values.help === true) console.log(HELP);
  else await main(readPort(values.port), resolve(values.data), values.verbose);
});

async function main(wanted: number, folder: string, verbose: boolean): Promise<void> {
  const signal = untilSignal();
  const port = wanted === 0 ? await findFreePort() : wanted;
  if (wanted !== 0) await assertFreePorts([port, port + 3, port + 4, port + 5, port + 6, port + 7], PORT_ADVICE);
  const publicUrl = `http://127.0.0.1:${port}`;
  const cloud = await startLocalCloud({
    folder,
    firstPort: wanted === 0 ? 0 : port + 3,
    publicUrl,
    pace: "real",
    onMessage: printArrival,
    log: (line) => console.log(line),
  });
  try {
    await seed(cloud.bridge.url, [DEMO_ENTERPRISE]);
    console.log("Starting the Worker …");
    const onLine = (line: string) => printLine(line, verbose);
    const worker = await startWorker({ folder: join(folder, "worker"), port, vars: cloud.vars, onLine });
    const ringing = new AbortController();
    const cron = ringEveryMinute(worker, ringing.signal);
    printWelcome(worker, cloud);
    const wasAsked = await Promise.race([signal.then(() => true), worker.ended.then(() => false)]);
    console.log("\nStopping …");
    ringing.abort();
    await worker.stop();
    await cron;
    if (!wasAsked) throw new Error("The Worker ended by itself. With -- --verbose you see what it printed.");
  } finally {
    await cloud.stop();
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_528) return port;
  throw new Error(`--port takes a number from 0 to 65528, not ${text}.`);
}

/** The first ring comes at once: it sends what was due when the last session ended. */
async function ringEveryMinute(worker: WorkerProcess, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const next = pause(60_000, undefined, { signal }).catch(() => undefined);
    await worker.ringCron().catch((error: unknown) => {
      if (!signal.aborted) console.error(`The cron could not be rung: ${String(error)}`);
    });
    await next;
  }
}

function printWelcome(worker: WorkerProcess, cloud: LocalCloud): void {
  const now = new Date().toISOString().slice(0, 19).replace("T", " ");
  const body = { shipment_id: "SH-1001", status: "shipped", enterprise_id: "demo", timestamp: now };
  console.log(`
notify-api is up at ${worker.url}

Try it:

  curl -X POST ${worker.url}/ \\
    -H 'Authorization: Bearer ${cloud.apiKey}' \\
    -H 'Content-Type: application/json' \\
    -d '${JSON.stringify(body)}'

A test key, which sends nothing: ${cloud.testKey}
What the providers took: ${cloud.sandbox.url}/ledger
Ctrl-C stops; the data stays.
`);
}

function printArrival({ channel, to, subject, text }: LedgerEntry): void {
  console.log(`→ ${channel.padEnd(8)} ${to}  ${subject === null ? "" : `[${subject}] `}${text ?? ""}`);
}

/** The Worker's own lines are JSON; of these, failures are always worth showing. */
function printLine(line: string, verbose: boolean): void {
  if (verbose || /"level":"error"|\[ERROR\]|✘/.test(line)) console.log(line);
}
