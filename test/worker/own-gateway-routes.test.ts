import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { createVault } from "../../src/gateways/vault.ts";
import { AS_JSON, problemOf, readAnswer } from "./http-kit.ts";
import { newTestKey } from "./key-kit.ts";
import { bellFor, hear, newEnterprise, postIn, query, quietEnv, sendIn, unique, updateOf } from "./kit.ts";
import { captureConsole } from "./log-kit.ts";
import { network } from "./network.ts";
import { newTwilioAccount, sealed } from "./own-gateway-kit.ts";
import { auditOf, call, pathOf } from "./resource-kit.ts";

const quiet = quietEnv().env;

const add = (enterpriseId: string, set: Record<string, unknown> = {}) =>
  call("POST", "/v1/gateways", {
    channel_id: "ch_sms",
    gateway_name: unique("Own"),
    adapter: "twilio_sms",
    enterprise_id: enterpriseId,
    credentials: newTwilioAccount(),
    ...set,
  });

const storedOf = async (gatewayId: unknown) => {
  const [row] = await query<{ credentials: string; owner_id: string }>(
    "SELECT credentials, owner_id FROM gateways WHERE gateway_id = ?",
    [gatewayId],
  );
  return row;
};

describe("an enterprise's own gateway", () => {
  it("is added with credentials, and the enterprise's messages go by them once it subscribes", async () => {
    const enterprise = await newEnterprise([]);
    const account = newTwilioAccount();

    const added = await add(enterprise.id, { credentials: account });
    const gateway_id = String(added.body["gateway_id"]);
    const subscription = { enterprise_id: enterprise.id, channel_id: "ch_sms", gateway_id };
    expect((await call("POST", "/v1/subscriptions", subscription)).status).toBe(201);
    const { body } = await postIn(quiet, updateOf(enterprise));
    await hear(quiet, [bellFor(enterprise, [body.deliveries[0]?.delivery_id ?? ""])]);

    expect(added).toMatchObject({
      status: 201,
      body: { enterprise_id: enterprise.id, has_credentials: true, account: "" },
    });
    expect(network.callsTo(enterprise.phone).map(({ credentials, from }) => [credentials, from])).toEqual([
      [`${account.account_sid}:${account.auth_token}`, account.from],
    ]);
  });

  it("is nobody else's to subscribe to", async () => {
    const [owner, stranger] = [await newEnterprise([]), await newEnterprise([])];
    const { body } = await add(owner.id);
    const subscription = { enterprise_id: stranger.id, channel_id: "ch_sms", gateway_id: body["gateway_id"] };

    expect(problemOf(await call("POST", "/v1/subscriptions", subscription))).toMatchObject({
      status: 404,
      code: "gateway_not_found",
    });
  });

  it("may have a name that another enterprise's has, but no two of one enterprise's", async () => {
    const [one, other] = [await newEnterprise([]), await newEnterprise([])];
    const name = unique("Own");

    const answers = [
      await add(one.id, { gateway_name: name }),
      await add(other.id, { gateway_name: name }),
      await add(one.id, { gateway_name: name.toUpperCase() }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 409]);
  });

  it("is added, changed and removed by a key of its enterprise, and by no key of another", async () => {
    const [owner, stranger] = [await newEnterprise([]), await newEnterprise([])];
    const [ownKey, otherKey] = [
      await newTestKey({ enterpriseId: owner.id }),
      await newTestKey({ enterpriseId: stranger.id }),
    ];
    const as = async ({ headers }: typeof ownKey, method: string, path: string, body?: unknown) =>
      (
        await sendIn(quiet, path, {
          method,
          headers: { ...AS_JSON, ...headers },
          body: body ? JSON.stringify(body) : null,
        })
      ).status;
    const own = {
      channel_id: "ch_sms",
      gateway_name: unique("Own"),
      adapter: "twilio_sms",
      enterprise_id: owner.id,
      credentials: newTwilioAccount(),
    };
    const path = pathOf("gateways", String((await add(owner.id)).body["gateway_id"]));

    expect(await as(otherKey, "POST", "/v1/gateways", own)).toBe(403);
    expect(await as(ownKey, "POST", "/v1/gateways", own)).toBe(201);
    for (const method of ["GET", "PATCH", "DELETE"]) {
      expect(await as(otherKey, method, path, method === "PATCH" ? { priority: 1 } : undefined)).toBe(403);
    }
    expect(await as(ownKey, "PATCH", path, { credentials: newTwilioAccount() })).toBe(200);
    expect(await as(ownKey, "DELETE", path)).toBe(204);
  });

  it.for([
    ["no credentials", { credentials: undefined }, "/credentials"],
    ["an account of the configuration", { account: "backup" }, "/account"],
    ["credentials that are everyone's", { enterprise_id: undefined }, "/enterprise_id"],
    ["credentials of another adapter", { credentials: { api_key: "SG.12345678" } }, "/credentials/account_sid"],
    [
      "a member that there is not",
      { credentials: { ...newTwilioAccount(), api_url: "https://e.example" } },
      "/credentials/api_url",
    ],
    [
      "a token that no header can hold",
      { credentials: { ...newTwilioAccount(), auth_token: "canary\r\nX: 1" } },
      "/credentials/auth_token",
    ],
    ["no sender", { credentials: { ...newTwilioAccount(), from: undefined } }, "/credentials"],
  ] as const)("is refused with %s, and nothing of it is repeated", async ([, set, pointer]) => {
    const { id } = await newEnterprise([]);

    const answer = await add(id, set);

    expect(problemOf(answer)).toMatchObject({
      status: 400,
      code: "invalid_request",
      errors: expect.arrayContaining([expect.objectContaining({ pointer })]),
    });
    expect(JSON.stringify(answer.body)).not.toContain("canary");
    expect(await query("SELECT 1 FROM gateways WHERE owner_id = ?", [id])).toEqual([]);
  });

  it("is refused for an enterprise that there is not", async () => {
    expect(problemOf(await add(unique("nobody")))).toMatchObject({ status: 404, code: "enterprise_not_found" });
  });

  it("is refused where no key is configured to seal its credentials with", async () => {
    const { id } = await newEnterprise([]);
    const body = { channel_id: "ch_sms", gateway_name: unique("Own"), adapter: "twilio_sms", enterprise_id: id };
    const init = {
      method: "POST",
      headers: AS_JSON,
      body: JSON.stringify({ ...body, credentials: newTwilioAccount() }),
    };

    const answer = await readAnswer(await sendIn(quietEnv({ CREDENTIALS_KEYS: "" }).env, "/v1/gateways", init));

    expect(problemOf(answer)).toMatchObject({ status: 503, code: "not_configured" });
    expect(await query("SELECT 1 FROM gateways WHERE owner_id = ?", [id])).toEqual([]);
  });
});

describe("credentials", () => {
  it("are told by no answer, no log and no audit row, and are sealed in the database", async () => {
    const printed = captureConsole();
    try {
      const { id } = await newEnterprise([]);
      const [first, second] = [newTwilioAccount(), newTwilioAccount()];
      const added = await add(id, { credentials: first });
      const gatewayId = String(added.body["gateway_id"]);
      const path = pathOf("gateways", gatewayId);
      const answers = [
        added,
        await call("PATCH", path, { credentials: second, priority: 5 }),
        await call("PATCH", path, { credentials: { ...second, from: 5 } }),
        await call("GET", path),
        await call("GET", `/v1/gateways?enterprise_id=${id}`),
        await call("GET", "/fetch-channels-gateways"),
      ];
      const audit = await auditOf("gateway", gatewayId);
      const stored = await storedOf(gatewayId);

      expect(audit.map(({ changes }) => (changes as { fields: string[] }).fields.includes("credentials"))).toEqual([
        true,
        true,
      ]);
      expect(stored).toMatchObject({ owner_id: id, credentials: expect.stringMatching(/^v1\.2026a\./) });
      const shown = JSON.stringify([answers, printed.lines, audit, stored]);
      for (const { account_sid, auth_token, from } of [first, second]) {
        for (const secret of [account_sid, auth_token, from]) expect(shown).not.toContain(secret);
      }
    } finally {
      printed.release();
    }
  });

  it("are replaced whole", async () => {
    const { id } = await newEnterprise([]);
    const gatewayId = String((await add(id)).body["gateway_id"]);
    const replaced = { ...newTwilioAccount(), messaging_service_sid: `MG${"0".repeat(32)}` };

    await call("PATCH", pathOf("gateways", gatewayId), { credentials: replaced });

    const vault = createVault(readConfig(quiet).CREDENTIALS_KEYS);
    const opening = await vault.open({ ownerId: id, gatewayId }, (await storedOf(gatewayId))?.credentials ?? "");
    expect(opening).toEqual({ kind: "opened", credentials: replaced, isOutdated: false });
  });

  it("are taken by no gateway that is everyone's", async () => {
    const shared = await call("POST", "/v1/gateways", {
      channel_id: "ch_sms",
      gateway_name: unique("Gw"),
      adapter: "twilio_sms",
    });
    const path = pathOf("gateways", String(shared.body["gateway_id"]));

    const answer = await call("PATCH", path, { credentials: newTwilioAccount() });

    expect(problemOf(answer)).toMatchObject({ status: 400, errors: [{ pointer: "/credentials" }] });
  });

  it("go under the present key with any change of their gateway, also with one that names nothing", async () => {
    const { id } = await newEnterprise([]);
    const account = newTwilioAccount();
    const gatewayId = String((await add(id, { credentials: account })).body["gateway_id"]);
    const { CREDENTIALS_KEYS: keys } = readConfig(quiet);
    const old = await createVault(keys.slice(0, 1)).seal({ ownerId: id, gatewayId }, account);
    await query("UPDATE gateways SET credentials = ? WHERE gateway_id = ?", [
      old.kind === "sealed" ? old.text : "",
      gatewayId,
    ]);

    const answer = await call("PATCH", pathOf("gateways", gatewayId), {});

    const stored = (await storedOf(gatewayId))?.credentials ?? "";
    expect([answer.status, stored.slice(0, 9)]).toEqual([200, "v1.2026a."]);
    expect(await createVault(keys).open({ ownerId: id, gatewayId }, stored)).toMatchObject({ credentials: account });
  });

  it("that were replaced while they were put under another key stay replaced", async () => {
    const { id } = await newEnterprise([]);
    const gatewayId = String((await add(id)).body["gateway_id"]);
    const { CREDENTIALS_KEYS: keys } = readConfig(quiet);
    const old = await createVault(keys.slice(0, 1)).seal({ ownerId: id, gatewayId }, newTwilioAccount());
    await query("UPDATE gateways SET credentials = ? WHERE gateway_id = ?", [
      old.kind === "sealed" ? old.text : "",
      gatewayId,
    ]);
    const replaced = await sealed(id, gatewayId, newTwilioAccount());
    network.beforeStatement(
      (statement) => statement.includes("AND credentials = ") && statement.includes(gatewayId),
      () => query("UPDATE gateways SET credentials = ? WHERE gateway_id = ?", [replaced, gatewayId]),
    );

    await call("PATCH", pathOf("gateways", gatewayId), {});

    expect((await storedOf(gatewayId))?.credentials).toBe(replaced);
  });
});
