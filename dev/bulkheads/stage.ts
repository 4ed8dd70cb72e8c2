import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "@planetscale/database";
import { findFreePort } from "../free-port.ts";
import { startLocalCloud } from "../local/cloud.ts";
import { ORIGINAL_GATEWAYS, seed, type SeedEnterprise } from "../local/seed.ts";
import { startWorker, type WorkerProcess } from "../local/worker.ts";
import { demoSendgridOptions } from "../sandbox/accounts.ts";
import { startSandbox } from "../sandbox/server.ts";

/** Whose messages are measured: each has one way to its messages, and none shares it. */
export const GROUPS = {
  first: "SMS through the gateway that hangs",
  other: "SMS through the other gateway",
  email: "e-mail",
} as const;

export type Group = keyof typeof GROUPS;

const OTHER_ACCOUNT = { sid: "AC00000000000000000000000000000b0b", token: "other-auth-token", from: "+15005550010" };

const ENTERPRISES: (SeedEnterprise & { enterpriseId: Group })[] = [
  { enterpriseId: "first", phone: "+34600100001", email: null, subscriptions: [ORIGINAL_GATEWAYS.sms] },
  {
    enterpriseId: "other",
    phone: "+34600100002",
    email: null,
    subscriptions: [{ channelId: "ch_sms", gatewayId: "gw_other" }],
  },
  { enterpriseId: "email", phone: null, email: "other@shop.example", subscriptions: [ORIGINAL_GATEWAYS.email] },
];

export type Stage = {
  database: Client;
  post: (group: Group, shipment: string) => Promise<void>;
  /** From now on the first gateway's provider never answers. */
  hang: () => Promise<void>;
  clear: () => Promise<void>;
};

/** Two SMS gateways, each with a provider of its own, in two lanes; e-mail beside them; the cron rung all the time. */
export async function buildStage(log: (line: string) => void): Promise<Stage> {
  const folder = join(import.meta.dirname, `../../.cloud/bulkheads-${process.pid}`);
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const clear = async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  };
  try {
    const port = await findFreePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    const cloud = await startLocalCloud({ folder, firstPort: 0, publicUrl, pace: "fast", log });
    stops.push(cloud.stop);
    const { sid, token, from } = OTHER_ACCOUNT;
    const twilio = { accountSid: sid, authToken: token, senders: [from] };
    const other = await startSandbox({ port: 0, twilio, sendgrid: demoSendgridOptions(null), pace: "fast" });
    stops.push(other.stop);
    const account = {
      TWILIO_API_URL: other.twilioUrl,
      TWILIO_ACCOUNT_SID: sid,
      TWILIO_AUTH_TOKEN: token,
      TWILIO_FROM: from,
    };
    const vars = { ...cloud.vars, ACCOUNTS: JSON.stringify({ other: account }) };
    const database = new Client({ url: cloud.bridge.url });
    await database.execute(`INSERT INTO gateways (gateway_id, gateway_name, gateway_key, channel_id, adapter, account, track)
      VALUES ('gw_other', 'Other', 'other', 'ch_sms', 'twilio_sms', 'other', 1)`);
    await seed(cloud.bridge.url, ENTERPRISES);
    log("Starting the Worker …");
    const worker = await startWorker({ folder: join(folder, "worker"), port, vars, onLine: () => undefined });
    stops.push(worker.stop, keepRinging(worker));
    return {
      database,
      post: (group, shipment) => post(worker.url, cloud.apiKey, group, shipment),
      hang: async () => {
        const fault = { provider: "twilio", kind: "hang" };
        await fetch(`${cloud.sandbox.url}/faults`, { method: "POST", body: JSON.stringify(fault) });
      },
      clear,
    };
  } catch (error) {
    await clear();
    throw error;
  }
}

/** Rings the cron again and again; gives what stops that. The run under way ends with the Worker. */
function keepRinging(worker: WorkerProcess): () => Promise<void> {
  const stopping = new AbortController();
  const ringOn = async () => {
    while (!stopping.signal.aborted) {
      await worker.ringCron().catch(() => undefined);
      await pause(1_000);
    }
  };
  void ringOn();
  return async () => stopping.abort();
}

async function post(url: string, key: string, group: Group, shipment: string): Promise<void> {
  const timestamp = new Date(Date.now() - 60_000).toISOString().slice(0, 19).replace("T", " ");
  const answer = await fetch(`${url}/`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ shipment_id: shipment, status: "shipped", enterprise_id: group, timestamp }),
  });
  if (answer.status !== 202) throw new Error(`An update was answered ${answer.status}: ${await answer.text()}`);
}
