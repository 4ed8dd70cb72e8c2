import { setTimeout as pause } from "node:timers/promises";
import { signForm } from "../../sandbox/twilio-callback.ts";
import { DEMO_TWILIO } from "../../sandbox/accounts.ts";
import type { DatabaseWitness } from "../../rig/mariadb.ts";
import type { Random } from "../random.ts";
import { ENTERPRISES } from "./enterprises.ts";

/** Begins the message ids that no provider ever gave, so that a row which believed one is found. */
export const FORGED_ID = "SMf0f0f0f0";

/** What was answered to something forged. */
export type ForgedAnswer = { kind: "unsigned" | "wrong_key" | "other_tenant" | "unsigned_event"; status: number };

export type ForgerOptions = {
  publicUrl: string;
  database: DatabaseWitness;
  random: Random;
  signal: AbortSignal;
};

/** Posts callbacks that must change nothing, about attempts that are there, until `signal`. */
export async function forge({ publicUrl, database, random, signal }: ForgerOptions): Promise<ForgedAnswer[]> {
  const answers: ForgedAnswer[] = [];
  while (!signal.aborted) {
    await pause(random.whole(200, 600));
    const attempt = await recentAttempt(database).catch(() => undefined);
    if (attempt === undefined) continue;
    const kind = random.pick(["unsigned", "wrong_key", "other_tenant", "unsigned_event"] as const);
    const status = await post(publicUrl, kind, attempt, random, signal).catch(() => 0);
    if (status !== 0) answers.push({ kind, status });
  }
  return answers;
}

type Attempt = { attempt_id: string; enterprise_id: string };

async function recentAttempt(database: DatabaseWitness): Promise<Attempt | undefined> {
  const rows = await database.query<Attempt>(
    "SELECT attempt_id, enterprise_id FROM attempts ORDER BY attempt_id DESC LIMIT 1",
  );
  return rows[0];
}

async function post(
  publicUrl: string,
  kind: ForgedAnswer["kind"],
  { attempt_id: attempt, enterprise_id: owner }: Attempt,
  random: Random,
  signal: AbortSignal,
): Promise<number> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);
  const sid = `${FORGED_ID}${random.whole(1e7, 9e7)}`.padEnd(34, "0");
  if (kind === "unsigned_event") {
    const event = { event: "bounce", email: "a@b.example", enterprise_id: owner, attempt_id: attempt };
    const body = JSON.stringify([{ ...event, sg_event_id: sid, sg_message_id: sid, timestamp: 1 }]);
    const headers = { "content-type": "application/json" };
    return (await fetch(`${publicUrl}/callbacks/sendgrid`, { method: "POST", headers, body, signal: limit })).status;
  }
  const other = ENTERPRISES.find(({ enterpriseId }) => enterpriseId !== owner)?.enterpriseId ?? "";
  const enterprise = kind === "other_tenant" ? other : owner;
  const url = `${publicUrl}/callbacks/twilio?${new URLSearchParams({ enterprise, attempt }).toString()}`;
  const params = {
    AccountSid: DEMO_TWILIO.accountSid,
    MessageSid: sid,
    MessageStatus: "undelivered",
    ErrorCode: "30003",
  };
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
  if (kind !== "unsigned") {
    const key = kind === "wrong_key" ? "0".repeat(32) : DEMO_TWILIO.authToken;
    headers["x-twilio-signature"] = signForm(key, url, params);
  }
  const body = new URLSearchParams(params).toString();
  return (await fetch(url, { method: "POST", headers, body, signal: limit })).status;
}
