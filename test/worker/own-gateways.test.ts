import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { fateOf } from "./callbacks-kit.ts";
import { bellFor, deliveriesOf, hear, newEnterprise, postIn, query, quietEnv, updateOf } from "./kit.ts";
import { captureConsole } from "./log-kit.ts";
import { network, type ProviderCall } from "./network.ts";
import { newOwner, newTwilioAccount, sealed, strays, subscribe, type Owner } from "./own-gateway-kit.ts";

const SHARED = `${env.TWILIO_ACCOUNT_SID}:${env.TWILIO_AUTH_TOKEN}`;

const basic = ({ account }: Pick<Owner, "account">) => `${account.account_sid}:${account.auth_token}`;

/** Accepts `each` updates of every enterprise, and gives a bell for each delivery, the enterprises' in turn. */
async function interleavedBells(quiet: Env, owners: Pick<Owner, "enterprise">[], each: number) {
  const bells: ReturnType<typeof bellFor>[] = [];
  for (let made = 0; made < each; made += 10) {
    const rounds = Array.from({ length: Math.min(10, each - made) }, () => owners).flat();
    const posted = await Promise.all(
      rounds.map(async ({ enterprise }) => {
        const { body } = await postIn(quiet, updateOf(enterprise));
        return bellFor(
          enterprise,
          body.deliveries.map((delivery) => delivery.delivery_id),
        );
      }),
    );
    bells.push(...posted);
  }
  return bells;
}

/** Lets consumers hear shared batches at once: of two isolates, each of which has several at work. */
async function hearAtOnce(bells: unknown[]) {
  const isolates = [quietEnv().env, quietEnv().env];
  const batches = Array.from({ length: Math.ceil(bells.length / 57) }, (_, index) =>
    bells.slice(index * 57, index * 57 + 57),
  );
  await Promise.all(batches.map((batch, index) => hear(isolates[index % 2] ?? env, batch)));
}

/** Answers later than other calls that have begun meanwhile, so that calls of both enterprises overlap. */
async function takeItLater(): Promise<Response> {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
  return Response.json({ sid: `SM${crypto.randomUUID().replaceAll("-", "")}` }, { status: 201 });
}

const callsOf = (owners: Pick<Owner, "enterprise">[]): ProviderCall[] =>
  owners.flatMap(({ enterprise }) => network.callsTo(enterprise.phone));

it("sends 400 interleaved messages of two enterprises, none through the other's account", async () => {
  const owners = [await newOwner(), await newOwner()];
  for (const { enterprise } of owners) network.answer(enterprise.phone, takeItLater);
  const bells = await interleavedBells(quietEnv().env, owners, 200);

  await hearAtOnce(bells);

  expect(bells).toHaveLength(400);
  for (const owner of owners) {
    const calls = network.callsTo(owner.enterprise.phone);
    expect(calls).toHaveLength(200);
    expect(new Set(calls.map(({ credentials }) => credentials))).toEqual(new Set([basic(owner)]));
    expect(new Set(calls.map(({ from }) => from))).toEqual(new Set([owner.account.from]));
    expect(new Set((await deliveriesOf(owner.enterprise)).map(({ state }) => state))).toEqual(new Set(["sent"]));
  }
  expect(await strays(owners, callsOf(owners))).toEqual([]);
});

it("keeps them apart where messages fail over to the shared gateway, and one enterprise's credentials are damaged", async () => {
  const owners = [await newOwner({ fallsBack: true }), await newOwner({ fallsBack: true })];
  const damaged = await newOwner({ fallsBack: true });
  await query("UPDATE gateways SET credentials = CONCAT(credentials, 'A') WHERE gateway_id = ?", [damaged.gatewayId]);
  for (const owner of owners) {
    let answered = 0;
    network.answer(owner.enterprise.phone, ({ credentials }) => {
      answered += 1;
      const isRefused = credentials === basic(owner) && answered % 4 === 0;
      return isRefused ? Response.json({ code: 20429, status: 429 }, { status: 429 }) : takeItLater();
    });
  }
  const all = [...owners, damaged];
  const bells = await interleavedBells(quietEnv().env, all, 40);

  await hearAtOnce(bells);
  // What a gateway was to carry through which nothing gets waits for a second, before it goes through the shared one.
  const ids = all.map(({ enterprise }) => enterprise.id);
  await query("UPDATE deliveries SET due_at = UTC_TIMESTAMP(3) WHERE enterprise_id IN (?) AND state <> 'sent'", [ids]);
  await hearAtOnce(bells);

  expect(await strays(all, callsOf(all))).toEqual([]);
  const used = (owner: Owner) => new Set(network.callsTo(owner.enterprise.phone).map(({ credentials }) => credentials));
  expect(owners.map(used)).toEqual(owners.map((owner) => new Set([basic(owner), SHARED])));
  expect(used(damaged)).toEqual(new Set([SHARED]));
  for (const { enterprise } of all) {
    expect(new Set((await deliveriesOf(enterprise)).map(({ state }) => state))).toEqual(new Set(["sent"]));
  }
});

it("would be seen if a message went through the other's account", async () => {
  const [one, other] = [await newOwner(), await newOwner()];
  const swapped = await sealed(one.enterprise.id, one.gatewayId, other.account);
  await query("UPDATE gateways SET credentials = ? WHERE gateway_id = ?", [swapped, one.gatewayId]);

  await hearAtOnce(await interleavedBells(quietEnv().env, [one, other], 10));

  expect(await strays([one, other], callsOf([one, other]))).toHaveLength(10);
});

it.for([
  ["damaged", "v1.2026a.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAA", /damaged or were sealed for another gateway/],
  ["in plain text", '{"auth_token":"x"}', /damaged/],
  ["sealed with a key that is gone", "v1.2019z.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAA", /with the key 2019z/],
  ["missing", null, /no credentials/],
] as const)(
  "fails a delivery whose gateway's credentials are %s, calls nobody, and says why",
  async ([, stored, why]) => {
    const { enterprise, gatewayId } = await newOwner();
    await query("UPDATE gateways SET credentials = ? WHERE gateway_id = ?", [stored, gatewayId]);
    const quiet = quietEnv().env;
    const [bell] = await interleavedBells(quiet, [{ enterprise }], 1);

    await hear(quiet, [bell]);

    expect(network.callsTo(enterprise.phone)).toEqual([]);
    expect(await fateOf(enterprise)).toMatchObject({
      state: "failed",
      failures: [{ code: "misconfigured", message: expect.stringMatching(why) }],
    });
  },
);

it("never sends through another enterprise's gateway, even if a row says so", async () => {
  const owner = await newOwner();
  const thief = await newEnterprise([]);
  await subscribe(thief.id, owner.gatewayId);
  const quiet = quietEnv().env;

  const refused = await postIn(quiet, updateOf(thief));
  await subscribe(thief.id, "gw_twilio");
  const [bell] = await interleavedBells(quietEnv().env, [{ enterprise: thief }], 1);
  await query("DELETE FROM subscriptions WHERE enterprise_id = ? AND gateway_id = 'gw_twilio'", [thief.id]);
  await hear(quiet, [bell]);

  expect([refused.status, refused.body.code]).toEqual([422, "no_channels"]);
  expect(network.callsTo(thief.phone)).toEqual([]);
  expect(new Set((await deliveriesOf(thief)).map(({ code }) => code))).toEqual(
    new Set(["no_channels", "unsubscribed"]),
  );
});

it("does not open credentials that were copied into another enterprise's gateway", async () => {
  const [owner, thief] = [await newOwner(), await newOwner()];
  await query(
    "UPDATE gateways t JOIN gateways o ON o.gateway_id = ? SET t.credentials = o.credentials WHERE t.gateway_id = ?",
    [owner.gatewayId, thief.gatewayId],
  );
  const quiet = quietEnv().env;
  const [bell] = await interleavedBells(quiet, [thief], 1);

  await hear(quiet, [bell]);

  expect(network.callsTo(thief.enterprise.phone)).toEqual([]);
});

it("shows credentials in no log, no queue message, no answer, and nowhere in the database", async () => {
  const printed = captureConsole();
  try {
    const owner = await newOwner();
    const { account_sid, auth_token } = owner.account;
    const quiet = quietEnv();
    network.answer(owner.enterprise.phone, ({ credentials }) =>
      Response.json({ code: 20003, message: credentials }, { status: 401 }),
    );
    const posted = await postIn(quiet.env, updateOf(owner.enterprise));
    await hear(quiet.env, [bellFor(owner.enterprise, [posted.body.deliveries[0]?.delivery_id ?? ""])]);
    network.failSql({ errno: 1146, quote: auth_token, matches: (sql) => sql.includes(owner.enterprise.id) });
    await postIn(quiet.env, updateOf(owner.enterprise));

    const rows = await Promise.all(
      ["gateways", "deliveries", "attempts", "logs_failure", "gateway_changes"].map((table) =>
        query(`SELECT * FROM ${table}`),
      ),
    );
    const shown = JSON.stringify([printed.lines, quiet.bells, posted.body, rows]);
    expect(network.callsTo(owner.enterprise.phone).map(({ credentials }) => credentials)).toEqual([basic(owner)]);
    for (const secret of [account_sid, auth_token, btoa(basic(owner))]) expect(shown).not.toContain(secret);
  } finally {
    printed.release();
  }
});

it("costs a batch no statement more", async () => {
  const owner = await newOwner();
  const quiet = quietEnv().env;
  const bells = await interleavedBells(quiet, [owner], 10);

  const statements = await network.statementsOf(() => hear(quiet, bells));

  expect(network.callsTo(owner.enterprise.phone)).toHaveLength(10);
  expect(statements.length).toBeLessThanOrEqual(7);
});

it("uses new credentials from the next message on: nothing of an account is kept", async () => {
  const owner = await newOwner();
  const quiet = quietEnv().env;
  const [first, second] = await interleavedBells(quiet, [owner], 10);
  await hear(quiet, [first]);
  const replaced = newTwilioAccount();
  const text = await sealed(owner.enterprise.id, owner.gatewayId, replaced);
  await query("UPDATE gateways SET credentials = ? WHERE gateway_id = ?", [text, owner.gatewayId]);

  await hear(quiet, [second]);

  expect(network.callsTo(owner.enterprise.phone).map(({ credentials }) => credentials)).toEqual([
    basic(owner),
    basic({ account: replaced }),
  ]);
});
