import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openApiDocument } from "./openapi/document.ts";
import { GROUPS } from "./openapi/operations.ts";
import { writePage, type Document } from "./openapi/page/page.ts";
import { runCommand } from "./local/run-command.ts";

const HELP = `npm run openapi: writes public/openapi.json and public/docs.html, which the Worker's address serves as /openapi.json and /docs.

  --check   writes nothing, and says whether the two files are up to date

What it tells is in dev/openapi: one file per group of routes, with the schemas that validate requests.
Exit code: 0 all good, 1 a file is out of date or a route is not described.`;

const ROOT = join(import.meta.dirname, "..");

await runCommand(async () => {
  const { values } = parseArgs({
    options: { help: { type: "boolean", short: "h" }, check: { type: "boolean", default: false } },
  });
  if (values.help === true) return console.log(HELP);
  const stale = Object.entries(reference()).filter(([file, text]) => read(file) !== text);
  if (values.check && stale.length > 0) {
    throw new Error(`Out of date: ${stale.map(([file]) => file).join(", ")}. npm run openapi`);
  }
  for (const [file, text] of stale) {
    writeFileSync(join(ROOT, file), text);
    console.log(`Wrote ${file}.`);
  }
});

/** The files of the reference, by their paths. */
function reference(): Record<string, string> {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const document = openApiDocument(GROUPS, version);
  return {
    "public/openapi.json": `${JSON.stringify(document, null, 2)}\n`,
    "public/docs.html": writePage(document as Document),
  };
}

function read(file: string): string | null {
  try {
    return readFileSync(join(ROOT, file), "utf8");
  } catch {
    return null;
  }
}
