import { openDatabaseWitness } from "../../dev/rig/mariadb.ts";
import type { MysqlAddress } from "../../dev/database/mysql-url.ts";
import { tablesOf, type FilledTable } from "./sent-messages.ts";

/** Into an empty table and without these checks, MariaDB builds indexes by sorting, which takes half of the time. */
const IN_BULK = "SET SESSION unique_checks = 0, foreign_key_checks = 0";

/** Fills a migrated, empty database with what so many sent messages leave behind; two tables at a time. */
export async function fillHistory(address: MysqlAddress, rows: number): Promise<void> {
  const waiting = tablesOf(rows);
  const fillNext = async () => {
    const connection = openDatabaseWitness(address);
    try {
      await connection.query(IN_BULK);
      for (let next = waiting.shift(); next; next = waiting.shift()) await connection.query(insertion(next, rows));
    } finally {
      await connection.close();
    }
  };
  await Promise.all([fillNext(), fillNext()]);
}

function insertion({ name, columns, where }: FilledTable, rows: number): string {
  const names = Object.keys(columns).map((column) => `\`${column}\``);
  return `INSERT INTO ${name} (${names.join(", ")})
    SELECT ${Object.values(columns).join(", ")} FROM seq_0_to_${rows - 1} WHERE ${where} ORDER BY seq`;
}
