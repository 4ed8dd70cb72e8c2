import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BACKUP_TWILIO, DEMO_RESEND, DEMO_SENDGRID, DEMO_TWILIO } from "../sandbox/accounts.ts";
import type { LedgerEntry } from "../sandbox/options.ts";
import type { Tables } from "./checker/evidence.ts";
import { ENTERPRISES } from "./load/enterprises.ts";
import type { DatabaseWitness } from "../rig/mariadb.ts";
import type { Stage } from "./stage.ts";

/** Reads every table at one moment. */
export async function readTables({ query }: DatabaseWitness): Promise<Tables> {
  await query("START TRANSACTION WITH CONSISTENT SNAPSHOT");
  const tables = {
    deliveries: await query<Tables["deliveries"][number]>(
      `SELECT delivery_id, enterprise_id, update_id, shipment_id, status, occurred_at, channel_id, gateway_id, state, code, ring_at
         FROM deliveries ORDER BY delivery_id`,
    ),
    attempts: await query<Tables["attempts"][number]>(
      `SELECT attempt_id, enterprise_id, delivery_id, attempt_no, gateway_id, outcome, provider_id
         FROM attempts ORDER BY attempt_id`,
    ),
    logs: await query<Tables["logs"][number]>("SELECT attempt_id, delivery_id, provider_id FROM logs"),
    failures: await query<Tables["failures"][number]>("SELECT delivery_id, code FROM logs_failure"),
    receipts: await query<Tables["receipts"][number]>("SELECT attempt_id, event_id, provider_id FROM receipts"),
    reconciliations: await query<Tables["reconciliations"][number]>(
      "SELECT attempt_id, conclusion FROM reconciliations ORDER BY concluded_at",
    ),
  };
  const gateways = await query<{ gateway_id: string; adapter: string }>("SELECT gateway_id, adapter FROM gateways");
  await query("COMMIT");
  return { ...tables, adapters: new Map(gateways.map((row) => [row.gateway_id, row.adapter])) };
}

/** Every message that a provider took, in the order in which it took them. */
export async function readLedger({ sandboxUrl }: Stage): Promise<LedgerEntry[]> {
  const answer = await fetch(`${sandboxUrl}/ledger`);
  return (await answer.json()) as LedgerEntry[];
}

/** All that both Workers have printed. */
export function readWorkerLog({ folder, workers }: Stage): string {
  return workers.map(({ name }) => readFileSync(join(folder, `workerd-${name}.log`), "utf8")).join("");
}

/** Words that a log must not hold: addresses, the beginning of every text, keys. */
export function canaries({ apiKey, mariadb }: Stage): string[] {
  const addresses = ENTERPRISES.flatMap(({ phone, email }) => [phone, email]);
  const ofTwilio = [DEMO_TWILIO.authToken, BACKUP_TWILIO.authToken];
  const keys = [apiKey, mariadb.address.password, ...ofTwilio, DEMO_SENDGRID.apiKey, DEMO_RESEND.apiKey];
  return [...addresses, ...keys, "Shipment ID "];
}
