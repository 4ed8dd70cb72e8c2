import { randomUUID } from "node:crypto";
import { demoSendgridOptions } from "../../dev/sandbox/accounts.ts";
import { startSandbox, type Sandbox } from "../../dev/sandbox/server.ts";
import { startWholeService, updateFor, type WholeService } from "./whole-service-kit.ts";

const BACKUP = {
  accountSid: "AC00000000000000000000000000000b0b",
  authToken: "backup-auth-token",
  smsFrom: "+15005550010",
} as const;

/** The whole service with two accounts for SMS, each on a server of its own, so that one can be gone alone. */
export type TwoAccounts = WholeService & { backup: Sandbox };

export async function startTwoAccounts(name: string): Promise<TwoAccounts> {
  const { accountSid, authToken, smsFrom } = BACKUP;
  const backup = await startSandbox({
    port: 0,
    twilio: { accountSid, authToken, senders: [smsFrom] },
    sendgrid: demoSendgridOptions(null),
    pace: "fast",
  });
  const account = {
    TWILIO_API_URL: backup.twilioUrl,
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_FROM: smsFrom,
  };
  const service = await startWholeService(name, { ACCOUNTS: JSON.stringify({ backup: account }) });
  const stop = async () => {
    await service.stop();
    await backup.stop();
  };
  return { ...service, backup, stop };
}

export type Gateway = { id: string; name: string };

/** A gateway of the SMS channel: through the first account (empty) or `backup`, in the lane of its track. */
export async function newGateway(service: TwoAccounts, account: "" | "backup", track: number): Promise<Gateway> {
  const id = `gw_${randomUUID()}`;
  const name = `${account === "" ? "First" : "Backup"} ${id.slice(-6)}`;
  await service.query(
    `INSERT INTO gateways (gateway_id, gateway_name, gateway_key, channel_id, adapter, account, priority, track)
     VALUES (?, ?, ?, 'ch_sms', 'twilio_sms', ?, ?, ?)`,
    [id, name, id, account, account === "" ? 1 : 2, track],
  );
  return { id, name };
}

export type Subscriber = { id: string; phone: string; email: string };

/** An enterprise that is sent to through these gateways, in this order. */
export async function newSubscriber(service: TwoAccounts, gateways: Gateway[]): Promise<Subscriber> {
  const enterprise = await service.newEnterprise([]);
  for (const { id } of gateways) {
    await service.query("INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id) VALUES (?, 'ch_sms', ?)", [
      enterprise.id,
      id,
    ]);
  }
  return enterprise;
}

/** Posts updates, ten at a time. */
export async function postMany(service: TwoAccounts, enterprise: Subscriber, count: number): Promise<void> {
  for (let posted = 0; posted < count; posted += 10) {
    const some = Array.from({ length: Math.min(10, count - posted) }, () => service.post(updateFor(enterprise)));
    const answers = await Promise.all(some);
    if (answers.some((answer) => answer.status !== 202)) throw new Error("An update was not accepted.");
  }
}

/** A delivery's state, its attempts, and how long after its acceptance the accepted attempt ended, in ms. */
export type Fate = { state: string; attempts: number; gateway: string | null; ms: number | null };

export async function fatesOf({ query }: TwoAccounts, { id }: Subscriber): Promise<Fate[]> {
  const rows = await query<Record<keyof Fate, string | null>>(
    `SELECT d.state, a.gateway_id AS gateway, TIMESTAMPDIFF(MICROSECOND, d.accepted_at, a.ended_at) / 1000 AS ms,
            (SELECT COUNT(*) FROM attempts t WHERE t.enterprise_id = d.enterprise_id AND t.delivery_id = d.delivery_id
                AND t.outcome <> 'not_started') AS attempts
       FROM deliveries d
       LEFT JOIN attempts a ON a.enterprise_id = d.enterprise_id AND a.delivery_id = d.delivery_id AND a.outcome = 'accepted'
      WHERE d.enterprise_id = ?`,
    [id],
  );
  return rows.map(({ state, attempts, gateway, ms }) => ({
    state: state ?? "",
    attempts: Number(attempts),
    gateway,
    ms: ms === null ? null : Number(ms),
  }));
}

/** Whether a delivery is not on its way any more. */
export const isThrough = ({ state }: Fate) => !["queued", "sending", "retrying"].includes(state);
