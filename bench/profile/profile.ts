import { readFileSync, writeFileSync } from "node:fs";
import { SourceMap, type SourceMapping, type SourceMapPayload } from "node:module";
import { join } from "node:path";
import { findFreePort } from "../../dev/free-port.ts";
import type { Bench } from "../context.ts";
import type { Figure } from "../figure.ts";
import { profileWhile, type CallFrame } from "./inspector.ts";
import { summarize, type Origin, type Use } from "./summary.ts";

/** Lines of each list. */
const SHOWN = 30;

/** How often the figure's turn is played, after as many turns that only warm up. */
const TURNS = 3;

/**
 * Profiles the Worker under the load of one figure: where its own thread spends its time, by package and by function.
 * The names come from the source map. Gives the text, and the file with the whole profile for a browser's tools.
 */
export async function profileFigure(bench: Bench, { number, title, turn }: Figure): Promise<string> {
  if (turn === undefined) throw new Error(`Figure ${number} has no load of its own to profile.`);
  const { stage } = bench;
  const inspector = `127.0.0.1:${await findFreePort()}`;
  const service = await stage.startService({}, inspector);
  const profiled = { ...bench, stage: { ...stage, service } };
  const turns: (() => Promise<unknown>)[] = [];
  for (let prepared = 0; prepared < 2 * TURNS; prepared += 1) turns.push(await turn(profiled));
  const play = async () => {
    for (const next of turns.splice(0, TURNS)) await next();
  };
  await play();
  const profile = await profileWhile(inspector, "main", play);
  await service.stop();
  const file = join(stage.folder, `figure-${number}.cpuprofile`);
  writeFileSync(file, JSON.stringify(profile));
  const { busyMs, packages, functions } = summarize(profile, originIn(stage.bundle));
  return [
    `Figure ${number}, ${title}: ${busyMs.toFixed(0)} ms of work were sampled (${file})`,
    "",
    ...list("package", packages),
    "",
    ...list("function", functions),
  ].join("\n");
}

function list(head: string, uses: Use[]): string[] {
  const share = (part: number) => `${(part * 100).toFixed(1)} %`.padStart(7);
  return [
    `   self    total  ${head}`,
    ...uses.slice(0, SHOWN).map(({ name, self, total }) => `${share(self)}  ${share(total)}  ${name}`),
  ];
}

/** Looks functions up in the map that wrangler writes beside the bundle. */
function originIn(bundle: string): (frame: CallFrame) => Origin {
  const map = new SourceMap(JSON.parse(readFileSync(join(bundle, "index.js.map"), "utf8")) as SourceMapPayload);
  return ({ functionName, url, lineNumber, columnNumber }) => {
    const name = functionName === "" ? "(anonymous)" : functionName;
    const entry = url.endsWith("index.js") ? map.findEntry(lineNumber, columnNumber) : {};
    if (!isMapping(entry)) return { file: "", name };
    return { file: `${pathOf(entry.originalSource)}:${entry.originalLine + 1}`, name: nameOf(entry) ?? name };
  };
}

function isMapping(entry: object): entry is SourceMapping {
  return "originalSource" in entry;
}

/** Node's types leave the name out. */
function nameOf(entry: SourceMapping & { name?: string }): string | undefined {
  return entry.name;
}

/** From the project's folder. drizzle brings a map of its own, in which its package has no name. */
function pathOf(source: string): string {
  return source.replace(/^(?:\.\.\/)+/, "").replace(/^node_modules\/src\//, "node_modules/drizzle-orm/src/");
}
