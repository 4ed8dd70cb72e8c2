import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { SENT_BY_WORKER } from "./test/support/statements/mark.ts";
import { record } from "./test/support/statements/recording.ts";

/** What the Worker is configured with inside workerd; providers are `.test` hosts that nothing answers for real. */
const workerSettings = {
  PUBLIC_URL: "https://notify.test",
  TWILIO_API_URL: "https://twilio.test",
  TWILIO_ACCOUNT_SID: "AC00000000000000000000000000000001",
  TWILIO_AUTH_TOKEN: "twilio-auth-token",
  TWILIO_FROM: "+15005550006",
  TWILIO_WHATSAPP_FROM: "+14155238886",
  TWILIO_WHATSAPP_CONTENT_SID: "HX00000000000000000000000000000001",
  SENDGRID_API_URL: "https://sendgrid.test",
  SENDGRID_API_KEY: "SG.test.key",
  SENDGRID_FROM_EMAIL: "orders@shop.example",
  RESEND_API_URL: "https://resend.test",
  RESEND_API_KEY: "re_test_key",
  RESEND_FROM_EMAIL: "orders@shop.example",
  RESEND_WEBHOOK_SECRET: "whsec_VGhlIFdvcmtlcidzIHRlc3RzIGtub3cgaXQu",
  CREDENTIALS_KEYS: JSON.stringify({
    "2025a": Buffer.alloc(32, 1).toString("base64"),
    "2026a": Buffer.alloc(32, 2).toString("base64"),
  }),
  ACCOUNTS: JSON.stringify({
    backup: {
      TWILIO_ACCOUNT_SID: "AC00000000000000000000000000000009",
      TWILIO_AUTH_TOKEN: "twilio-backup-token",
      TWILIO_FROM: "+15005550099",
      SENDGRID_API_KEY: "SG.backup.key",
      SENDGRID_FROM_EMAIL: "orders@backup.example",
    },
  }),
};

export default defineConfig({
  test: {
    silent: "passed-only",
    maxWorkers: 2,
    projects: [
      { test: { name: "unit", environment: "node", include: ["test/unit/**/*.test.ts"] } },
      { test: { name: "simulation", environment: "node", include: ["test/simulation/**/*.test.ts"] } },
      {
        plugins: [
          cloudflareTest(({ inject }) => {
            const databaseUrl = inject("databaseUrl");
            return {
              wrangler: { configPath: "./wrangler.toml" },
              miniflare: {
                bindings: { ...workerSettings, DATABASE_URL: databaseUrl },
                outboundService: (request: Request) => closedNetwork(request, databaseUrl),
              },
            };
          }),
        ],
        test: {
          name: "worker",
          include: ["test/worker/**/*.test.ts"],
          globalSetup: ["test/support/worker-database.ts", "test/support/statements/recording-setup.ts"],
          setupFiles: ["test/worker/setup.ts"],
          // All files in one workerd, one after the other: tests make their own ids, and starting it costs more than they do.
          fileParallelism: false,
          isolate: false,
          sequence: { groupOrder: 1 },
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "stack",
          environment: "node",
          include: ["test/stack/**/*.test.ts"],
          globalSetup: ["test/support/statements/recording-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "sent",
          environment: "node",
          include: ["test/sent/**/*.test.ts"],
          globalSetup: ["test/sent/recorded.ts"],
          // After all others: it judges the statements that they have sent.
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

/** The last wall: what a test's own network lets through reaches the database and nothing else. */
async function closedNetwork(request: Request, databaseUrl: string): Promise<Response> {
  if (new URL(request.url).host !== new URL(databaseUrl).host) {
    throw new Error(`An unexpected request left the Worker: ${request.method} ${new URL(request.url).host}`);
  }
  const { method, headers } = request;
  const body = await request.text();
  if (headers.get(SENT_BY_WORKER) !== null) record("worker", body);
  const answer = await fetch(request.url, { method, headers, body });
  return new Response(await answer.arrayBuffer(), { status: answer.status, headers: answer.headers });
}
