import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "@planetscale/database";
import { createDatabaseBeside, dropDatabase } from "../../dev/database.ts";
import { startLocalCloud, type LocalCloud } from "../../dev/local/cloud.ts";
import { findFreePort } from "../../dev/free-port.ts";
import { ORIGINAL_GATEWAYS, seed } from "../../dev/local/seed.ts";
import { startWorker, type WorkerProcess } from "../../dev/local/worker.ts";
import type { LedgerEntry } from "../../dev/sandbox/options.ts";
import { scratchFolder } from "../support/scratch-folder.ts";

/** The whole service on free ports: its processes, and what a test asks of it. */
export type WholeService = {
  cloud: LocalCloud;
  worker: () => WorkerProcess;
  restartWorker: () => Promise<void>;
  newEnterprise: (
    channels: (keyof typeof ORIGINAL_GATEWAYS)[],
  ) => Promise<{ id: string; phone: string; email: string }>;
  post: (body: Record<string, unknown>) => Promise<{ status: number; body: Record<string, unknown> }>;
  query: <T = Record<string, unknown>>(statement: string, args?: unknown[]) => Promise<T[]>;
  ledgerOf: (enterprise: { phone: string; email: string }) => LedgerEntry[];
  armFault: (fault: Record<string, unknown>) => Promise<void>;
  clearFaults: () => Promise<void>;
  stop: () => Promise<void>;
};

/**
 * Starts database, bridge, sandbox and the Worker; with MYSQL_URL, in a database of its own beside the named one.
 * `settings` of the Worker go before those of the local cloud.
 */
export async function startWholeService(name: string, settings: Record<string, string> = {}): Promise<WholeService> {
  const folder = scratchFolder(name);
  const port = await findFreePort();
  const existing = process.env["MYSQL_URL"] ?? "";
  const mysqlUrl = existing === "" ? "" : await createDatabaseBeside(existing);
  const cloud = await startLocalCloud({
    folder: folder.path,
    firstPort: 0,
    publicUrl: `http://127.0.0.1:${port}`,
    mysqlUrl,
    pace: "fast",
    log: () => undefined,
  });
  const vars = { ...cloud.vars, ...settings };
  const start = () => startWorker({ folder: join(folder.path, "worker"), port, vars, onLine: () => undefined });
  let worker = await start();
  const database = new Client({ url: cloud.bridge.url });

  return {
    cloud,
    worker: () => worker,
    restartWorker: async () => {
      await worker.stop();
      worker = await start();
    },
    newEnterprise: async (channels) => {
      const id = `ent-${randomUUID()}`;
      const phone = `+346${String(Math.floor(Math.random() * 1e8)).padStart(8, "0")}`;
      const email = `${id}@customer.example`;
      const subscriptions = channels.map((channel) => ORIGINAL_GATEWAYS[channel]);
      await seed(cloud.bridge.url, [{ enterpriseId: id, phone, email, subscriptions }]);
      return { id, phone, email };
    },
    post: async (body) => {
      const answer = await fetch(`${worker.url}/`, {
        method: "POST",
        headers: { Authorization: `Bearer ${cloud.apiKey}`, "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    },
    query: async <T>(statement: string, args: unknown[] = []) => (await database.execute<T>(statement, args)).rows,
    ledgerOf: ({ phone, email }) => cloud.sandbox.ledger().filter((entry) => [phone, email].includes(entry.to)),
    armFault: async (fault) => {
      const answer = await fetch(`${cloud.sandbox.url}/faults`, { method: "POST", body: JSON.stringify(fault) });
      if (!answer.ok) throw new Error(`The sandbox refused the fault: ${await answer.text()}`);
    },
    clearFaults: async () => {
      await fetch(`${cloud.sandbox.url}/faults`, { method: "DELETE" });
    },
    stop: async () => {
      await worker.stop();
      await cloud.stop();
      if (mysqlUrl !== "") await dropDatabase(mysqlUrl);
      folder.remove();
    },
  };
}

/** A valid order update for an enterprise. */
export function updateFor(enterprise: { id: string }, status = "shipped"): Record<string, unknown> {
  const timestamp = new Date(Date.now() - 60_000).toISOString().slice(0, 19).replace("T", " ");
  return { shipment_id: `SH-${randomUUID()}`, status, enterprise_id: enterprise.id, timestamp };
}

/** Waits until a condition holds, looking every 50 ms; fails after `withinMs`. */
export async function until(look: () => Promise<boolean>, what: string, withinMs = 30_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (Date.now() < end) {
    if (await look()) return;
    await pause(50);
  }
  throw new Error(`Not within ${withinMs / 1000} s: ${what}`);
}
