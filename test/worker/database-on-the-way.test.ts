import { expect, it } from "vitest";
import { call, everyRowOf, sendOne, twilioForm } from "./callbacks-kit.ts";
import { problemOf } from "./http-kit.ts";
import { bellFor, deliveriesOf, hear, newEnterprise, postIn, query, quietEnv, sweepIn, updateOf } from "./kit.ts";
import { network } from "./network.ts";

/** What may come in place of the database's answer, from whatever lies on the way to it. */
const STRANGE_ANSWERS: Record<string, () => Response | Promise<Response>> = {
  "HTTP 520": () => new Response("<html>Web server returns an unknown error</html>", { status: 520 }),
  "HTTP 522": () => new Response("error code: 522", { status: 522 }),
  "HTTP 530": () => new Response("error code: 1016", { status: 530 }),
  "an answer that is cut off": () => new Response('{"session":{"signature":"x","vitessSe'),
  "an answer that breaks off": () => new Response(brokenOff()),
  "an empty answer": () => new Response(""),
  "a stranger's page": () => new Response("<html>Sign in to this network</html>"),
  "a refused connection": () => Promise.reject(new TypeError("Network connection lost.")),
};

function brokenOff(): ReadableStream {
  const begun = new TextEncoder().encode('{"session":');
  return new ReadableStream({
    start: (controller) => controller.enqueue(begun),
    pull: (controller) => controller.error(new TypeError("Network connection lost.")),
  });
}

const answers = Object.keys(STRANGE_ANSWERS);

function answerOf(name: string) {
  const answer = STRANGE_ANSWERS[name];
  if (!answer) throw new Error("There is no such answer.");
  return answer;
}

async function postedInto(name: string, after: boolean) {
  const enterprise = await newEnterprise(["sms"]);
  const quiet = quietEnv();
  const update = updateOf(enterprise);
  network.answerSql({
    answer: answerOf(name),
    after,
    matches: (sql) => sql.startsWith("INSERT INTO deliveries") && sql.includes(enterprise.id),
  });
  const first = await postIn(quiet.env, update);
  const bells = quiet.bells.length;
  return { enterprise, first, bells, repeat: await postIn(quiet.env, update) };
}

it.for(answers)("answers 503 to %s that comes after the commit, and a repeat finds the one update", async (name) => {
  const { enterprise, first, repeat } = await postedInto(name, true);

  expect(problemOf(first)).toMatchObject({ status: 503, code: "database_unavailable" });
  expect(first.headers.get("Retry-After")).toBe("5");
  expect({ status: repeat.status, replayed: repeat.headers.get("Idempotency-Replayed") }).toEqual({
    status: 202,
    replayed: "true",
  });
  expect(await deliveriesOf(enterprise)).toHaveLength(1);
});

it.for(answers)("accepts nothing, and rings for nothing, when %s comes in place of the commit", async (name) => {
  const { enterprise, first, bells, repeat } = await postedInto(name, false);

  expect(problemOf(first)).toMatchObject({ status: 503, code: "database_unavailable" });
  expect(bells).toBe(0);
  expect({ status: repeat.status, replayed: repeat.headers.get("Idempotency-Replayed") }).toEqual({
    status: 202,
    replayed: null,
  });
  expect(await deliveriesOf(enterprise)).toHaveLength(1);
});

/** The statements of one delivery, each by what only it has. */
const STATEMENTS: Record<string, (statement: string) => boolean> = {
  claim: (sql) => sql.includes("UPDATE deliveries d"),
  load: (sql) => sql.includes("AS timestampText"),
  intent: (sql) => sql.includes("INSERT INTO attempts"),
  attempt: (sql) => sql.includes("UPDATE attempts"),
  log: (sql) => /insert (ignore )?into .?logs/i.test(sql),
  state: (sql) => sql.includes("lane = COALESCE("),
};

it.for(Object.keys(STATEMENTS))(
  "calls the provider once when HTTP 520 comes after the %s took effect",
  async (name) => {
    const enterprise = await newEnterprise(["sms"]);
    const quiet = quietEnv();
    const { body } = await postIn(quiet.env, updateOf(enterprise));
    const bell = bellFor(
      enterprise,
      body.deliveries.map((delivery) => delivery.delivery_id),
    );
    const fault = network.answerSql({
      answer: answerOf("HTTP 520"),
      after: true,
      matches: (sql) => sql.includes(enterprise.id) && STATEMENTS[name]?.(sql) === true,
    });

    await hear(quiet.env, [bell]);
    await query("UPDATE deliveries SET lease_until = lease_until - INTERVAL 61 SECOND WHERE enterprise_id = ?", [
      enterprise.id,
    ]);
    await sweepIn(quiet.env);
    await hear(quiet.env, [bell]);

    expect(fault.times).toBe(0);
    expect((await deliveriesOf(enterprise)).map((row) => row.state)).toEqual(["sent"]);
    expect(network.callsTo(enterprise.phone)).toHaveLength(1);
    expect(await query("SELECT 1 FROM logs WHERE enterprise_id = ?", [enterprise.id])).toHaveLength(1);
  },
);

/** The statements of one receipt, each by what only it has. */
const RECEIPT_STATEMENTS: Record<string, RegExp> = {
  search: /^\s*SELECT a\.enterprise_id/,
  receipt: /insert (ignore )?into `?receipts/i,
  state: /UPDATE deliveries/,
};

it.for(Object.keys(RECEIPT_STATEMENTS))(
  "answers 503 to a receipt when HTTP 520 comes after the %s took effect, and its repeat settles the delivery once",
  async (name) => {
    const { quiet, ...sent } = await sendOne("sms");
    const receipt = await twilioForm(sent, "undelivered", { ErrorCode: "30005" });
    const fault = network.answerSql({
      answer: answerOf("HTTP 520"),
      after: true,
      matches: (sql) => sql.includes(sent.enterprise.id) && RECEIPT_STATEMENTS[name]?.test(sql) === true,
    });

    const first = await call(quiet, receipt);
    const repeat = await call(quiet, receipt);

    expect(fault.times).toBe(0);
    expect([first.status, repeat.status]).toEqual([503, 204]);
    expect((await deliveriesOf(sent.enterprise)).map((row) => row.state)).toEqual(["undelivered"]);
    const rows = await everyRowOf(sent.enterprise);
    expect([rows["receipts"], rows["logs"], rows["logs_failure"]].map((found) => found?.length)).toEqual([1, 1, 1]);
  },
);
