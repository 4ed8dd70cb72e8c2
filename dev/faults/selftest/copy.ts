import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plantInto, type Plant } from "./plant.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** What a proof needs of the project; packages are linked. */
const PARTS = ["src", "dev", "migrations", "test/simulation", "wrangler.toml", "package.json", "tsconfig.json"];

/** A copy of the project with one bug in it, or none. Nothing of it reaches the project or its bundle. */
export type Copy = { folder: string; remove: () => void };

export function copyProject(plant: Plant | null): Copy {
  const shelf = join(ROOT, ".cloud");
  mkdirSync(shelf, { recursive: true });
  const folder = mkdtempSync(join(shelf, "selftest-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    if (plant !== null) {
      const file = join(folder, plant.file);
      writeFileSync(file, plantInto(readFileSync(file, "utf8"), plant));
    }
    return { folder, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
