import { expect, it } from "vitest";
import { readKeyId } from "../../src/domain/api-key.ts";
import { digestOf } from "../../src/domain/digest.ts";
import { ADMIN_KEY } from "../support/admin-key.ts";
import { problemOf, readAnswer } from "./http-kit.ts";
import { newTestKey, type TestKey } from "./key-kit.ts";
import { newEnterprise, query, quietEnv, sendIn, unique } from "./kit.ts";
import { captureConsole } from "./log-kit.ts";
import { audited, auditOf, call, pathOf } from "./resource-kit.ts";

/** Asks for a path with another key than the tests' own; by default on an isolate that remembers nothing. */
async function callWith(
  { headers }: Pick<TestKey, "headers">,
  method: string,
  path: string,
  body?: unknown,
  env = quietEnv().env,
) {
  const init = { method, headers: { ...headers, "Content-Type": "application/json" } };
  const answer = await sendIn(env, path, body === undefined ? init : { ...init, body: JSON.stringify(body) });
  return answer.status === 204 ? { status: 204, headers: answer.headers, body: {} as never } : readAnswer(answer);
}

const bearing = (key: unknown) => ({ headers: { Authorization: `Bearer ${String(key)}` } });

it("makes a key, answers it once and keeps a digest", async () => {
  const name = unique("shop");

  const { status, headers, body } = await call("POST", "/v1/keys", { name, scopes: ["read", "send"] });

  const { key, ...listed } = body;
  const keyId = readKeyId(String(key)) ?? "";
  expect(status).toBe(201);
  expect(headers.get("Location")).toBe(pathOf("keys", keyId));
  expect(listed).toEqual({
    key_id: keyId,
    name,
    mode: "live",
    scopes: ["send", "read"],
    enterprise_id: null,
    created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    expires_at: null,
    last_used_at: null,
    revoked_at: null,
  });
  expect(await query("SELECT digest FROM api_keys WHERE key_id = ?", [keyId])).toEqual([
    { digest: await digestOf(String(key)) },
  ]);
  expect(await auditOf("key", keyId)).toEqual([audited("created", "", { scopes: ["send", "read"], mode: "live" })]);
  expect(await callWith(bearing(key), "GET", "/fetch-channels-gateways")).toMatchObject({ status: 200 });
  expect(await callWith(bearing(key), "POST", "/v1/keys", {})).toMatchObject({ status: 403 });
});

it("lists keys newest first, page by page, without the keys themselves", async () => {
  const enterprise = await newEnterprise([]);
  const made = [];
  for (let count = 0; count < 3; count += 1) made.push(await newTestKey({ enterpriseId: enterprise.id }));
  const list = `/v1/keys?enterprise_id=${enterprise.id}&limit=2`;

  const first = await call("GET", list);
  const second = await call("GET", `${list}&cursor=${String(first.body["next"])}`);

  const rows = [first, second].flatMap(({ body }) => body["data"] as { key_id: string }[]);
  expect(rows.map((row) => row.key_id)).toEqual(
    made
      .map(({ keyId }) => keyId)
      .toSorted()
      .toReversed(),
  );
  expect(second.body["next"]).toBeNull();
  for (const { key } of made) expect(JSON.stringify(rows)).not.toContain(key.slice(-40));
  for (const row of rows) expect(row).not.toHaveProperty("digest");
});

it("revokes a key, at once where it is asked to, and says so in the audit once", async () => {
  const key = await newTestKey({ scopes: ["read"] });
  const { env: quiet } = quietEnv();
  const use = () => callWith(key, "GET", "/fetch-channels-gateways", undefined, quiet);
  const revoke = () => callWith(bearing(ADMIN_KEY), "DELETE", pathOf("keys", key.keyId), undefined, quiet);
  expect((await use()).status).toBe(200);

  const answers = [await revoke(), await revoke()];

  expect(answers.map(({ status }) => status)).toEqual([204, 204]);
  expect((await use()).status).toBe(401);
  expect(await auditOf("key", key.keyId)).toEqual([audited("revoked", "", null)]);
});

it("does not know keys that nobody has", async () => {
  const answer = await call("DELETE", "/v1/keys/key_0000000000000000");

  expect(problemOf(answer)).toMatchObject({ status: 404, code: "key_not_found" });
});

it("lets a key of one enterprise make, see and revoke that enterprise's keys alone", async () => {
  const [own, other] = [await newEnterprise([]), await newEnterprise([])];
  const admin = await newTestKey({ enterpriseId: own.id });
  const [ofOther, ofAll] = [await newTestKey({ enterpriseId: other.id }), await newTestKey()];

  const made = await callWith(admin, "POST", "/v1/keys", { name: "own", scopes: ["admin"] });
  const refused = await callWith(admin, "POST", "/v1/keys", { name: "x", scopes: ["read"], enterprise_id: other.id });
  const listed = await callWith(admin, "GET", "/v1/keys");
  const ofOthers = await callWith(admin, "GET", `/v1/keys?enterprise_id=${other.id}`);
  const revoked = [];
  for (const { keyId } of [ofOther, ofAll]) revoked.push(await callWith(admin, "DELETE", pathOf("keys", keyId)));

  expect(made).toMatchObject({ status: 201, body: { enterprise_id: own.id } });
  expect(problemOf(refused)).toMatchObject({ status: 403, code: "forbidden" });
  expect((listed.body["data"] as { key_id: string }[]).map((row) => row.key_id)).toEqual([
    made.body["key_id"],
    admin.keyId,
  ]);
  expect(problemOf(ofOthers)).toMatchObject({ status: 403, code: "forbidden" });
  for (const answer of revoked) expect(problemOf(answer)).toMatchObject({ status: 404, code: "key_not_found" });
  expect(
    await query("SELECT key_id FROM api_keys WHERE key_id IN (?) AND revoked_at IS NOT NULL", [
      [ofOther.keyId, ofAll.keyId],
    ]),
  ).toEqual([]);
});

it("lets a test key make, see and revoke test keys alone", async () => {
  const enterprise = await newEnterprise([]);
  const ofEnterprise = { enterpriseId: enterprise.id };
  const [test, live] = [await newTestKey({ ...ofEnterprise, mode: "test" }), await newTestKey(ofEnterprise)];

  const made = await callWith(test, "POST", "/v1/keys", { name: "trial", scopes: ["send"] });
  const refused = await callWith(test, "POST", "/v1/keys", { name: "real", scopes: ["send"], mode: "live" });
  const listed = await callWith(test, "GET", "/v1/keys");
  const revoked = await callWith(test, "DELETE", pathOf("keys", live.keyId));

  expect(made).toMatchObject({ status: 201, body: { mode: "test", key: expect.stringMatching(/^nk_test_/) } });
  expect(problemOf(refused)).toMatchObject({ status: 403, code: "forbidden" });
  expect(listed.body["data"]).toMatchObject([{ mode: "test" }, { key_id: test.keyId }]);
  expect(problemOf(revoked)).toMatchObject({ status: 404, code: "key_not_found" });
});

it("revokes the keys of an enterprise that is removed, so that none of its name inherits them", async () => {
  const enterprise = await newEnterprise([]);
  const key = await newTestKey({ enterpriseId: enterprise.id });

  expect(await call("DELETE", pathOf("customers", enterprise.id))).toMatchObject({ status: 204 });

  expect(await callWith(key, "GET", "/v1/deliveries")).toMatchObject({ status: 401 });
});

it("makes no key for an enterprise that is not there", async () => {
  const answer = await call("POST", "/v1/keys", { name: "x", scopes: ["read"], enterprise_id: unique("nobody") });

  expect(problemOf(answer)).toMatchObject({ status: 404, code: "enterprise_not_found" });
});

it("makes a key that counts until an instant", async () => {
  const { body } = await call("POST", "/v1/keys", { name: "x", scopes: ["read"], expires_at: "2099-01-31T00:00:00Z" });

  expect(body["expires_at"]).toBe("2099-01-31T00:00:00.000Z");
});

it("logs nothing of a key that it makes", async () => {
  const printed = captureConsole();
  const { body } = await call("POST", "/v1/keys", { name: "x", scopes: ["read"] });
  const said = printed.lines.join("\n");
  printed.release();

  expect(said).toContain("/v1/keys");
  expect(said).not.toContain(String(body["key"]).slice(25));
  expect(said).not.toContain(await digestOf(String(body["key"])));
});
