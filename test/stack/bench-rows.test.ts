import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeDueAtOnce } from "../../bench/due-at-once.ts";
import { fillHistory } from "../../bench/history/fill.ts";
import { LARGE, PER_SHIPMENT, shipmentOfLarge } from "../../bench/history/sent-messages.ts";
import { startBridge } from "../../dev/bridge/bridge.ts";
import { startDatabase } from "../../dev/database.ts";
import { migrateDatabase } from "../../dev/database/migrations.ts";
import { parseMysqlUrl, type MysqlAddress } from "../../dev/database/mysql-url.ts";
import { openDatabaseWitness, type DatabaseWitness } from "../../dev/rig/mariadb.ts";
import { createDb, type Db } from "../../src/db/client.ts";
import { readPage } from "../../src/db/pages.ts";
import { findSilent } from "../../src/db/silent.ts";
import { readTimeline } from "../../src/db/timeline.ts";
import { scratchFolder } from "../support/scratch-folder.ts";

const ROWS = 900;

const folder = scratchFolder("bench-rows");
const stops: (() => Promise<void>)[] = [async () => folder.remove()];
let address: MysqlAddress;
let database: DatabaseWitness;
let db: Db;

beforeAll(async () => {
  // Always a private one: the rows come from a table that only MariaDB has.
  const options = { name: "notify", dataDir: join(folder.path, "mariadb"), log: () => undefined, mysqlUrl: "" };
  const { url: mysqlUrl, stop } = await startDatabase(options);
  const bridge = await startBridge({ mysqlUrl, port: 0, username: "test", password: "test" });
  await migrateDatabase({ databaseUrl: bridge.url, log: () => undefined });
  address = parseMysqlUrl(mysqlUrl);
  database = openDatabaseWitness(address);
  db = createDb({ databaseUrl: bridge.url, timeoutMs: 10_000, fetch });
  stops.unshift(database.close, bridge.stop, stop);
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

test("a filled history reads as that of messages which were sent and delivered", async () => {
  await fillHistory(address, ROWS);
  const shipment = { enterpriseId: LARGE, shipmentId: shipmentOfLarge(3) };
  const { rows } = await readTimeline(db, { filter: shipment, limit: 200, after: null });
  const types = Map.groupBy(rows, ({ type }) => type);
  for (const type of ["accepted", "attempt", "receipt", "log", "settled"] as const) {
    expect(types.get(type), type).toHaveLength(PER_SHIPMENT);
  }
  const filter = { enterpriseId: LARGE, shipmentId: null, channel: null, gateway: null, state: null, code: null };
  const page = await readPage(db, "logs", { filter: { ...filter, from: null, to: null }, limit: 50, after: null });
  expect(page.rows).toHaveLength(50);
  expect(page.next).not.toBeNull();
});

test("what is made due at once is silent, and shared by three lanes", async () => {
  await makeDueAtOnce({ database }, "due-", 240);
  const lanes = (["sms", "email", "whatsapp"] as const).map((lane) => ({ lane, limit: 1_000 }));
  const silent = Map.groupBy(await findSilent(db, lanes), ({ lane }) => lane);
  expect([...silent.values()].map((rows) => rows.length)).toEqual([80, 80, 80]);
});
