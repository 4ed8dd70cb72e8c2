import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const FOLDER = join(import.meta.dirname, "../../migrations");

/** What a migration may do while an older Worker is at work: nothing that this Worker could miss. */
const HARMLESS = [
  /^CREATE TABLE /,
  /^CREATE INDEX /,
  /^INSERT INTO /,
  // New columns may be left out by who does not know them.
  /^ALTER TABLE `\w+` ADD `\w+` (?!.*NOT NULL)/,
  /^ALTER TABLE `\w+` ADD `\w+` .*DEFAULT .*NOT NULL/,
];

function statementsOf(file: string): string[] {
  const text = readFileSync(join(FOLDER, file), "utf8");
  return text.split("--> statement-breakpoint").flatMap((statement) => statement.trim() || []);
}

const files = readdirSync(FOLDER).filter((file) => file.endsWith(".sql"));

test.each(files)("the migration %s only adds, so that Workers of the version before go on beside it", (file) => {
  const harmful = statementsOf(file).filter((statement) => !HARMLESS.some((one) => one.test(statement)));

  expect(harmful).toEqual([]);
});

test.each([
  "ALTER TABLE `deliveries` DROP COLUMN `data`",
  "ALTER TABLE `deliveries` ADD `must` int NOT NULL",
  "ALTER TABLE `deliveries` MODIFY COLUMN `state` varchar(5)",
  "ALTER TABLE `deliveries` RENAME COLUMN `state` TO `status_now`",
  "CREATE UNIQUE INDEX `one` ON `deliveries` (`shipment_id`)",
  "DROP TABLE `logs`",
])("a migration does not: %s", (statement) => {
  expect(HARMLESS.some((one) => one.test(statement))).toBe(false);
});
