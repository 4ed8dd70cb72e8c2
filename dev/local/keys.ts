import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newKey } from "../keys/new-key.ts";
import { createWebhookSecret } from "../sandbox/resend-webhook.ts";

/** The secrets of one local cloud. They open nothing outside of this machine. */
export type LocalKeys = {
  /** May do everything, for every enterprise. */
  apiKey: string;
  /** The same, but nothing real is sent with it. */
  testKey: string;
  bridgePassword: string;
  /** Signs SendGrid's events: P-256, base64 PKCS#8 DER. */
  eventSigningKey: string;
  /** Signs Resend's events. */
  webhookSecret: string;
  /** Seals the credentials of enterprises' own gateways: 32 bytes in base64. */
  credentialsKey: string;
};

/** Reads the keys kept in `folder`, or makes them, so that they stay good over restarts. */
export function keptKeys(folder: string): LocalKeys {
  const file = join(folder, "keys.json");
  mkdirSync(folder, { recursive: true });
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Partial<LocalKeys>) : {};
  const keys = { ...newKeys(), ...kept };
  writeFileSync(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  return keys;
}

function newKeys(): LocalKeys {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    apiKey: newKey("live").key,
    testKey: newKey("test").key,
    bridgePassword: randomBytes(16).toString("hex"),
    webhookSecret: createWebhookSecret(),
    credentialsKey: randomBytes(32).toString("base64"),
    eventSigningKey: privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"),
  };
}
