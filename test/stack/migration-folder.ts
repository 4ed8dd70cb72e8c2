import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL("../../migrations", import.meta.url));

type Entry = { idx: number; version: string; when: number; tag: string; breakpoints: boolean };
type Journal = { entries: Entry[]; [member: string]: unknown };

async function readJournal(): Promise<Journal> {
  return JSON.parse(await readFile(join(PROJECT, "meta/_journal.json"), "utf8")) as Journal;
}

/** The names of the project's migrations, the first one first. */
export async function migrationNames(): Promise<string[]> {
  return (await readJournal()).entries.map((entry) => entry.tag);
}

/** Copies the project's first `count` migrations to a folder, as an earlier version had them, and adds one of `sql`. */
export async function copyMigrations(folder: string, count: number, sql?: string): Promise<string> {
  const journal = await readJournal();
  const entries = journal.entries.slice(0, count);
  await mkdir(join(folder, "meta"), { recursive: true });
  for (const { tag } of entries) await cp(join(PROJECT, `${tag}.sql`), join(folder, `${tag}.sql`));
  if (sql !== undefined) {
    const when = (entries.at(-1)?.when ?? 0) + 1;
    entries.push({ idx: entries.length, version: "5", when, tag: "next", breakpoints: true });
    await writeFile(join(folder, "next.sql"), sql);
  }
  await writeFile(join(folder, "meta/_journal.json"), JSON.stringify({ ...journal, entries }));
  return folder;
}
