import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { migrateDatabase } from "../../dev/database/migrations.ts";
import { scratchFolder } from "../support/scratch-folder.ts";
import { copyMigrations, migrationNames } from "./migration-folder.ts";
import { startWholeService, until, updateFor, type WholeService } from "./whole-service-kit.ts";

let service: WholeService;
beforeAll(async () => {
  service = await startWholeService("whole");
});
afterAll(() => service.stop());

const statesOf = async (enterprise: { id: string }) => {
  const rows = await service.query<{ state: string }>("SELECT state FROM deliveries WHERE enterprise_id = ?", [
    enterprise.id,
  ]);
  return rows.map((row) => row.state);
};

const untilAll = (enterprise: { id: string }, state: string, withinMs?: number) =>
  until(
    async () => {
      const states = await statesOf(enterprise);
      return states.length > 0 && states.every((one) => one === state);
    },
    `every delivery is ${state}`,
    withinMs,
  );

it("brings one update as SMS, e-mail and WhatsApp message, confirmed by signed callbacks, and logs it", async () => {
  const enterprise = await service.newEnterprise(["sms", "email", "whatsapp"]);
  const update = updateFor(enterprise);

  const { status } = await service.post(update);

  expect(status).toBe(202);
  await untilAll(enterprise, "delivered");
  const text = `Shipment ID ${String(update["shipment_id"])} is shipped. Updated on ${String(update["timestamp"])}`;
  const ledger = service.ledgerOf(enterprise).toSorted((a, b) => (a.channel < b.channel ? -1 : 1));
  expect(ledger.map(({ channel, to, subject, text: body, html }) => ({ channel, to, subject, body, html }))).toEqual([
    {
      channel: "email",
      to: enterprise.email,
      subject: "Order Status Update",
      body: text,
      html: `<p>${text}</p>`,
    },
    { channel: "sms", to: enterprise.phone, subject: null, body: text, html: null },
    { channel: "whatsapp", to: enterprise.phone, subject: null, body: text, html: null },
  ]);
  const logs = await service.query("SELECT attempt_id, provider_id FROM logs WHERE enterprise_id = ?", [enterprise.id]);
  const named = ledger.map((entry) => entry.attempt).toSorted();
  expect(logs.map((row) => String(row["attempt_id"])).toSorted()).toEqual(named);
  expect(logs.every((row) => row["provider_id"] !== null)).toBe(true);
});

it("accepts 100 updates posted at once to a cold isolate and sends each once", async () => {
  await service.restartWorker();
  const enterprise = await service.newEnterprise(["sms"]);

  const answers = await Promise.all(Array.from({ length: 100 }, () => service.post(updateFor(enterprise))));

  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
  await untilAll(enterprise, "delivered");
  expect(service.ledgerOf(enterprise)).toHaveLength(100);
});

it("makes one update of 50 identical posts at once over real connections", async () => {
  const enterprise = await service.newEnterprise(["sms", "email"]);
  const update = updateFor(enterprise);

  const answers = await Promise.all(Array.from({ length: 50 }, () => service.post(update)));

  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
  expect(new Set(answers.map((answer) => answer.body["update_id"])).size).toBe(1);
  await untilAll(enterprise, "delivered");
  expect(service.ledgerOf(enterprise)).toHaveLength(2);
});

it("sends what was accepted but never rung for, once the cron runs", async () => {
  const enterprise = await service.newEnterprise(["sms"]);
  const posted = await service.post(updateFor(enterprise));
  await untilAll(enterprise, "delivered");
  const [{ delivery_id: model } = { delivery_id: "" }] = posted.body["deliveries"] as { delivery_id: string }[];
  await service.query(`CREATE TABLE IF NOT EXISTS scratch_rows AS SELECT * FROM deliveries WHERE FALSE`);
  await service.query("INSERT INTO scratch_rows SELECT * FROM deliveries WHERE delivery_id = ?", [model]);
  const [lost, key] = [`dlv_${randomUUID().replaceAll("-", "")}`, randomUUID().replaceAll("-", "").padEnd(43, "x")];
  await service.query(
    `UPDATE scratch_rows SET delivery_id = ?, update_key = ?, shipment_id = ?, state = 'queued', attempt_no = 0,
       gateway_id = 'gw_twilio', settled_at = NULL, ring_at = UTC_TIMESTAMP(3), accepted_at = UTC_TIMESTAMP(3)`,
    [lost, key, randomUUID()],
  );
  await service.query("INSERT INTO deliveries SELECT * FROM scratch_rows");

  // Sweeps for 55 s, longer than this test: the end of it comes with the Worker's.
  void service
    .worker()
    .ringCron()
    .catch(() => undefined);

  await untilAll(enterprise, "delivered", 20_000);
  expect(service.ledgerOf(enterprise)).toHaveLength(2);
});

it("resolves a send whose answer was lost by its receipt, without sending again", async () => {
  const enterprise = await service.newEnterprise(["sms"]);
  await service.armFault({
    provider: "twilio",
    operation: "send",
    match: { to: enterprise.phone },
    times: 1,
    kind: "accept_then_drop",
  });

  await service.post(updateFor(enterprise));

  await untilAll(enterprise, "delivered");
  expect(service.ledgerOf(enterprise)).toHaveLength(1);
  const attempts = await service.query("SELECT outcome FROM attempts WHERE enterprise_id = ?", [enterprise.id]);
  expect(attempts).toEqual([{ outcome: "accepted" }]);
});

it("goes on through Resend when SendGrid refuses the key, and hears from it what became of the mail", async () => {
  const enterprise = await service.newEnterprise(["email"]);
  await service.query(
    `INSERT INTO gateways (gateway_id, gateway_name, gateway_key, channel_id, adapter, priority, track)
     VALUES ('gw_resend', 'Resend', 'resend', 'ch_email', 'resend_email', 200, 1)`,
  );
  await service.query(
    "INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id, enabled) VALUES (?, 'ch_email', 'gw_resend', TRUE)",
    [enterprise.id],
  );
  const match = { to: enterprise.email };
  const refused = { kind: "status", status: 401, body: "provider" };
  await service.armFault({ provider: "sendgrid", operation: "send", match, times: 1, ...refused });
  // Its answer is lost as well: the key lets it be asked for again.
  await service.armFault({ provider: "resend", operation: "send", match, times: 1, kind: "accept_then_drop" });

  await service.post(updateFor(enterprise));

  await untilAll(enterprise, "delivered");
  expect(service.ledgerOf(enterprise)).toMatchObject([{ provider: "resend", account: "Sandbox1" }]);
  const attempts = await service.query(
    "SELECT gateway, outcome FROM attempts WHERE enterprise_id = ? ORDER BY attempt_no",
    [enterprise.id],
  );
  expect(attempts).toEqual([
    { gateway: "SendGrid", outcome: "misconfigured" },
    { gateway: "Resend", outcome: "accepted" },
  ]);
});

it("tries again what a provider refused for now", async () => {
  const enterprise = await service.newEnterprise(["email"]);
  await service.armFault({
    provider: "sendgrid",
    operation: "send",
    match: { to: enterprise.email },
    times: 1,
    kind: "status",
    status: 429,
    body: "provider",
  });

  await service.post(updateFor(enterprise));

  await untilAll(enterprise, "delivered", 40_000);
  expect(service.ledgerOf(enterprise)).toHaveLength(1);
  const [row] = await service.query<{ attempts: string }>(
    "SELECT COUNT(*) AS attempts FROM attempts WHERE enterprise_id = ?",
    [enterprise.id],
  );
  expect(Number(row?.attempts)).toBe(2);
});

it.each([
  ["emoji and right-to-left text", "📦👩‍👩‍👧‍👦 שלום abc"],
  ["markup and quotes", `<b>"x" & 'y'</b> \\ %s {{1}}`],
  ["names of every object", "__proto__ constructor"],
])("brings %s to the provider exactly as it was posted", async (_what, text) => {
  const enterprise = await service.newEnterprise(["sms", "email", "whatsapp"]);
  const shipment = `${randomUUID().slice(0, 8)} ${text}`;
  const update: Record<string, unknown> = { ...updateFor(enterprise, text), shipment_id: shipment };

  await service.post(update);

  await untilAll(enterprise, "delivered");
  const sentence = `Shipment ID ${shipment} is ${text}. Updated on ${String(update["timestamp"])}`;
  expect(service.ledgerOf(enterprise).map((entry) => entry.text)).toEqual([sentence, sentence, sentence]);
});

it("accepts and sends every update while a migration adds a column and an index", async () => {
  const enterprise = await service.newEnterprise(["sms"]);
  const folder = scratchFolder("migration");
  const sql = `ALTER TABLE deliveries ADD scratch_note varchar(40);--> statement-breakpoint
    CREATE INDEX deliveries_scratch ON deliveries (scratch_note, accepted_at);`;
  const migrationsFolder = await copyMigrations(join(folder.path, "next"), (await migrationNames()).length, sql);
  const statuses: number[] = [];
  const postSome = async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => service.post(updateFor(enterprise))));
    statuses.push(...answers.map((answer) => answer.status));
  };

  await postSome();
  const migrating = { now: true };
  const migration = migrateDatabase({ databaseUrl: service.cloud.bridge.url, log: () => undefined, migrationsFolder });
  void migration.finally(() => (migrating.now = false));
  while (migrating.now) await postSome();
  expect(await migration).toBe(1);
  await postSome();
  folder.remove();

  expect(new Set(statuses)).toEqual(new Set([202]));
  await untilAll(enterprise, "delivered");
  expect(service.ledgerOf(enterprise)).toHaveLength(statuses.length);
});
