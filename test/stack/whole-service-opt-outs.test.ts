import { afterAll, beforeAll, expect, it } from "vitest";
import { DEMO_TWILIO } from "../../dev/sandbox/accounts.ts";
import { startWholeService, until, updateFor, type WholeService } from "./whole-service-kit.ts";

let service: WholeService;
beforeAll(async () => {
  service = await startWholeService("opt-outs");
});
afterAll(() => service.stop());

type Enterprise = Awaited<ReturnType<WholeService["newEnterprise"]>>;

/** Posts an update and waits until it rests; tells how each channel ended. */
async function deliver(enterprise: Enterprise): Promise<Record<string, string>> {
  const posted = await service.post(updateFor(enterprise));
  const rows = () =>
    service.query<{ channel: string; state: string }>(
      "SELECT channel, state FROM deliveries WHERE enterprise_id = ? AND update_id = ?",
      [enterprise.id, posted.body["update_id"]],
    );
  const isOver = ({ state }: { state: string }) => ["delivered", "skipped", "failed", "undelivered"].includes(state);
  await until(async () => (await rows()).every(isOver), "the update rests");
  return Object.fromEntries((await rows()).map(({ channel, state }) => [channel, state]));
}

/** Lets the recipient write to the sender of the service. */
async function write(enterprise: Enterprise, body: string, prefix = ""): Promise<void> {
  const to = prefix === "" ? DEMO_TWILIO.smsFrom : DEMO_TWILIO.whatsappFrom;
  const text = { from: prefix + enterprise.phone, to: prefix + to, body };
  await fetch(`${service.cloud.sandbox.url}/inbound`, { method: "POST", body: JSON.stringify(text) });
}

const untilBarred = (enterprise: Enterprise, isBarred: boolean) =>
  until(
    async () => {
      const rows = await service.query<{ lifted_at: string | null }>(
        "SELECT lifted_at FROM suppressions WHERE enterprise_id = ?",
        [enterprise.id],
      );
      return rows.some((row) => (row.lifted_at === null) === isBarred);
    },
    `the number is ${isBarred ? "barred" : "free"}`,
  );

it.each([
  ["sms", "SMS", ""],
  ["whatsapp", "Whatsapp", "whatsapp:"],
] as const)("heeds STOP and START by %s, on that channel only", async (channel, name, prefix) => {
  const enterprise = await service.newEnterprise([channel, "email"]);
  expect(await deliver(enterprise)).toEqual({ [name]: "delivered", Email: "delivered" });

  await write(enterprise, "Stop", prefix);
  await untilBarred(enterprise, true);
  expect(await deliver(enterprise)).toEqual({ [name]: "skipped", Email: "delivered" });

  await write(enterprise, "Start", prefix);
  await untilBarred(enterprise, false);
  expect(await deliver(enterprise)).toEqual({ [name]: "delivered", Email: "delivered" });

  expect(
    service
      .ledgerOf(enterprise)
      .map((entry) => entry.channel)
      .toSorted(),
  ).toEqual([channel, channel, "email", "email", "email"].toSorted());
  const failures = await service.query("SELECT channel, code FROM logs_failure WHERE enterprise_id = ?", [
    enterprise.id,
  ]);
  expect(failures).toEqual([{ channel: name, code: "opted_out" }]);
});

it("learns of a STOP that it never heard by Twilio's refusal, and does not try again", async () => {
  const enterprise = await service.newEnterprise(["sms"]);
  await service.armFault({
    provider: "twilio",
    operation: "callback",
    kind: "drop",
    match: { from: enterprise.phone },
    times: 1,
  });
  await write(enterprise, "STOP");

  expect(await deliver(enterprise)).toEqual({ SMS: "failed" });
  expect(await deliver(enterprise)).toEqual({ SMS: "skipped" });

  const attempts = await service.query("SELECT code FROM attempts WHERE enterprise_id = ?", [enterprise.id]);
  expect(attempts).toEqual([{ code: "21610" }]);
  expect(service.ledgerOf(enterprise)).toEqual([]);
});
