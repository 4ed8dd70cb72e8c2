import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { createApp, ROUTES } from "../../src/http/app.ts";
import { SCOPES } from "../../src/domain/caller.ts";
import { ADMIN_KEY } from "../support/admin-key.ts";
import { problemOf, postingStranger, readAnswer } from "./http-kit.ts";
import { newTestKey } from "./key-kit.ts";
import { newEnterprise, query, quietEnv, sendIn, unique, updateOf } from "./kit.ts";
import { captureConsole } from "./log-kit.ts";
import { network } from "./network.ts";

const GUARDED = ROUTES.flatMap(({ method, path, access }) =>
  access === "open" || access === "signed" ? [] : [[method, path.replaceAll(/:\w+/g, "x"), access] as const],
);

it("knows for every route of the router who may come in", () => {
  const app = createApp({
    createServices: () => {
      throw new Error("No request is made here.");
    },
    log: { info: () => undefined, error: () => undefined },
    now: Date.now,
    within: (_, work) => work(),
    statements: () => 0,
  });
  const registered = app.routes.filter(({ path }) => path !== "/*").map(({ method, path }) => `${method} ${path}`);
  const ruled = ROUTES.map(({ method, path }) => `${method} ${path}`);
  const refused = [...new Set(ROUTES.map(({ path }) => `ALL ${path}`))];

  expect(registered.toSorted()).toEqual([...ruled, ...refused].toSorted());
  expect(ROUTES.filter(({ access }) => !["open", "signed", ...SCOPES].includes(access))).toEqual([]);
});

it("lets in without a key only who asks for nothing of anybody's, or can sign", () => {
  const free = ROUTES.filter(({ access }) => access === "open" || access === "signed");

  expect(free.map(({ method, path, access }) => `${method} ${path} ${access}`).toSorted()).toEqual([
    "GET / open",
    "GET /health open",
    "POST /callbacks/:provider signed",
    "POST /callbacks/:provider/gateways/:gateway_id signed",
    "POST /callbacks/:provider/gateways/:gateway_id/inbound signed",
    "POST /callbacks/:provider/inbound signed",
  ]);
});

it.for(GUARDED)("answers 401 to %s %s without a key, and asks for one", async ([method, path]) => {
  const answer = await readAnswer(await sendIn(quietEnv().env, path, { method }));

  expect(problemOf(answer)).toMatchObject({ status: 401, code: "unauthorized" });
  expect(answer.headers.get("WWW-Authenticate")).toBe('Bearer realm="notify-api"');
});

it.for(GUARDED)("answers 403 to %s %s with a key of another scope", async ([method, path, access]) => {
  const { headers } = await newTestKey({ scopes: [access === "read" ? "send" : "read"] });

  const answer = await readAnswer(await sendIn(quietEnv().env, path, { method, headers }));

  expect(problemOf(answer)).toMatchObject({ status: 403, code: "forbidden" });
});

/** One character of it exchanged. */
function spoilt(key: string, at: number): string {
  return `${key.slice(0, at)}${key[at] === "a" ? "b" : "a"}${key.slice(at + 1)}`;
}

it.for([
  "",
  "Bearer",
  "Bearer ",
  "Bearer token",
  `Basic ${ADMIN_KEY}`,
  ADMIN_KEY,
  `Bearer ${ADMIN_KEY.slice(0, -1)}`,
  `Bearer ${ADMIN_KEY}x`,
  `Bearer ${spoilt(ADMIN_KEY, ADMIN_KEY.length - 1)}`,
  `Bearer ${ADMIN_KEY.replace("nk_live_", "nk_test_")}`,
])("is not let in by the header %j", async (header) => {
  const answer = await sendIn(quietEnv().env, "/fetch-channels-gateways", { headers: { Authorization: header } });

  expect(answer.status).toBe(401);
});

it("does not ask the database for somebody who shows nothing that could be a key", async () => {
  const init = { ...postingStranger(), headers: { "Content-Type": "application/json" } };

  const statements = await network.statementsOf(() => sendIn(quietEnv().env, "/", init));

  expect(statements).toEqual([]);
});

it("asks the database once for a key that nobody has, however often it is shown", async () => {
  const { key, keyId } = await newTestKey();
  await query("DELETE FROM api_keys WHERE key_id = ?", [keyId]);
  const { env: quiet } = quietEnv();
  const show = () => sendIn(quiet, "/fetch-channels-gateways", { headers: { Authorization: `Bearer ${key}` } });

  const statements = await network.statementsOf(async () => {
    for (let time = 0; time < 3; time += 1) expect((await show()).status).toBe(401);
  });

  expect(statements).toHaveLength(1);
});

it("does not take the secret of one key with the id of another", async () => {
  const [one, other] = [await newTestKey(), await newTestKey()];
  await query("UPDATE api_keys a JOIN api_keys b ON b.key_id = ? SET a.digest = b.digest WHERE a.key_id = ?", [
    other.keyId,
    one.keyId,
  ]);

  const answer = await sendIn(quietEnv().env, "/fetch-channels-gateways", { headers: one.headers });

  expect(answer.status).toBe(401);
});

it("lets in by two keys of one enterprise at once", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const keys = [await newTestKey({ enterpriseId: enterprise.id }), await newTestKey({ enterpriseId: enterprise.id })];
  const { env: quiet } = quietEnv();

  const answers = await Promise.all(keys.map(({ headers }) => sendIn(quiet, "/v1/deliveries", { headers })));

  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
});

it.for([
  ["expired", "UPDATE api_keys SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE key_id = ?"],
  ["revoked", "UPDATE api_keys SET revoked_at = UTC_TIMESTAMP(3) WHERE key_id = ?"],
])("does not let in by a key that is %s", async ([, change]) => {
  const { headers, keyId } = await newTestKey();
  await query(change ?? "", [keyId]);

  const answer = await readAnswer(await sendIn(quietEnv().env, "/fetch-channels-gateways", { headers }));

  expect(problemOf(answer)).toMatchObject({ status: 401, code: "unauthorized" });
});

const OF_ANOTHER = [
  ["POST", "/", (id: string) => JSON.stringify(updateOf({ id, phone: "", email: "" }))],
  ["POST", "/add-channel-gateway", () => JSON.stringify({ channel_name: unique("c"), gateway_name: "Twilio" })],
  ["POST", "/redrive", (id: string) => redriveOf({ state: "failed", enterprise_id: id })],
  ["POST", "/redrive", () => redriveOf({ state: "failed" })],
  ["GET", "/v1/deliveries?enterprise_id=", null],
  ["GET", "/v1/logs?enterprise_id=", null],
  ["GET", "/v1/logs-failure?enterprise_id=", null],
  ["GET", "/v1/shipments/SH/timeline?enterprise_id=", null],
  ["GET", "/v1/updates/upd_x?enterprise_id=", null],
] as const;

function redriveOf(filter: Record<string, string>): string {
  return JSON.stringify({ filter, dry_run: true });
}

it.for(OF_ANOTHER)("keeps a key of one enterprise out of another's: %s %s", async ([method, path, body]) => {
  const [own, other] = [await newEnterprise(["sms"]), await newEnterprise(["sms"])];
  const { headers } = await newTestKey({ enterpriseId: own.id });
  const init =
    body === null
      ? { headers }
      : { method, headers: { ...headers, "Content-Type": "application/json" }, body: body(other.id) };

  const answer = await readAnswer(await sendIn(quietEnv().env, body === null ? path + other.id : path, init));

  expect(problemOf(answer)).toMatchObject({ status: 403, code: "forbidden" });
  expect(await query("SELECT 1 FROM deliveries WHERE enterprise_id = ?", [other.id])).toEqual([]);
});

it("lets a key of one enterprise send and read for its own, without naming it where it reads", async () => {
  const own = await newEnterprise(["sms"]);
  const { headers } = await newTestKey({ enterpriseId: own.id, scopes: ["send", "read"] });
  const { env: quiet } = quietEnv();
  const body = JSON.stringify(updateOf(own));

  const posted = await sendIn(quiet, "/", {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body,
  });
  const read = await readAnswer(await sendIn(quiet, "/v1/deliveries", { headers }));

  expect(posted.status).toBe(202);
  expect(read.body["data"]).toMatchObject([{ shipment_id: JSON.parse(body).shipment_id }]);
});

it.for([
  ["POST", "/", (id: string) => JSON.stringify(updateOf({ id, phone: "", email: "" }))],
  [
    "POST",
    "/redrive",
    (id: string) =>
      JSON.stringify({
        filter: { state: "failed", enterprise_id: id },
        dry_run: false,
        expected: 1,
        per_second: 1,
      }),
  ],
] as const)("sends nothing with a test key: %s %s", async ([method, path, body]) => {
  const enterprise = await newEnterprise(["sms"]);
  const { headers } = await newTestKey({ mode: "test" });
  const init = { method, headers: { ...headers, "Content-Type": "application/json" }, body: body(enterprise.id) };

  const answer = await readAnswer(await sendIn(quietEnv().env, path, init));

  expect(problemOf(answer)).toMatchObject({ status: 403, code: "forbidden" });
  expect(await query("SELECT 1 FROM deliveries WHERE enterprise_id = ?", [enterprise.id])).toEqual([]);
});

it("writes down when a key was last used, once a minute, and not as part of what it is used for", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const { headers, keyId } = await newTestKey();
  const { env: quiet } = quietEnv();
  const use = () =>
    sendIn(quiet, "/", {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify(updateOf(enterprise)),
    });

  const first = await network.statementsOf(use);
  const second = await network.statementsOf(use);

  expect(first.filter((statement) => !statement.includes("UPDATE api_keys"))).toHaveLength(2);
  expect(second).toHaveLength(1);
  expect(await query("SELECT last_used_at IS NOT NULL AS used FROM api_keys WHERE key_id = ?", [keyId])).toMatchObject([
    { used: expect.anything() },
  ]);
});

it("says nothing of a key or its digest in logs and answers", async () => {
  const { key, headers, keyId } = await newTestKey({ scopes: ["read"] });
  const [row] = await query<{ digest: string }>("SELECT digest FROM api_keys WHERE key_id = ?", [keyId]);
  const printed = captureConsole();
  const answers = [
    await sendIn(quietEnv().env, "/", { method: "POST", headers }),
    await sendIn(quietEnv().env, "/v1/deliveries", { headers }),
    await sendIn(quietEnv().env, "/v1/deliveries", { headers: { Authorization: `Bearer ${spoilt(key, 30)}` } }),
  ];
  const said = [...printed.lines, ...(await Promise.all(answers.map((answer) => answer.text())))].join("\n");
  printed.release();

  expect(said).toContain(keyId);
  for (const secret of [key, key.slice(25, 60), row?.digest ?? "none"]) expect(said).not.toContain(secret);
});

it.for([
  ["GET", "/", 400],
  ["GET", "/health", 200],
  ["POST", "/callbacks/twilio", 403],
] as const)("asks no key for %s %s", async ([method, path, status]) => {
  const answer = await sendIn(quietEnv().env, path, { method });

  expect(answer.status).toBe(status);
  expect(answer.headers.get("WWW-Authenticate")).toBeNull();
});

it("has no setting that lets somebody in by itself", () => {
  expect(Object.keys(env).filter((name) => name.endsWith("TOKEN"))).toEqual(["TWILIO_AUTH_TOKEN"]);
});
