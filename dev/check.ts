import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { gzipSync } from "node:zlib";

const help = `npm run check: everything short of the tests, in order; a failing step does not stop the later ones.

  lint         oxlint --type-aware              rules and the import table of oxlint.config.ts
  format       oxfmt --check                    .oxfmtrc.jsonc
  types of …   tsc --noEmit                     src, dev, bench, test, then the simulation
  bindings     wrangler types --check           worker-configuration.d.ts against wrangler.toml
  bundle       wrangler deploy --dry-run        that the Worker builds, and its size

Nothing is sent anywhere, and .dev.vars plays no part. Exit code: 0 all good, 1 a step failed, 2 wrong usage.
`;

const root = join(import.meta.dirname, "..");
const bin = join(root, "node_modules/.bin");
const bundleFolder = join(root, ".wrangler/dry-run");

/** In bytes of gzip. A Worker's start-up time grows with its size, so growth should be somebody's decision. */
const bundleLimit = 100_000;

/** The first place on PATH gives the tools the Node that the project pins; the rest keeps wrangler quiet and offline. */
const env = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
  CI: "1",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_WRITE_LOGS: "false",
  WRANGLER_HIDE_BANNER: "true", // the banner asks the registry for a newer version
};

interface Step {
  name: string;
  command: [tool: string, ...args: string[]];
  /** What to do when the step fails. */
  next: string;
  /** A further look at a run that succeeded: what to add to its line, and whether it fails after all. */
  inspect?: (output: string) => { note: string; failed: boolean };
}

const steps: Step[] = [
  {
    name: "lint",
    command: ["oxlint", "--type-aware"],
    next: "correct it; `npx oxlint --type-aware --fix` repairs what is safe to repair",
    inspect: warnings,
  },
  { name: "format", command: ["oxfmt", "--check"], next: "npm run format" },
  { name: "types of src", command: ["tsc", "--noEmit", "-p", "."], next: "correct the types" },
  { name: "types of dev", command: ["tsc", "--noEmit", "-p", "dev"], next: "correct the types" },
  { name: "types of bench", command: ["tsc", "--noEmit", "-p", "bench"], next: "correct the types" },
  { name: "types of test", command: ["tsc", "--noEmit", "-p", "test"], next: "correct the types" },
  { name: "types of sim.", command: ["tsc", "--noEmit", "-p", "test/simulation"], next: "correct the types" },
  {
    name: "bindings",
    command: ["wrangler", "types", "--check"], // with the options that the file's own header names
    next: "npm run types, and commit worker-configuration.d.ts",
  },
  {
    name: "bundle",
    command: ["wrangler", "deploy", "--dry-run", "--outdir", bundleFolder],
    next: "correct the build, or see with `npx wrangler deploy --dry-run --metafile` what made it grow",
    inspect: bundleSize,
  },
];

process.exitCode = main(process.argv.slice(2));

function main(args: string[]): number {
  const asked = options(args);
  if (typeof asked === "string") {
    console.error(`${asked}\n\n${help}`);
    return 2;
  }
  if (asked.help) {
    console.log(help);
    return 0;
  }
  rmSync(bundleFolder, { recursive: true, force: true });
  const failed = steps.filter((step) => !passes(step));
  console.log(failed.length === 0 ? "\nAll good." : `\nFailed: ${failed.map(({ name }) => name).join(", ")}.`);
  for (const { name, next } of failed) console.log(`  ${name}: ${next}`);
  return failed.length === 0 ? 0 : 1;
}

function options(args: string[]): { help: boolean } | string {
  try {
    return { help: parseArgs({ args, options: { help: { type: "boolean", short: "h" } } }).values.help ?? false };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function passes({ name, command: [tool, ...args], inspect }: Step): boolean {
  const start = performance.now();
  const run = spawnSync(join(bin, tool), args, { cwd: root, env, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const output = run.error ? `${run.error.message}\nIs everything installed? npm ci` : run.stdout + run.stderr;
  const broken = run.error !== undefined || run.status !== 0;
  const verdict = broken ? { note: "", failed: true } : (inspect?.(output) ?? { note: "", failed: false });
  console.log(
    `${verdict.failed ? "FAIL" : "ok  "}  ${name.padEnd(15)}${seconds.padStart(5)} s  ${verdict.note}`.trimEnd(),
  );
  if (broken) console.log(`\n${readable(output).trim()}\n`);
  return !verdict.failed;
}

/** Under CI=1 the tools colour what they write even into a file. */
function readable(output: string): string {
  return process.stdout.isTTY ? output : stripVTControlCharacters(output);
}

function warnings(output: string): { note: string; failed: boolean } {
  const count = Number(/Found (\d+) warning/.exec(stripVTControlCharacters(output))?.[1] ?? 0);
  return { note: count === 0 ? "" : `warnings: ${count} (npx oxlint --type-aware shows them)`, failed: false };
}

/** Adds up what would be uploaded: the dry run also writes a read-me and source maps, which do not count. */
function bundleSize(): { note: string; failed: boolean } {
  const modules = readdirSync(bundleFolder).filter((file) => !/\.(map|md)$/.test(file));
  const size = modules.reduce((sum, file) => sum + gzipSync(readFileSync(join(bundleFolder, file))).byteLength, 0);
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  return { note: `${kilobytes(size)} gzip, limit ${kilobytes(bundleLimit)}`, failed: size > bundleLimit };
}
