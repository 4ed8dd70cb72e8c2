import { expect, it } from "vitest";
import { deliveriesOf, newEnterprise, postIn, query, quietEnv, unique, updateOf } from "./kit.ts";
import { network } from "./network.ts";

it("makes one update of 50 identical posts at once, each under a new isolate's memory", async () => {
  const enterprise = await newEnterprise(["sms", "email", "whatsapp"]);
  const update = updateOf(enterprise);
  const key = unique("key");

  const answers = await Promise.all(
    Array.from({ length: 50 }, () => postIn(quietEnv().env, update, { "Idempotency-Key": key })),
  );

  expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 50 }, () => 202));
  expect(new Set(answers.map((answer) => answer.body.update_id)).size).toBe(1);
  expect(answers.filter((answer) => answer.headers.get("Idempotency-Replayed") === null)).toHaveLength(1);
  expect(await deliveriesOf(enterprise)).toHaveLength(3);
});

it("costs one statement per accepted update on a warm isolate, two on a cold one", async () => {
  const enterprise = await newEnterprise(["sms", "email", "whatsapp"]);
  const quiet = quietEnv();

  const cold = await network.statementsOf(() => postIn(quiet.env, updateOf(enterprise)));
  const warm = await network.statementsOf(() => postIn(quiet.env, updateOf(enterprise)));

  expect(cold).toHaveLength(2);
  expect(warm).toHaveLength(1);
});

it("costs one statement for an update whose channels are all skipped", async () => {
  const enterprise = await newEnterprise(["sms", "email"], { phone: null, email: null });
  const quiet = quietEnv();
  await postIn(quiet.env, updateOf(enterprise));

  const statements = await network.statementsOf(() => postIn(quiet.env, updateOf(enterprise)));

  expect(statements).toHaveLength(1);
});

it("rings one bell per lane after the commit, naming ids only", async () => {
  const enterprise = await newEnterprise(["sms", "email", "whatsapp"]);
  const quiet = quietEnv();

  const { body } = await postIn(quiet.env, updateOf(enterprise));

  const ids = body.deliveries.map((delivery) => delivery.delivery_id);
  expect(quiet.bells.map((bell) => bell.lane).toSorted()).toEqual(["email", "sms", "whatsapp"]);
  expect(quiet.bells.flatMap((bell) => bell.body.delivery_ids).toSorted()).toEqual(ids.toSorted());
  expect(quiet.bells.map((bell) => Object.keys(bell.body))).toEqual(
    Array.from({ length: 3 }, () => ["v", "enterprise_id", "delivery_ids"]),
  );
});

it("rings for updates that come together with one request per lane", async () => {
  const enterprises = await Promise.all([1, 2, 3].map(() => newEnterprise(["sms", "email"])));
  const requests: string[] = [];
  const counting = (lane: string) => ({ sendBatch: async () => void requests.push(lane) }) as unknown as Queue;
  const TIMES = JSON.stringify({ gatherBells: 1_000 });
  const quiet = quietEnv({ QUEUE_SMS: counting("sms"), QUEUE_EMAIL: counting("email"), TIMES });

  await Promise.all(enterprises.map((enterprise) => postIn(quiet.env, updateOf(enterprise))));

  expect(requests.toSorted()).toEqual(["email", "sms"]);
});

it("accepts the update when no queue takes the bell, and leaves it to the sweep", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const broken = { sendBatch: () => Promise.reject(new Error("Too Many Requests")) } as unknown as Queue;

  const { status } = await postIn(quietEnv({ QUEUE_SMS: broken }).env, updateOf(enterprise));

  expect(status).toBe(202);
  const rows = await query("SELECT state FROM deliveries WHERE enterprise_id = ? AND ring_at IS NOT NULL", [
    enterprise.id,
  ]);
  expect(rows).toEqual([{ state: "queued" }]);
});

it("answers the original when the insert took effect but its answer was lost", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const quiet = quietEnv();
  const update = updateOf(enterprise);
  const lost = network.failSql({
    errno: 2013,
    after: true,
    matches: (statement) => statement.startsWith("INSERT INTO deliveries") && statement.includes(enterprise.id),
  });

  const first = await postIn(quiet.env, update);
  const again = await postIn(quiet.env, update);

  expect(lost.times).toBe(0);
  expect(first.status).toBe(503);
  expect(again.status).toBe(202);
  expect(again.headers.get("Idempotency-Replayed")).toBe("true");
  expect(await deliveriesOf(enterprise)).toHaveLength(1);
});

it.for(["(errno 1213) (sqlstate 40001)", "for key 'x' (errno 1213)"])(
  "knows a repeat as such whatever its texts hold: %s",
  async (text) => {
    const enterprise = await newEnterprise(["sms"]);
    const update = updateOf(enterprise, { shipment_id: `${unique("S").slice(0, 20)} ${text}` });
    const quiet = quietEnv();
    await postIn(quiet.env, update);

    const again = await postIn(quiet.env, update);

    expect(again.status).toBe(202);
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
  },
);

it.for([
  ["target: -.primary: primary is not serving, there may be a reparent operation in progress", 503],
  [
    "vttablet: rpc error: code = Unavailable desc = operation not allowed in state NOT_SERVING (errno 1105) (sqlstate HY000)",
    503,
  ],
  ["target: -.primary: syntax error at position 7 (errno 1149) (sqlstate 42000)", 500],
] as const)("answers %j of the database with %i", async ([message, status]) => {
  const enterprise = await newEnterprise(["sms"]);
  network.failSql({ errno: 0, message, matches: (statement) => statement.includes(enterprise.id) });

  const answer = await postIn(quietEnv().env, updateOf(enterprise));

  expect(answer.status).toBe(status);
  expect(answer.headers.has("Retry-After")).toBe(status === 503);
});
