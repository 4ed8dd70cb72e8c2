import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs, parseEnv } from "node:util";
import { unstable_readConfig } from "wrangler";
import { judgeDatabase } from "./doctor/database.ts";
import { error, good, type Finding, type Settings } from "./doctor/finding.ts";
import { judgeSettings } from "./doctor/settings.ts";
import { runCommand } from "./local/run-command.ts";

const HELP = `npm run doctor: looks at a configuration and says in words what is wrong with it. It changes nothing.

  --env NAME   the environment of wrangler.toml; the top level without it
  --online     also asks PUBLIC_URL whether it is up
  --json       the findings as JSON

It reads the vars of wrangler.toml; over them what .dev.vars says, and over that the environment. Secrets that were put with
wrangler cannot be read back: to have them judged, set them in the environment of this command.
Exit code: 0 where nothing is wrong, 1 where something will not work.`;

const ROOT = join(import.meta.dirname, "..");

const MARKS = { error: "wrong   ", warning: "left out", good: "good    " };

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", short: "h" },
      env: { type: "string" },
      online: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  if (values.help === true) return console.log(HELP);
  const settings = readSettings(values.env);
  const findings = [
    ...judgeSettings(settings),
    ...(await judgeDatabase(settings)),
    ...(values.online ? [await judgeService(settings)] : []),
  ];
  console.log(values.json ? JSON.stringify(findings, null, 2) : inWords(findings));
  if (findings.some(({ level }) => level === "error")) process.exitCode = 1;
});

function readSettings(env: string | undefined): Settings {
  const { vars } = unstable_readConfig({ config: join(ROOT, "wrangler.toml"), ...(env === undefined ? {} : { env }) });
  const devVars = join(ROOT, ".dev.vars");
  const local = existsSync(devVars) ? parseEnv(readFileSync(devVars, "utf8")) : {};
  const texts = Object.entries(vars).map(([name, value]) => [name, String(value)]);
  return { ...Object.fromEntries(texts), ...local, ...process.env } as Settings;
}

async function judgeService({ PUBLIC_URL = "" }: Settings): Promise<Finding> {
  try {
    const answer = await fetch(`${PUBLIC_URL.replace(/\/+$/, "")}/health`, { signal: AbortSignal.timeout(10_000) });
    if (answer.ok) return good("PUBLIC_URL", "the service is up");
    return error("PUBLIC_URL", `/health is answered ${answer.status}`, "see whether this Worker is what answers there");
  } catch {
    return error("PUBLIC_URL", "nothing answers", "deploy, or correct the address");
  }
}

function inWords(findings: Finding[]): string {
  const lines = findings.map(
    ({ level, about, what, advice }) => `${MARKS[level]}  ${about}: ${what}${advice === "" ? "" : `. ${advice}`}`,
  );
  const count = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
  return `${lines.join("\n")}\n\n${count("error")} wrong, ${count("warning")} left out, ${count("good")} good.`;
}
