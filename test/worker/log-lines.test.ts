import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { afterEach, beforeEach, expect, it } from "vitest";
import worker from "../../src/index.ts";
import { posting, readAnswer } from "./http-kit.ts";
import { bellFor, hear, newEnterprise, postIn, quietEnv, sendIn, updateOf } from "./kit.ts";
import { captureConsole, type Captured } from "./log-kit.ts";
import { network } from "./network.ts";

let captured: Captured;

beforeEach(() => {
  captured = captureConsole();
});

afterEach(() => captured.release());

const NUMBER = expect.any(Number);

it("logs one line of an accepted update: its ids, what came of it, how long it took and its statements", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const { env: quiet } = quietEnv();

  const cold = await postIn(quiet, updateOf(enterprise));
  const warm = await postIn(quiet, updateOf(enterprise));

  const line = (answer: typeof cold, statements: number) => ({
    level: "info",
    event: "request",
    request_id: answer.headers.get("X-Request-Id"),
    method: "POST",
    route: "/",
    status: 202,
    key_id: expect.any(String),
    update_id: answer.body.update_id,
    replayed: false,
    duration_ms: NUMBER,
    statements,
  });
  expect(captured.of("request")).toMatchObject([line(cold, 2), line(warm, 1)]);
});

it("tells a repeat, and the update that was stored as a skip", async () => {
  const [subscribed, not] = [await newEnterprise(["sms"]), await newEnterprise(["sms"], { isSubscribed: false })];
  const { env: quiet } = quietEnv();
  const update = updateOf(subscribed);
  await postIn(quiet, update);
  captured.lines.splice(0);

  const repeat = await postIn(quiet, update);
  const skipped = await postIn(quiet, updateOf(not));

  expect(captured.of("request")).toMatchObject([
    { status: 202, update_id: repeat.body.update_id, replayed: true },
    { status: 422, code: "not_subscribed", update_id: skipped.body.update_id },
  ]);
});

it("names the pattern of a route and never its path or query, and no route where there is none", async () => {
  const { env: quiet } = quietEnv();
  const { headers } = posting("");

  await sendIn(quiet, "/v1/shipments/+34600111222/timeline?enterprise_id=a%40b.example", headers ? { headers } : {});
  await sendIn(quiet, "/redrive?phone=+34600111222");
  await sendIn(quiet, "/+34600111222");

  expect(captured.of("request")).toMatchObject([
    { route: "/v1/shipments/:shipment_id/timeline", status: 404, code: "not_found" },
    { route: "/redrive", status: 405, code: "method_not_allowed" },
    { route: null, status: 404, code: "not_found" },
  ]);
  expect(captured.lines.join("\n")).not.toMatch(/34600111222|b\.example/);
});

it("logs one line of a request that was too large, and one of each that is not let in", async () => {
  const { env: quiet } = quietEnv();

  await sendIn(quiet, "/health", { headers: { "X-Large": "x".repeat(20_000) } });
  await sendIn(quiet, "/redrive", { method: "POST" });

  const lines = captured.of("request");
  expect(lines).toMatchObject([
    { status: 431, code: "headers_too_large", statements: 0 },
    { status: 401, code: "unauthorized", route: "/redrive" },
  ]);
  expect(lines[1]).not.toHaveProperty("key_id");
});

it("gives an error's line the id of its request, beside the one line of the request", async () => {
  const enterprise = await newEnterprise(["sms"]);
  network.failSql({
    errno: 1146,
    matches: (sql) => sql.startsWith("INSERT INTO deliveries") && sql.includes(enterprise.id),
  });

  const answer = await postIn(quietEnv().env, updateOf(enterprise));

  const ids = { request_id: answer.headers.get("X-Request-Id"), route: "/" };
  expect(captured.of("request_failed")).toMatchObject([{ ...ids, error: "DatabaseError", errno: 1146 }]);
  expect(captured.of("request")).toMatchObject([{ ...ids, status: 500, code: "internal_error", statements: 2 }]);
});

it("counts the statements of each of many requests at once for itself", async () => {
  const enterprises = await Promise.all(Array.from({ length: 12 }, () => newEnterprise(["sms"])));
  const { env: quiet } = quietEnv();
  await Promise.all(enterprises.slice(0, 6).map((enterprise) => postIn(quiet, updateOf(enterprise))));
  captured.lines.splice(0);

  const answers = await Promise.all(enterprises.map((enterprise) => postIn(quiet, updateOf(enterprise))));

  const counts = new Map(captured.of("request").map((line) => [line["update_id"], line["statements"]]));
  expect(answers.map(({ body }) => counts.get(body.update_id))).toEqual([...Array(6).fill(1), ...Array(6).fill(2)]);
});

it("tells of a forged callback from whom it claims to be", async () => {
  await sendIn(quietEnv().env, "/callbacks/twilio?attempt=att_1", { method: "POST", body: "MessageStatus=sent" });

  expect(captured.of("request")).toMatchObject([
    { route: "/callbacks/:provider", provider: "twilio", status: 403, code: "forged_callback", statements: 0 },
  ]);
});

it("logs one line of a batch, with what became of its deliveries", async () => {
  const [good, bad] = [await newEnterprise(["sms"]), await newEnterprise(["sms"])];
  const { env: quiet } = quietEnv();
  network.answer(bad.phone, () => Response.json({ code: 21211, status: 400 }, { status: 400 }));
  const posted = [good, bad].map(async (enterprise) => {
    const { body } = await postIn(quiet, updateOf(enterprise));
    return bellFor(
      enterprise,
      body.deliveries.map((delivery) => delivery.delivery_id),
    );
  });
  const bells = await Promise.all(posted);
  captured.lines.splice(0);

  await hear(quiet, bells);

  expect(captured.lines).toHaveLength(1);
  expect(captured.of("batch")).toEqual([
    {
      level: "info",
      event: "batch",
      batch_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      queue: "notify-sms",
      bells: 2,
      outcome: "acknowledged",
      named: 2,
      results: 2,
      called: 2,
      lost: 0,
      sent: 1,
      failed: 1,
      duration_ms: NUMBER,
      statements: 7,
    },
  ]);
});

it("gives the line of a batch's error the id of the batch", async () => {
  const enterprise = await newEnterprise(["sms"]);
  network.failSql({
    errno: 1146,
    matches: (sql) => /^\s*UPDATE deliveries d/.test(sql) && sql.includes(enterprise.id),
  });

  await hear(quietEnv().env, [bellFor(enterprise, ["dlv_1"])]);

  const [line] = captured.of("batch");
  expect(line).toMatchObject({ outcome: "comes_again", statements: 1 });
  expect(captured.of("batch_failed")).toMatchObject([{ batch_id: line?.["batch_id"] }]);
});

it("logs one line of a cron run", async () => {
  const context = createExecutionContext();
  // One sweep, and the run has come to its end.
  const settings = { TIMES: JSON.stringify({ sweepEvery: 60_000, purge: 1 }) };

  await worker.scheduled(createScheduledController(), quietEnv(settings).env, context);
  await waitOnExecutionContext(context);

  expect(captured.of("run")).toMatchObject([
    { run_id: expect.stringMatching(/^[0-9a-f-]{36}$/), sweeps: 1, failed: 0, duration_ms: NUMBER, statements: NUMBER },
  ]);
});

it("answers with the id that the log has", async () => {
  const answer = await readAnswer(await sendIn(quietEnv().env, "/"));

  expect(captured.of("request")).toMatchObject([{ request_id: answer.body["request_id"], code: "welcome" }]);
});
