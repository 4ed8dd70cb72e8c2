import { readConfig } from "../../src/config.ts";
import { env } from "cloudflare:workers";
import type { Credentials } from "../../src/domain/credentials.ts";
import { createVault } from "../../src/gateways/vault.ts";
import { newEnterprise, query, unique, type TestEnterprise } from "./kit.ts";
import type { ProviderCall } from "./network.ts";

/** An account at Twilio that no other test has. Its token is easy to find again in any text. */
export function newTwilioAccount() {
  const sid = `AC${crypto.randomUUID().replaceAll("-", "")}`;
  const token = unique("canary").replaceAll("-", "");
  return { account_sid: sid, auth_token: token, from: `+1555${sid.replaceAll(/\D/g, "").padEnd(7, "0").slice(0, 7)}` };
}

export type TwilioAccount = ReturnType<typeof newTwilioAccount>;

/** Credentials as the Worker seals them. */
export async function sealed(ownerId: string, gatewayId: string, credentials: Credentials): Promise<string> {
  const sealing = await createVault(readConfig(env).CREDENTIALS_KEYS).seal({ ownerId, gatewayId }, credentials);
  if (sealing.kind !== "sealed") throw new Error("The tests have no key to seal with.");
  return sealing.text;
}

/** An enterprise's own gateway, on SMS or by mail, to which it subscribes before all others. */
export async function addOwnGateway(
  { id }: Pick<TestEnterprise, "id">,
  credentials: Credentials,
  adapter = "twilio_sms",
): Promise<string> {
  const channelId = adapter.endsWith("_email") ? "ch_email" : "ch_sms";
  const gatewayId = unique("gw").replaceAll("-", "_").slice(0, 40);
  await query(
    `INSERT INTO gateways (gateway_id, gateway_name, gateway_key, channel_id, adapter, priority, owner_id, credentials)
     VALUES (?, 'Own', ?, ?, ?, 1, ?, ?)`,
    [gatewayId, gatewayId, channelId, adapter, id, await sealed(id, gatewayId, credentials)],
  );
  await subscribe(id, gatewayId, channelId);
  return gatewayId;
}

export async function subscribe(enterpriseId: string, gatewayId: string, channelId = "ch_sms"): Promise<void> {
  await query("INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id) VALUES (?, ?, ?)", [
    enterpriseId,
    channelId,
    gatewayId,
  ]);
}

/** An enterprise that sends SMS through an account of its own, and through the shared one as well where it has that. */
export async function newOwner({ fallsBack = false } = {}) {
  const account = newTwilioAccount();
  const enterprise = await newEnterprise(fallsBack ? ["sms"] : []);
  const gatewayId = await addOwnGateway(enterprise, account);
  return { enterprise, account, gatewayId };
}

export type Owner = Awaited<ReturnType<typeof newOwner>>;

/** The calls that were made for one enterprise with the credentials of another: by recipient, and by the attempt's row. */
export async function strays(owners: Pick<Owner, "enterprise" | "account">[], calls: ProviderCall[]) {
  const ids = owners.map(({ enterprise }) => enterprise.id);
  const attempts = await query<{ attempt_id: string; enterprise_id: string }>(
    "SELECT attempt_id, enterprise_id FROM attempts WHERE enterprise_id IN (?)",
    [ids],
  );
  const enterpriseOf = new Map(attempts.map((row) => [row.attempt_id, row.enterprise_id]));
  return calls.filter(({ credentials, attempt, to }) => {
    const owner = owners.find(({ account }) => credentials === `${account.account_sid}:${account.auth_token}`);
    if (!owner) return false;
    return enterpriseOf.get(attempt) !== owner.enterprise.id || to !== owner.enterprise.phone;
  });
}
