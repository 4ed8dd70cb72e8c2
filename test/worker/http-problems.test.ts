import { expect, it } from "vitest";
import { AS_JSON, problemOf, posting, readAnswer, requestsOfEveryKind } from "./http-kit.ts";
import { newEnterprise, post, quietEnv, send, sendIn, updateOf } from "./kit.ts";
import { network } from "./network.ts";

const quiet = quietEnv().env;

it.for(["{", "", '{"shipment_id": 1,}', "shipment"])("answers 400 to malformed JSON: %j", async (body) => {
  const answer = await readAnswer(await sendIn(quiet, "/", posting(body)));

  const problem = problemOf(answer);
  expect(problem).toMatchObject({ status: 400, code: "invalid_json" });
  expect(problem["errors"]).toEqual([{ pointer: "", message: expect.any(String) }]);
});

it("answers 400 to JSON that is not UTF-8", async () => {
  const bytes = new Uint8Array([...new TextEncoder().encode('{"status":"'), 0xff, 0xfe, 0x22, 0x7d]);

  const answer = await readAnswer(await sendIn(quiet, "/", posting(bytes)));

  expect(problemOf(answer)).toMatchObject({ status: 400, code: "invalid_json" });
});

it("names every wrong field of an update at once, and a wrong Idempotency-Key with them", async () => {
  const wrong = { shipment_id: "", status: 7, enterprise_id: "x".repeat(65), timestamp: "yesterday", data: [] };

  const answer = await post(wrong, { "Idempotency-Key": "two words" });

  const problem = problemOf(answer);
  expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
  expect(problem["errors"]).toEqual(
    ["/shipment_id", "/status", "/enterprise_id", "/timestamp", "/data", ""].map((pointer) => ({
      pointer,
      message: expect.stringMatching(/\S/),
    })),
  );
});

it("names every field that is missing", async () => {
  const problem = problemOf(await post({}));
  expect(problem).toMatchObject({ status: 400, code: "invalid_request" });

  expect(problem["errors"]).toEqual(
    ["/shipment_id", "/status", "/enterprise_id", "/timestamp"].map((pointer) => ({ pointer, message: "is required" })),
  );
});

it.for([["text"], [null], [7]])("points at the body itself when it is no object: %j", async ([body]) => {
  const problem = problemOf(await post(JSON.stringify(body)));
  expect(problem).toMatchObject({ status: 400, code: "invalid_request" });

  expect(problem["errors"]).toEqual([{ pointer: "", message: "must be a JSON object" }]);
});

it("names every wrong field of a gateway at once", async () => {
  const answer = await post(
    { gateway_name: "", adapter: 7, kind: "pigeon", sender: 7, priority: 1.5 },
    {},
    "/add-channel-gateway",
  );

  const problem = problemOf(answer);
  expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
  expect((problem["errors"] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(
    ["channel_name", "gateway_name", "adapter", "kind", "sender", "priority"].map((name) => `/${name}`),
  );
});

it.for(["/orders", "/add-channel-gateway/", "/callbacks", "/health/live"])("answers 404 to %s", async (path) => {
  const answer = await readAnswer(await send(path));

  expect(problemOf(answer)).toMatchObject({ status: 404, code: "not_found" });
});

it.for([
  ["/", "GET, HEAD, POST"],
  ["/add-channel-gateway", "POST"],
  ["/fetch-channels-gateways", "GET, HEAD"],
  ["/redrive", "POST"],
  ["/callbacks/twilio", "POST"],
  ["/health", "GET, HEAD"],
] as const)("answers 405 to DELETE %s, and says what is allowed", async ([path, allowed]) => {
  const answer = await readAnswer(await send(path, { method: "DELETE" }));

  expect(problemOf(answer)).toMatchObject({ status: 405, code: "method_not_allowed" });
  expect(answer.headers.get("Allow")).toBe(allowed);
});

it.for([undefined, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])(
  "answers 415 to the Content-Type %s, and names the right one",
  async (type) => {
    const { Authorization } = AS_JSON;
    const headers = type === undefined ? { Authorization } : { Authorization, "Content-Type": type };

    const body = new TextEncoder().encode("{}");
    const answer = await readAnswer(await sendIn(quiet, "/", { method: "POST", headers, body }));

    expect(problemOf(answer)).toMatchObject({ status: 415, code: "unsupported_media_type" });
    expect(answer.headers.get("Accept-Post")).toBe("application/json");
  },
);

it.for(["application/json", "Application/JSON; charset=utf-8", "application/vnd.shop+json"])(
  "takes %s for JSON",
  async (type) => {
    const answer = await sendIn(quiet, "/", posting("{}", { "Content-Type": type }));

    expect(answer.status).toBe(400);
  },
);

it("says nothing about the cause of a failure of its own", async () => {
  const enterprise = await newEnterprise(["sms"]);
  network.failSql({
    errno: 1146,
    matches: (statement) => statement.startsWith("INSERT INTO deliveries") && statement.includes(enterprise.id),
  });

  const answer = await post(updateOf(enterprise));

  const problem = problemOf(answer);
  expect(problem).toMatchObject({ status: 500, code: "internal_error" });
  expect(JSON.stringify(problem)).not.toMatch(/1146|errno|sql|deliveries|insert/i);
});

it("gives every answer an X-Request-Id of its own", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const requests = requestsOfEveryKind(enterprise);
  const answers = await Promise.all(requests.map(async ([path, init]) => sendIn(quiet, path, init)));

  const ids = answers.map((answer) => answer.headers.get("X-Request-Id"));
  expect(ids).toEqual(requests.map(() => expect.stringMatching(/\S{8,}/)));
  expect(new Set(ids).size).toBe(requests.length);
});

it("takes Cloudflare's ray for the id of the answer, so that both logs can be joined", async () => {
  const answer = await readAnswer(await sendIn(quiet, "/", { headers: { "CF-Ray": "8f1d2c3b4a596877-MAD" } }));

  expect(problemOf(answer)).toMatchObject({ status: 400, code: "welcome" });
  expect(answer.body["request_id"]).toBe("8f1d2c3b4a596877-MAD");
});

it("takes nothing else for a ray, since ids are logged", async () => {
  const answer = await readAnswer(await sendIn(quiet, "/", { headers: { "CF-Ray": "+34600111222" } }));

  expect(answer.body["request_id"]).toMatch(/^[0-9a-f-]{36}$/);
});
