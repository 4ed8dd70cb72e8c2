import { describe, expect, it } from "vitest";
import { problemOf } from "./http-kit.ts";
import { deliveriesOf, newEnterprise, post, postIn, quietEnv, untilStates, updateOf } from "./kit.ts";
import { network } from "./network.ts";

describe.concurrent("while the database does not answer", () => {
  it.for([
    ["the enterprise is looked up", /^\s*SELECT customers\./, false, "Accepted."],
    ["the update is on its way to be stored", /^INSERT INTO deliveries/, false, "Accepted."],
    ["the update was stored", /^INSERT INTO deliveries/, true, "Accepted before; nothing was sent again."],
  ] as const)(
    "answers 503 within three seconds, and a repeat makes one update: when %s",
    async ([, statement, after, message]) => {
      const enterprise = await newEnterprise(["sms"]);
      const { env } = quietEnv();
      const update = updateOf(enterprise);
      network.delaySql({ delayMs: 9_000, matches: (sql) => statement.test(sql) && sql.includes(enterprise.id), after });

      const startedAt = Date.now();
      const answer = await postIn(env, update);
      const took = Date.now() - startedAt;

      expect(problemOf(answer)).toMatchObject({ status: 503, code: "database_unavailable" });
      expect(answer.headers.get("Retry-After")).toBe("5");
      expect(took).toBeLessThan(3_600);
      const repeat = await postIn(env, update);
      expect({ status: repeat.status, message: repeat.body["message"] }).toEqual({ status: 202, message });
      expect(await deliveriesOf(enterprise)).toHaveLength(1);
    },
  );

  it("answers 503 within three seconds when two statements together take longer, and goes on beside", async () => {
    const enterprise = await newEnterprise(["sms"]);
    network.delaySql({ delayMs: 2_000, matches: (sql) => sql.includes(enterprise.id), times: 2 });

    const startedAt = Date.now();
    const answer = await post(updateOf(enterprise));
    const took = Date.now() - startedAt;

    expect(problemOf(answer)).toMatchObject({ status: 503, code: "database_unavailable" });
    expect(took).toBeLessThan(3_600);
    await untilStates(enterprise, ["sent"]);
    expect(network.callsTo(enterprise.phone)).toHaveLength(1);
  });
});

it("answers 503 when the database has no connection left", async () => {
  const enterprise = await newEnterprise(["sms"]);
  network.failSql({ errno: 1040, matches: (sql) => sql.includes(enterprise.id) });

  const answer = await postIn(quietEnv().env, updateOf(enterprise));

  expect(problemOf(answer)).toMatchObject({ status: 503, code: "database_unavailable" });
  expect(answer.headers.get("Retry-After")).toBe("5");
});
