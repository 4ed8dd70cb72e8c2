import { join } from "node:path";
import { Client } from "@planetscale/database";
import { sql } from "drizzle-orm";
import { drizzle, type PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBridge, type Bridge } from "../../dev/bridge/bridge.ts";
import { migrateDatabase } from "../../dev/database/migrations.ts";
import { createDatabaseBeside, dropDatabase, startDatabase } from "../../dev/database.ts";
import { createDb, type Db } from "../../src/db/client.ts";
import { loadEnterprise, loadEnterprises } from "../../src/db/directory.ts";
import * as worked from "../../src/db/schema-deliveries.ts";
import { blankingMarks, gatewayChanges, templates } from "../../src/db/schema-plain.ts";
import * as schema from "../../src/db/schema.ts";
import type { Enterprise } from "../../src/domain/directory.ts";
import { DEFAULT_TIMES } from "../../src/domain/times.ts";
import { createStores, type Stores } from "../../src/stores.ts";
import * as memory from "../simulation/memory/directory.ts";
import { createMemoryStores } from "../simulation/memory/stores.ts";
import { createMemoryDatabase, key } from "../simulation/memory/tables.ts";
import { scratchFolder } from "../support/scratch-folder.ts";
import { recordingFetch } from "../support/statements/recording.ts";

export const times = DEFAULT_TIMES;

/** What an operator and enterprises fill in. */
export type Settings = {
  customers: (typeof schema.customers.$inferSelect)[];
  channels: (typeof schema.channels.$inferSelect)[];
  gateways: (typeof schema.gateways.$inferSelect)[];
  subscriptions: (typeof schema.subscriptions.$inferSelect)[];
  templates: (typeof templates.$inferSelect)[];
};

export type Row = Record<string, unknown>;

/** One database as the use cases see it, with what a test needs beside that. */
export type Port = Stores & {
  loadEnterprise: (enterpriseId: string) => Promise<Enterprise | null>;
  loadEnterprises: (enterpriseIds: string[]) => Promise<Map<string, Enterprise | null>>;
  settle: (settings: Settings) => Promise<void>;
  /** Lets time pass for everything that is stored. */
  age: (ms: number) => Promise<void>;
  /** The database's clock, ms since the epoch. */
  now: () => Promise<number>;
  rows: (table: keyof typeof TABLES) => Promise<Row[]>;
};

const TABLES = {
  deliveries: worked.deliveries,
  attempts: worked.attempts,
  receipts: worked.receipts,
  logs: worked.logs,
  failures: worked.logsFailure,
  steps: worked.reconciliations,
  gateways: schema.gateways,
  gatewayChanges,
  suppressions: schema.suppressions,
  inbound: schema.inbound,
};

type TableName = keyof typeof TABLES;

const TABLE_NAMES = Object.keys(TABLES) as TableName[];

const EMPTIED = [
  ...Object.values(TABLES),
  schema.customers,
  schema.channels,
  schema.subscriptions,
  blankingMarks,
  templates,
];

/** Columns whose values do not have to be the same text everywhere, and those that only the checks know. */
const OWN = new Set(["changeId", "changedAt"]);

/** Instants that were told from outside: no clock of ours moves them. */
const TOLD = new Set(["occurredAt", "timestamp"]);

type Place = { name: string; open: () => Promise<Port> };

const places: Place[] = [{ name: "in memory", open: async () => memoryPort() }];

/** Starts the real databases: one whose updates count the rows that they found, and one with those that they changed. */
export function useEveryDatabase(): void {
  const folder = scratchFolder("ports");
  const stops: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const silent = () => undefined;
    const server = await startDatabase({ name: "notify", dataDir: join(folder.path, "mariadb"), log: silent });
    stops.push(server.stop);
    for (const foundRows of [true, false]) {
      const mysqlUrl = await createDatabaseBeside(server.url);
      const bridge: Bridge = await startBridge({ mysqlUrl, port: 0, username: "test", password: "test", foundRows });
      stops.unshift(bridge.stop, () => dropDatabase(mysqlUrl));
      await migrateDatabase({ databaseUrl: bridge.url, log: silent });
      const db = createDb({ databaseUrl: bridge.url, timeoutMs: 10_000, fetch: recordingFetch("stack") });
      const aside = drizzle(new Client({ url: bridge.url }));
      places.push({ name: `MariaDB, CLIENT_FOUND_ROWS ${foundRows ? "on" : "off"}`, open: () => realPort(db, aside) });
    }
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
    folder.remove();
  });
}

/** A test of what the stores do: the same on every database, by its own assertions and in every row that is left. */
export function onEveryDatabase(guarantee: string, script: (port: Port) => Promise<void>): void {
  test(guarantee, async () => {
    const left: Record<string, Row[]>[] = [];
    for (const { name, open } of places) {
      const port = await open();
      await script(port).catch((error: unknown) => {
        throw new Error(`${name}: ${error instanceof Error ? error.message : ""}`, { cause: error });
      });
      left.push(await dump(port));
    }
    expect(left.length).toBe(3);
    expect(left[1], places[1]?.name).toEqual(left[0]);
    expect(left[2], places[2]?.name).toEqual(left[0]);
  });
}

function memoryPort(): Port {
  let aged = 0;
  const database = createMemoryDatabase(() => Date.now() + aged);
  return {
    ...createMemoryStores(database, times, async (_name, statement) => statement()),
    loadEnterprise: async (enterpriseId) => memory.loadEnterprise(database, enterpriseId),
    loadEnterprises: async (enterpriseIds) => memory.loadEnterprises(database, enterpriseIds),
    settle: async ({ customers, channels, gateways, subscriptions, templates: texts }) => {
      for (const row of customers) database.customers.set(row.enterpriseId, { ...row });
      for (const row of channels) database.channels.set(row.channelId, { ...row });
      for (const row of gateways) database.gateways.set(row.gatewayId, { ...row });
      for (const row of subscriptions) {
        database.subscriptions.set(key(row.enterpriseId, row.channelId, row.gatewayId), { ...row });
      }
      for (const row of texts) database.templates.set(row.templateId, { ...row });
    },
    age: async (ms) => {
      aged += ms;
    },
    now: async () => database.now(),
    rows: async (table) => [...database[table].values()],
  };
}

/** The same tables for every test, emptied first. What only the test asks goes through `aside`. */
async function realPort(stored: Db, db: PlanetScaleDatabase): Promise<Port> {
  for (const table of EMPTIED) await db.delete(table);
  return {
    ...createStores(stored, times),
    loadEnterprise: (enterpriseId) => loadEnterprise(stored, enterpriseId),
    loadEnterprises: (enterpriseIds) => loadEnterprises(stored, enterpriseIds),
    settle: async ({ customers, channels, gateways, subscriptions, templates: texts }) => {
      if (customers.length > 0) await db.insert(schema.customers).values(customers);
      if (channels.length > 0) await db.insert(schema.channels).values(channels);
      if (gateways.length > 0) await db.insert(schema.gateways).values(gateways);
      if (subscriptions.length > 0) await db.insert(schema.subscriptions).values(subscriptions);
      if (texts.length > 0) await db.insert(templates).values(texts);
    },
    age: (ms) => ageEverything(db, ms),
    now: async () => {
      const { rows } = await db.execute(sql`SELECT UTC_TIMESTAMP(3) AS now`);
      return Date.parse(`${(rows as { now: string }[])[0]?.now.replace(" ", "T")}Z`);
    },
    rows: (table) => db.select().from(TABLES[table]),
  };
}

/** The server's clock cannot be moved, so everything that it is compared with is. */
async function ageEverything(db: PlanetScaleDatabase, ms: number): Promise<void> {
  const { rows } = await db.execute(sql`
    SELECT table_name AS tableName, column_name AS columnName FROM information_schema.columns
     WHERE table_schema = DATABASE() AND data_type = 'datetime' AND column_name <> 'occurred_at'
       AND column_name <> 'timestamp'`);
  const timed = rows as { tableName: string; columnName: string }[];
  for (const [table, columns] of Map.groupBy(timed, (row) => row.tableName)) {
    const older = columns.map(({ columnName }) =>
      sql.raw(`${columnName} = ${columnName} - INTERVAL ${ms * 1000} MICROSECOND`),
    );
    await db.execute(sql`UPDATE ${sql.raw(table)} SET ${sql.join(older, sql`, `)}`);
  }
}

/** Everything that is stored; instants by their distance from now. */
async function dump(port: Port): Promise<Record<string, Row[]>> {
  const now = await port.now();
  const tables: Record<string, Row[]> = {};
  for (const name of TABLE_NAMES) {
    const rows = (await port.rows(name)).map((row) => comparable(row, now));
    tables[name] = rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return tables;
}

function comparable(row: Row, now: number): Row {
  const entries = Object.entries(row)
    .filter(([column]) => !OWN.has(column))
    .map(([column, value]) => [column, isInstant(value) && !TOLD.has(column) ? sinceNow(value - now) : value] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function isInstant(value: unknown): value is number {
  return typeof value === "number" && value > 1e12;
}

/** What a test names as an instant of its own is compared as it is. */
const RECENT_MS = 1_000 * 86_400_000;

/** A test's durations are whole steps of 5 s, and it takes less than that: so much is the same everywhere. */
function sinceNow(ms: number): string {
  return Math.abs(ms) > RECENT_MS ? "long ago" : `${Math.ceil(ms / 5_000) * 5} s`.replace("-0 s", "0 s");
}
