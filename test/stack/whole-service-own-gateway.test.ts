import { afterAll, beforeAll, expect, it } from "vitest";
import { BACKUP_TWILIO } from "../../dev/sandbox/accounts.ts";
import { startWholeService, until, updateFor, type WholeService } from "./whole-service-kit.ts";

let service: WholeService;
beforeAll(async () => {
  service = await startWholeService("own-gateway");
});
afterAll(() => service.stop());

async function add(path: string, body: Record<string, unknown>): Promise<Record<string, unknown>> {
  const answer = await fetch(`${service.worker().url}${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${service.cloud.apiKey}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as Record<string, unknown>;
}

it("sends through an enterprise's own account, whose receipts come to its own path and are believed", async () => {
  const { accountSid, authToken, smsFrom } = BACKUP_TWILIO;
  const enterprise = await service.newEnterprise([]);
  const { gateway_id } = await add("/v1/gateways", {
    channel_id: "ch_sms",
    gateway_name: "Own Twilio",
    adapter: "twilio_sms",
    enterprise_id: enterprise.id,
    credentials: { account_sid: accountSid, auth_token: authToken, from: smsFrom },
  });
  await add("/v1/subscriptions", { enterprise_id: enterprise.id, channel_id: "ch_sms", gateway_id });

  expect((await service.post(updateFor(enterprise))).status).toBe(202);

  const states = () =>
    service.query<{ state: string }>("SELECT state FROM deliveries WHERE enterprise_id = ?", [enterprise.id]);
  await until(async () => (await states()).some(({ state }) => state === "delivered"), "the message is delivered");
  expect(service.ledgerOf(enterprise)).toMatchObject([{ account: accountSid }]);
});
