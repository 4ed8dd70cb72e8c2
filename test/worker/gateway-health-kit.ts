import { createExecutionContext } from "cloudflare:test";
import { createServices } from "../../src/services.ts";
import { reviewGateways } from "../../src/usecases/review-gateways.ts";
import { query, quietEnv, unique, uniquePhone, type TestEnterprise } from "./kit.ts";

/** A gateway of the SMS channel that no other test has, with a sender of its own. */
export async function newGateway(track = 0): Promise<{ id: string; sender: string }> {
  const [id, sender] = [unique("gw").slice(-40), uniquePhone()];
  await query(
    `INSERT INTO gateways (gateway_id, gateway_name, gateway_key, channel_id, adapter, sender, track)
     VALUES (?, ?, ?, 'ch_sms', 'twilio_sms', ?, ?)`,
    [id, id, id, sender, track],
  );
  return { id, sender };
}

/** An enterprise that subscribes to these gateways, and to no others. */
export async function enterpriseOn(...gateways: { id: string }[]): Promise<TestEnterprise> {
  const [id, phone] = [unique("ent"), uniquePhone()];
  await query("INSERT INTO customers (enterprise_id, phone) VALUES (?, ?)", [id, phone]);
  for (const gateway of gateways) {
    await query("INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id) VALUES (?, 'ch_sms', ?)", [
      id,
      gateway.id,
    ]);
  }
  return { id, phone, email: "" };
}

export type Past = { failed: boolean | null; outcome?: string; code?: string; endedSecondsAgo?: number };

/** Puts attempts of a gateway into the past, the first one first: each ends 10 ms after the one before it. */
export async function attempted(gateway: { id: string }, past: Past[]): Promise<void> {
  for (const [index, { failed, outcome, code, endedSecondsAgo = 10 }] of past.entries()) {
    const endedMsAgo = endedSecondsAgo * 1000 - index * 10;
    await query(
      `INSERT INTO attempts (attempt_id, enterprise_id, delivery_id, attempt_no, gateway_id, gateway, outcome, code,
         gateway_failed, started_at, ended_at)
       VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND - INTERVAL 1 SECOND,
         UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND)`,
      [
        unique("att").slice(-40),
        "ent-past",
        unique("dlv").slice(-40),
        gateway.id,
        gateway.id,
        outcome ?? (failed === true ? "refused" : "accepted"),
        code ?? null,
        failed,
        endedMsAgo * 1000,
        endedMsAgo * 1000,
      ],
    );
  }
}

export const times = (count: number, past: Past): Past[] => Array.from({ length: count }, () => past);

/** Reviews all gateways, as every sweep does. */
export function review(): Promise<number> {
  return reviewGateways(createServices(quietEnv().env, createExecutionContext(), "background"));
}

export type GatewayRow = { health: string; health_since: string; health_until: string; trial_at: string };

export async function gatewayRow(gateway: { id: string }): Promise<GatewayRow | undefined> {
  const rows = await query<GatewayRow>("SELECT * FROM gateways WHERE gateway_id = ?", [gateway.id]);
  return rows[0];
}

/** What the changes of a gateway's health say, the first one first. */
export function changesOf(gateway: { id: string }): Promise<{ health: string; reason: string }[]> {
  return query("SELECT health, reason FROM gateway_changes WHERE gateway_id = ? ORDER BY changed_at", [gateway.id]);
}

/** Lets a gateway's rest pass. */
export async function passRest(gateway: { id: string }, seconds = 61): Promise<void> {
  await query(
    `UPDATE gateways SET health_since = health_since - INTERVAL ? SECOND, health_until = health_until - INTERVAL ? SECOND,
       trial_at = trial_at - INTERVAL ? SECOND WHERE gateway_id = ?`,
    [seconds, seconds, seconds, gateway.id],
  );
  await query("UPDATE attempts SET ended_at = ended_at - INTERVAL ? SECOND WHERE gateway_id = ?", [
    seconds,
    gateway.id,
  ]);
}
