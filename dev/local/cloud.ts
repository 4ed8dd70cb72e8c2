import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startBridge, type Bridge } from "../bridge/bridge.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { startDatabase } from "../database.ts";
import {
  BACKUP_TWILIO,
  DEMO_RESEND,
  DEMO_SENDGRID,
  DEMO_TWILIO,
  DEMO_TWILIO_OPTIONS,
  demoResendOptions,
  demoSendgridOptions,
} from "../sandbox/accounts.ts";
import type { LedgerEntry, PaceName } from "../sandbox/options.ts";
import { startSandbox, type Sandbox } from "../sandbox/server.ts";
import { keptKeys } from "./keys.ts";
import { seedKeys } from "./seed.ts";

export type LocalCloudOptions = {
  /** Where data and keys are kept; made if missing. */
  folder: string;
  /** The first of five ports in a row: the bridge, the sandbox's control API, Twilio, SendGrid, Resend. 0: free ones. */
  firstPort: number;
  /** Where the Worker will be: the sandbox's callbacks go there. */
  publicUrl: string;
  /** An existing server's database instead of a private MariaDB. */
  mysqlUrl?: string;
  pace: PaceName;
  onMessage?: (entry: LedgerEntry) => void;
  log: (line: string) => void;
};

/** The database, PlanetScale's HTTP API in front of it, and the providers: all that the Worker talks to. */
export type LocalCloud = {
  mysqlUrl: string;
  bridge: Bridge;
  sandbox: Sandbox;
  /** Of every scope, for every enterprise; `testKey` is for trying things out. */
  apiKey: string;
  testKey: string;
  /** Settings for the Worker, by the names in wrangler.toml. */
  vars: Record<string, string>;
  stop: () => Promise<void>;
};

/** Starts the local cloud and brings its database up to date. What was started is stopped if a part fails. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { folder, firstPort, publicUrl, log } = options;
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const part of stops.splice(0).toReversed()) await part();
  };
  try {
    mkdirSync(folder, { recursive: true });
    const keys = keptKeys(folder);
    const port = (offset: number) => (firstPort === 0 ? 0 : firstPort + offset);
    const database = await startDatabase({
      name: "notify",
      dataDir: join(folder, "mariadb"),
      log,
      ...(options.mysqlUrl === undefined ? {} : { mysqlUrl: options.mysqlUrl }),
    });
    stops.push(database.stop);
    const login = { username: "local", password: keys.bridgePassword };
    const bridge = await startBridge({ mysqlUrl: database.url, port: port(0), ...login });
    stops.push(bridge.stop);
    await migrateDatabase({ databaseUrl: bridge.url, log });
    await seedKeys(bridge.url, [keys.apiKey, keys.testKey]);
    const sandbox = await startSandbox({
      port: port(1),
      twilio: { ...DEMO_TWILIO_OPTIONS, inboundUrl: `${publicUrl}/callbacks/twilio/inbound#rc=5&rp=all` },
      sendgrid: {
        ...demoSendgridOptions(`${publicUrl}/callbacks/sendgrid`),
        eventSigningKey: keys.eventSigningKey,
      },
      resend: { ...demoResendOptions(`${publicUrl}/callbacks/resend`), webhookSecret: keys.webhookSecret },
      pace: options.pace,
      ...(options.onMessage ? { onMessage: options.onMessage } : {}),
    });
    stops.push(sandbox.stop);
    const { apiKey, testKey, credentialsKey } = keys;
    return {
      mysqlUrl: database.url,
      bridge,
      sandbox,
      apiKey,
      testKey,
      vars: {
        ...workerVars(bridge, sandbox, publicUrl),
        CREDENTIALS_KEYS: JSON.stringify({ local: credentialsKey }),
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The Worker's settings for a bridge and a sandbox, wherever these two run. */
export function workerVars(
  bridge: Pick<Bridge, "url">,
  sandbox: Omit<Sandbox, "ledger" | "stop">,
  publicUrl: string,
): Record<string, string> {
  return {
    DATABASE_URL: bridge.url,
    PUBLIC_URL: publicUrl,
    TWILIO_API_URL: sandbox.twilioUrl,
    TWILIO_ACCOUNT_SID: DEMO_TWILIO.accountSid,
    TWILIO_AUTH_TOKEN: DEMO_TWILIO.authToken,
    TWILIO_FROM: DEMO_TWILIO.smsFrom,
    TWILIO_WHATSAPP_FROM: DEMO_TWILIO.whatsappFrom,
    TWILIO_WHATSAPP_CONTENT_SID: DEMO_TWILIO.orderStatusContentSid,
    SENDGRID_API_URL: sandbox.sendgridUrl,
    SENDGRID_API_KEY: DEMO_SENDGRID.apiKey,
    SENDGRID_FROM_EMAIL: DEMO_SENDGRID.fromEmail,
    SENDGRID_WEBHOOK_PUBLIC_KEY: sandbox.sendgridPublicKey,
    RESEND_API_URL: sandbox.resendUrl,
    RESEND_API_KEY: DEMO_RESEND.apiKey,
    RESEND_FROM_EMAIL: DEMO_RESEND.fromEmail,
    RESEND_WEBHOOK_SECRET: sandbox.resendWebhookSecret,
    ACCOUNTS: JSON.stringify({ backup: backupAccount(sandbox) }),
  };
}

/** What gateways with the account `backup` send through. */
function backupAccount(sandbox: Pick<Sandbox, "sendgridPublicKey">): Record<string, string> {
  return {
    TWILIO_ACCOUNT_SID: BACKUP_TWILIO.accountSid,
    TWILIO_AUTH_TOKEN: BACKUP_TWILIO.authToken,
    TWILIO_FROM: BACKUP_TWILIO.smsFrom,
    TWILIO_WHATSAPP_FROM: BACKUP_TWILIO.whatsappFrom,
    TWILIO_WHATSAPP_CONTENT_SID: BACKUP_TWILIO.orderStatusContentSid,
    SENDGRID_API_KEY: DEMO_SENDGRID.backupApiKey,
    SENDGRID_FROM_EMAIL: DEMO_SENDGRID.fromEmail,
    SENDGRID_WEBHOOK_PUBLIC_KEY: sandbox.sendgridPublicKey,
  };
}
