import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWholeService, until, updateFor, type WholeService } from "./whole-service-kit.ts";

/** Short enough for a test to see a lease end and two looks pass. */
const TIMES = {
  callTimeout: 1_500,
  lease: 5_000,
  recordEvery: 500,
  lookAgain: 1_000,
  silentAfter: 1_000,
  ringAgain: 2_000,
  sweepEvery: 1_000,
};

let service: WholeService;
const running = { now: true };
beforeAll(async () => {
  service = await startWholeService("provider-faults", { TIMES: JSON.stringify(TIMES) });
  void ringCronAgainAndAgain();
});
afterAll(async () => {
  running.now = false;
  await service.stop();
});

/** One run sweeps for 55 s; the next one begins when it has ended. The last one ends with the Worker. */
async function ringCronAgainAndAgain(): Promise<void> {
  while (running.now) {
    await service
      .worker()
      .ringCron()
      .catch(() => undefined);
  }
}

/** An enterprise with a gateway of its own, so that no other's faults are counted against it. */
async function newSubscriber() {
  const enterprise = await service.newEnterprise([]);
  const gateway = `gw_${randomUUID()}`;
  await service.query(
    `INSERT INTO gateways (gateway_id, gateway_name, gateway_key, channel_id, adapter)
     VALUES (?, ?, ?, 'ch_sms', 'twilio_sms')`,
    [gateway, gateway, gateway],
  );
  await service.query("INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id) VALUES (?, 'ch_sms', ?)", [
    enterprise.id,
    gateway,
  ]);
  return enterprise;
}

async function rowsOf({ id }: { id: string }) {
  const deliveries = await service.query<{ state: string }>("SELECT state FROM deliveries WHERE enterprise_id = ?", [
    id,
  ]);
  const attempts = await service.query<{ outcome: string }>(
    "SELECT outcome FROM attempts WHERE enterprise_id = ? ORDER BY attempt_no",
    [id],
  );
  return { state: deliveries[0]?.state, outcomes: attempts.map((attempt) => attempt.outcome) };
}

/** Posts one update whose first call meets a fault, and waits for what becomes of it. */
async function meet(fault: Record<string, unknown>, { end = "delivered", receipts = "come" } = {}) {
  const enterprise = await newSubscriber();
  const match = { to: enterprise.phone };
  if (receipts === "lost") {
    await service.armFault({ provider: "twilio", operation: "callback", match, kind: "drop" });
  }
  await service.armFault({ provider: "twilio", operation: "send", match, times: 1, ...fault });
  const { status } = await service.post(updateFor(enterprise));
  expect(status).toBe(202);
  await until(async () => (await rowsOf(enterprise)).state === end, `the delivery is ${end}`, 40_000);
  return { enterprise, ...(await rowsOf(enterprise)) };
}

describe.concurrent("a provider over real connections", () => {
  it.for([
    ["resets the connection before it takes the message", { kind: "reset" }],
    ["answers 502 and takes nothing", { kind: "status", status: 502, body: "<html>bad gateway</html>" }],
  ] as const)("that %s is asked again once absence is proven", async ([, fault]) => {
    const { enterprise, outcomes } = await meet(fault);

    expect(outcomes).toEqual(["ambiguous", "accepted"]);
    expect(service.ledgerOf(enterprise)).toHaveLength(1);
  });

  it.for([
    ["resets the connection after it took the message", { kind: "reset", accepted: true }],
    ["takes the message and answers 500", { kind: "status", status: 500, body: "provider", accepted: true }],
    ["takes the message and answers after our time", { kind: "delay", delayMs: 4_000 }],
    ["takes the message and never answers", { kind: "hang", accepted: true }],
  ] as const)("that %s, and whose receipts get lost, is looked up and not asked again", async ([, fault]) => {
    const { enterprise, outcomes } = await meet(fault, { receipts: "lost" });

    expect(outcomes).toEqual(["accepted"]);
    expect(service.ledgerOf(enterprise)).toHaveLength(1);
    const steps = await service.query("SELECT source, conclusion FROM reconciliations WHERE enterprise_id = ?", [
      enterprise.id,
    ]);
    expect(steps).toContainEqual({ source: "look_up", conclusion: "accepted" });
  });

  it.for([
    ["takes the message and answers with HTML", { kind: "garbage", garbage: "html" }],
    ["takes the message and answers with nothing", { kind: "garbage", garbage: "empty" }],
    ["takes the message and answers with half of its JSON", { kind: "garbage", garbage: "truncated" }],
    ["takes the message and breaks off in its answer", { kind: "garbage", garbage: "cut" }],
    ["takes the message and answers with 10 MB", { kind: "garbage", garbage: "huge" }],
    ["takes the message and answers one byte every 50 ms", { kind: "drip", delayMs: 50 }],
  ] as const)("that %s is not asked again", async ([, fault]) => {
    const { enterprise, outcomes } = await meet(fault);

    expect(outcomes).toEqual(["accepted"]);
    expect(service.ledgerOf(enterprise)).toHaveLength(1);
  });

  it.for([301, 307])("that redirects with %i is not followed", async (status) => {
    const elsewhere = `${service.cloud.sandbox.twilioUrl}/2010-04-01/Accounts/${service.cloud.vars["TWILIO_ACCOUNT_SID"]}/Messages.json`;

    const { enterprise, outcomes } = await meet(
      { kind: "status", status, body: "none", headers: { location: elsewhere } },
      { end: "failed" },
    );

    expect(outcomes).toEqual(["misconfigured"]);
    expect(service.ledgerOf(enterprise)).toEqual([]);
  });
});

it("a provider that drips into every call holds none longer than it may take, and everybody is served once", async () => {
  const [slow, others] = [await newSubscriber(), await newSubscriber()];
  await service.armFault({
    provider: "twilio",
    operation: "send",
    match: { to: slow.phone },
    kind: "drip",
    delayMs: 50,
  });

  await Promise.all(Array.from({ length: 12 }, () => service.post(updateFor(slow))));
  await service.post(updateFor(others));

  await until(async () => (await rowsOf(others)).state === "delivered", "the other gateway's delivery");
  await until(
    async () => {
      const rows = await service.query<{ state: string }>("SELECT state FROM deliveries WHERE enterprise_id = ?", [
        slow.id,
      ]);
      return rows.every((row) => row.state === "delivered");
    },
    "every slow delivery",
    40_000,
  );
  expect(service.ledgerOf(slow)).toHaveLength(12);
});
