import { expect, it } from "vitest";
import { posting, problemOf, readAnswer } from "./http-kit.ts";
import { deliveriesOf, newEnterprise, postIn, query, quietEnv, sendIn, unique, updateOf, type Posted } from "./kit.ts";
import { network } from "./network.ts";

type Result = {
  index: number;
  status: number;
  replayed: boolean;
  update_id: string;
  code?: string;
  deliveries: { delivery_id: string }[];
  errors: { pointer: string; message: string }[];
};

function resultsOf({ status, body }: Posted): Result[] {
  expect(status).toBe(207);
  return body["results"] as Result[];
}

const statusesOf = (answer: Posted) => resultsOf(answer).map((result) => result.code ?? result.status);

it("answers each update of an array as a post of its own would be, in their order", async () => {
  const [good, silent] = await Promise.all([newEnterprise(["sms", "email"]), newEnterprise([])]);
  const wrong = updateOf(good, { status: "" });
  const answer = await postIn(quietEnv().env, [
    updateOf(good),
    wrong,
    updateOf(silent),
    updateOf({ ...good, id: unique("nobody") }),
    "text",
    updateOf(good, { data: { a: 1 } }),
  ]);

  expect(statusesOf(answer)).toEqual([
    202,
    "invalid_request",
    "no_channels",
    "enterprise_not_found",
    "invalid_request",
    202,
  ]);
  const results = resultsOf(answer);
  expect(results.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(results[0]?.deliveries).toHaveLength(2);
  expect(results[1]?.errors).toEqual([{ pointer: "/1/status", message: "must not be empty" }]);
  expect(results[4]?.errors).toEqual([{ pointer: "/4", message: "must be a JSON object" }]);
  expect(answer.body).toMatchObject({ accepted: 2, refused: 4 });
  expect(await deliveriesOf(good)).toHaveLength(4);
  expect(await deliveriesOf(silent)).toMatchObject([{ state: "skipped", code: "no_channels" }]);
});

it("replays what came before, alone or in an array, and the second of two that are the same", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const [first, second] = [updateOf(enterprise), updateOf(enterprise)];
  const alone = await postIn(quietEnv().env, first);

  const answer = await postIn(quietEnv().env, [first, second, second]);
  const again = await postIn(quietEnv().env, [first, second, second]);

  const [one, two, three] = resultsOf(answer);
  expect([one?.replayed, two?.replayed, three?.replayed]).toEqual([true, false, true]);
  expect(one?.update_id).toBe(alone.body.update_id);
  expect(three?.update_id).toBe(two?.update_id);
  expect(resultsOf(again).map((result) => [result.replayed, result.update_id])).toEqual(
    [one, two, two].map((result) => [true, result?.update_id]),
  );
  expect(await deliveriesOf(enterprise)).toHaveLength(2);
});

it("takes a key for each update, which is what the header is for one", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const key = unique("key");
  const update = updateOf(enterprise);
  await postIn(quietEnv().env, update, { "Idempotency-Key": key });

  const answer = await postIn(quietEnv().env, [
    { ...update, idempotency_key: key },
    updateOf(enterprise, { idempotency_key: key }),
    updateOf(enterprise, { idempotency_key: "two words" }),
  ]);

  expect(statusesOf(answer)).toEqual([202, "content_mismatch", "invalid_request"]);
});

it("refuses the header for an array, and what is empty or too long", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const many = Array.from({ length: 501 }, () => updateOf(enterprise));
  const refused = [
    await postIn(quietEnv().env, [updateOf(enterprise)], { "Idempotency-Key": unique("key") }),
    await postIn(quietEnv().env, []),
    await postIn(quietEnv().env, many),
  ];

  expect(refused.map((answer) => problemOf(answer).code)).toEqual(Array.from({ length: 3 }, () => "invalid_request"));
  expect(await deliveriesOf(enterprise)).toHaveLength(0);
});

it("lets an array have 1 MiB, and each of its updates what one may have alone", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const withData = (length: number) => updateOf(enterprise, { data: { note: "x".repeat(length) } });
  const quiet = quietEnv().env;

  const answer = await postIn(quiet, [...Array.from({ length: 12 }, () => withData(60_000)), withData(70_000)]);
  expect(statusesOf(answer)).toEqual([...Array.from({ length: 12 }, () => 202), "invalid_request"]);

  const alone = await postIn(quiet, withData(70_000));
  expect(problemOf(alone)).toMatchObject({ status: 413, code: "body_too_large" });

  const tooLong = await readAnswer(await sendIn(quiet, "/", posting("[]".padEnd(1024 * 1024 + 1))));
  expect(problemOf(tooLong)).toMatchObject({ status: 413, code: "body_too_large" });
});

it("stores what is more than a server takes at once by more statements", async () => {
  const enterprise = await newEnterprise(["sms", "email", "whatsapp"]);
  // Each quote is escaped twice, and each channel has its copy.
  const data = { note: '"'.repeat(15_000) };
  const updates = Array.from({ length: 30 }, () => updateOf(enterprise, { data }));
  const statements = await network.statementsOf(async () => {
    expect(new Set(statusesOf(await postIn(quietEnv().env, updates)))).toEqual(new Set([202]));
  });

  const inserts = statements.filter((statement) => statement.startsWith("INSERT"));
  expect(inserts.length).toBeGreaterThan(1);
  expect(Math.max(...inserts.map(({ length }) => length))).toBeLessThan(4_100_000);
  expect(await deliveriesOf(enterprise)).toHaveLength(90);
});

it("rings for all of them, three deliveries to a bell", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const { env, bells } = quietEnv();
  await postIn(
    env,
    Array.from({ length: 7 }, () => updateOf(enterprise)),
  );

  expect(bells.map(({ body }) => body.delivery_ids.length)).toEqual([3, 3, 1]);
});

it("accepts the rest when others have stored some of them between its read and its INSERT", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const updates = Array.from({ length: 5 }, () => updateOf(enterprise));
  network.beforeStatement(
    (statement) => statement.startsWith("INSERT INTO deliveries") && statement.includes(enterprise.id),
    () => postIn(quietEnv().env, updates[2]),
  );

  const answer = await postIn(quietEnv().env, updates);

  expect(resultsOf(answer).map(({ replayed }) => replayed)).toEqual([false, false, true, false, false]);
  expect(await deliveriesOf(enterprise)).toHaveLength(5);
});

it("gives up after five rounds on those that others keep storing, and says which they are", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const updates = Array.from({ length: 8 }, () => updateOf(enterprise));
  const interfere = (next: number) =>
    network.beforeStatement(
      (statement) => statement.startsWith("INSERT INTO deliveries") && statement.includes(enterprise.id),
      async () => {
        await postIn(quietEnv().env, updates[next]);
        if (next < 4) interfere(next + 1);
      },
    );
  interfere(0);

  const answer = await postIn(quietEnv().env, updates);

  expect(statusesOf(answer)).toEqual([
    ...Array.from({ length: 5 }, () => 202),
    ...Array.from({ length: 3 }, () => "database_unavailable"),
  ]);
  expect(await deliveriesOf(enterprise)).toHaveLength(5);
});

it("makes one update of each of 20 equal arrays at once, each under a new isolate's memory", async () => {
  const enterprise = await newEnterprise(["sms", "email"]);
  const updates = Array.from({ length: 10 }, () => updateOf(enterprise));

  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, turn) => postIn(quietEnv().env, turn % 2 === 0 ? updates : updates.toReversed())),
  );

  expect(answers.flatMap(resultsOf).filter(({ replayed, status }) => status === 202 && !replayed)).toHaveLength(10);
  expect(answers.flatMap(statusesOf).every((status) => status === 202)).toBe(true);
  expect(await deliveriesOf(enterprise)).toHaveLength(20);
});

it("loses nothing that was stored when the answer of the INSERT is lost: the array can be posted again", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const updates = Array.from({ length: 3 }, () => updateOf(enterprise));
  network.failSql({
    errno: 2013,
    after: true,
    matches: (statement) => statement.startsWith("INSERT INTO deliveries") && statement.includes(enterprise.id),
  });

  const first = await postIn(quietEnv().env, updates);
  const again = await postIn(quietEnv().env, updates);

  expect(first.status).toBe(503);
  expect(resultsOf(again).map(({ replayed }) => replayed)).toEqual([true, true, true]);
  expect(await deliveriesOf(enterprise)).toHaveLength(3);
});

it("keeps the order of an array where two statuses of a shipment are of the same instant", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const first = updateOf(enterprise, { status: "packed" });
  await postIn(quietEnv().env, [first, { ...first, status: "shipped" }, { ...first, status: "delivered" }]);

  const rows = await query<{ status: string }>(
    "SELECT status FROM deliveries WHERE enterprise_id = ? ORDER BY delivery_id",
    [enterprise.id],
  );
  expect(rows.map(({ status }) => status)).toEqual(["packed", "shipped", "delivered"]);
});
