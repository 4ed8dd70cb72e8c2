import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { call, everyRowOf, fateOf, twilioForm, type Sent } from "./callbacks-kit.ts";
import { problemOf, readAnswer } from "./http-kit.ts";
import {
  bellFor,
  deliveriesOf,
  hear,
  newEnterprise,
  post,
  postIn,
  query,
  quietEnv,
  send,
  unique,
  updateOf,
} from "./kit.ts";
import { network } from "./network.ts";

/** The further account that the tests are configured with. */
const BACKUP = { sid: "AC00000000000000000000000000000009", token: "twilio-backup-token", from: "+15005550099" };

/** Adds a gateway and gives back what the answer tells. */
function add(gateway: Record<string, unknown>) {
  return post({ gateway_name: unique("Gateway"), ...gateway }, {}, "/add-channel-gateway");
}

/** An enterprise whose messages go through these accounts of Twilio, in this order, by gateways of its own. */
async function newFailOver(...accounts: string[]) {
  const enterprise = await newEnterprise([]);
  const gatewayIds: unknown[] = [];
  for (const account of accounts) {
    const { body } = await add({ channel_name: "SMS", adapter: "twilio_sms", account });
    await query(
      "INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id, enabled) VALUES (?, 'ch_sms', ?, TRUE)",
      [enterprise.id, body["gateway_id"]],
    );
    gatewayIds.push(body["gateway_id"]);
  }
  return { enterprise, gatewayIds };
}

/** Posts an update whose message the main account refuses with 401, and hears its bells until it is settled. */
async function sentByBackup(): Promise<Sent> {
  const { enterprise } = await newFailOver("", "backup");
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise));
  const deliveryId = body.deliveries[0]?.delivery_id ?? "";
  network.answer(enterprise.phone, ({ credentials }) =>
    credentials.startsWith(BACKUP.sid)
      ? Response.json({ sid: unique("SM") }, { status: 201 })
      : Response.json({ code: 20003, status: 401 }, { status: 401 }),
  );
  await hear(quiet.env, [bellFor(enterprise, [deliveryId])]);
  await hear(quiet.env, [bellFor(enterprise, [deliveryId])]);
  const attempt = network.callsTo(enterprise.phone).at(-1)?.attempt ?? "";
  return { quiet: quiet.env, enterprise, attempt, deliveryId };
}

it("goes on through another account of the provider, with its credentials and its sender", async () => {
  const { enterprise } = await sentByBackup();

  expect((await deliveriesOf(enterprise)).map(({ state }) => state)).toEqual(["sent"]);
  expect(network.callsTo(enterprise.phone).map(({ credentials, from }) => [credentials, from])).toEqual([
    [`${env.TWILIO_ACCOUNT_SID}:${env.TWILIO_AUTH_TOKEN}`, env.TWILIO_FROM],
    [`${BACKUP.sid}:${BACKUP.token}`, BACKUP.from],
  ]);
});

it("believes what the account that sent it signs", async () => {
  const sent = await sentByBackup();

  const answer = await call(sent.quiet, await twilioForm(sent, "delivered", { AccountSid: BACKUP.sid }, BACKUP.token));

  expect(answer.status).toBe(204);
  expect(await fateOf(sent.enterprise)).toMatchObject({ state: "delivered" });
});

it.for([
  ["signed by another account in its name", { AccountSid: BACKUP.sid }, env.TWILIO_AUTH_TOKEN],
  ["signed by it in the name of another account", { AccountSid: env.TWILIO_ACCOUNT_SID }, BACKUP.token],
] as const)("refuses a callback that is %s, and changes no row", async ([, fields, token]) => {
  const sent = await sentByBackup();
  const before = await everyRowOf(sent.enterprise);

  const answer = await readAnswer(await call(sent.quiet, await twilioForm(sent, "delivered", fields, token)));

  expect(problemOf(answer)).toMatchObject({ status: 403, code: "forged_callback" });
  expect(await everyRowOf(sent.enterprise)).toEqual(before);
});

it("drops what another account truthfully signs about an attempt that did not go through it", async () => {
  const sent = await sentByBackup();
  const before = await everyRowOf(sent.enterprise);

  const answer = await call(sent.quiet, await twilioForm(sent, "undelivered", { ErrorCode: "30005" }));

  expect(answer.status).toBe(204);
  expect(await everyRowOf(sent.enterprise)).toEqual(before);
});

it("fails a delivery whose only gateway names an account that is configured no more, and says which", async () => {
  const { enterprise, gatewayIds } = await newFailOver("backup");
  await query("UPDATE gateways SET account = 'gone' WHERE gateway_id = ?", gatewayIds);
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise));

  await hear(quiet.env, [bellFor(enterprise, [body.deliveries[0]?.delivery_id ?? ""])]);

  expect(await fateOf(enterprise)).toMatchObject({
    state: "failed",
    failures: [{ code: "misconfigured", message: "The provider account gone is not configured." }],
  });
  expect(network.callsTo(enterprise.phone)).toEqual([]);
});

it("tells the account of a gateway when it is added, and in the list", async () => {
  const { status, body } = await add({ channel_name: unique("Channel"), adapter: "twilio_sms", account: "backup" });

  expect([status, body["account"]]).toEqual([201, "backup"]);
  const list = await (await send("/fetch-channels-gateways")).json<{ message: Record<string, unknown>[] }>();
  const accountOf = (id: unknown) => list.message.find(({ gateway_id }) => gateway_id === id)?.["account"];
  expect([accountOf(body["gateway_id"]), accountOf("gw_twilio")]).toEqual(["backup", ""]);
});

it("refuses an account that is not configured, and names those that are", async () => {
  const channel = unique("Channel");

  const answer = await add({ channel_name: channel, adapter: "twilio_sms", account: "spare" });

  const problem = problemOf(answer);
  expect(problem).toMatchObject({ status: 422, code: "unknown_account", accounts: ["backup"] });
  expect(JSON.stringify(problem)).not.toContain(BACKUP.token);
  expect(await query("SELECT * FROM channels WHERE channel_name = ?", [channel])).toEqual([]);
});

it("deals the gateways of a channel to its lanes in turn, also those that are added at once", async () => {
  const channels = Array.from({ length: 4 }, () => unique("Channel"));
  const gateway = { adapter: "twilio_sms" };

  await Promise.all(channels.flatMap((name) => [0, 1].map(() => add({ channel_name: name, ...gateway }))));
  await add({ channel_name: channels[0], ...gateway });

  const tracks = await query<{ track: number; gateways: string }>(
    `SELECT g.track, COUNT(*) AS gateways FROM gateways g JOIN channels c ON c.channel_id = g.channel_id
      WHERE c.channel_name IN (?) GROUP BY g.track ORDER BY g.track`,
    [channels],
  );
  expect(tracks.map((row) => [row.track, row.gateways])).toEqual([
    [0, "5"],
    [1, "4"],
  ]);
});
