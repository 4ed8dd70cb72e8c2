import { expect, it } from "vitest";
import { AS_JSON, problemOf, readAnswer } from "./http-kit.ts";
import { query, sendIn, quietEnv, unique } from "./kit.ts";
import { network } from "./network.ts";
import { ask, insertRow, instant, LIST_PATHS, readAll, readRows, type ReadRow } from "./reading-kit.ts";

const idsOf = (rows: ReadRow[]) => rows.map((row) => String(row["delivery_id"]));

it.for(LIST_PATHS)("%s lists the rows of one enterprise, newest first, and nobody else's", async (path) => {
  const enterprise = unique("ent");
  const older = await insertRow(path, enterprise, { secondsAgo: 60 });
  const newer = await insertRow(path, enterprise, { secondsAgo: 30 });
  await insertRow(path, `${enterprise}x`);
  await insertRow(path, enterprise.toUpperCase());

  const { rows, next } = await readRows(path, { enterprise_id: enterprise });

  expect(idsOf(rows)).toEqual([newer, older]);
  expect(next).toBeNull();
});

it.for(LIST_PATHS)("%s comes in pages without gaps or repeats while rows are added", async (path) => {
  const enterprise = unique("ent");
  const before: string[] = [];
  // Several rows of one instant stand on both sides of a page's end.
  for (const secondsAgo of [50, 50, 50, 50, 50, 40, 30, 30]) {
    before.push(await insertRow(path, enterprise, { secondsAgo }));
  }

  const { rows, pages } = await readAll(path, { enterprise_id: enterprise, limit: 3 }, () =>
    insertRow(path, enterprise),
  );

  expect(pages).toBe(3);
  expect(rows).toHaveLength(before.length);
  expect(new Set(idsOf(rows))).toEqual(new Set(before));
});

it.for([
  ["shipment_id", "SH-7", "SH-70"],
  ["channel", "Pigeon", "Owl"],
  ["gateway", "Coop", "Barn"],
] as const)("every list filters by %s", async ([name, wanted, other]) => {
  for (const path of LIST_PATHS) {
    const enterprise = unique("ent");
    const ids = [
      await insertRow(path, enterprise, { secondsAgo: 40, [name]: wanted }),
      await insertRow(path, enterprise, { secondsAgo: 30, [name]: wanted }),
    ];
    await insertRow(path, enterprise, { secondsAgo: 35, [name]: other });

    const { rows } = await readAll(path, { enterprise_id: enterprise, [name]: wanted, limit: 1 });

    expect(idsOf(rows)).toEqual(ids.toReversed());
  }
});

it.for(LIST_PATHS)("%s filters by time: what is of `from` counts, what is of `to` does not", async (path) => {
  const enterprise = unique("ent");
  const [, middle] = [
    await insertRow(path, enterprise, { secondsAgo: 30 }),
    await insertRow(path, enterprise, { secondsAgo: 40 }),
    await insertRow(path, enterprise, { secondsAgo: 50 }),
  ];
  const iso = (secondsAgo: number) => `${instant(secondsAgo).replace(" ", "T")}Z`;

  const { rows } = await readRows(path, { enterprise_id: enterprise, from: iso(40), to: iso(30) });

  expect(idsOf(rows)).toEqual([middle]);
});

it.for([
  ["/v1/deliveries", "state", "failed", "delivered"],
  ["/v1/deliveries", "code", "rejected", "expired"],
  ["/v1/logs-failure", "code", "undelivered", "rejected"],
] as const)("%s filters by %s", async ([path, name, wanted, other]) => {
  const enterprise = unique("ent");
  const id = await insertRow(path, enterprise, { [name]: wanted });
  await insertRow(path, enterprise, { [name]: other });

  const { rows } = await readRows(path, { enterprise_id: enterprise, [name]: wanted });

  expect(idsOf(rows)).toEqual([id]);
});

it("answers a delivery with its state, the reason in words, and when it is due while it waits", async () => {
  const enterprise = unique("ent");
  const delivery_id = await insertRow("/v1/deliveries", enterprise, { state: "failed", code: "misconfigured" });
  const waiting = await insertRow("/v1/deliveries", enterprise, { state: "retrying", secondsAgo: 5 });

  const { rows } = await readRows("/v1/deliveries", { enterprise_id: enterprise });

  expect(rows[0]).toEqual({
    delivery_id,
    update_id: delivery_id.replace("dlv_", "upd_"),
    shipment_id: "SH-1",
    status: "shipped",
    timestamp: "2026-11-23T07:30:05.120Z",
    channel: "SMS",
    gateway: "Twilio",
    state: "failed",
    code: "misconfigured",
    reason: "Account, sender, template or credentials of the gateway are wrong.",
    attempts: 0,
    accepted_at: `${instant(0).replace(" ", "T")}Z`,
    due_at: null,
    settled_at: null,
    expires_at: "2026-11-24T07:30:06.000Z",
  });
  expect(rows[1]).toMatchObject({ delivery_id: waiting, reason: null, due_at: "2026-11-23T07:30:06.000Z" });
});

it("answers what a provider accepted, and what did not arrive, with ids to go on with", async () => {
  const enterprise = unique("ent");
  const shared = {
    shipment_id: "SH-1",
    status: "shipped",
    timestamp: "2026-11-23T07:30:05.120Z",
    channel: "SMS",
    gateway: "Twilio",
    notify_time: `${instant(0).replace(" ", "T")}Z`,
    provider_id: "SM1",
  };
  const logged = await insertRow("/v1/logs", enterprise, { provider_id: "SM1" });
  const failed = await insertRow("/v1/logs-failure", enterprise, { provider_id: "SM1", provider_code: "21211" });

  const { rows: logs } = await readRows("/v1/logs", { enterprise_id: enterprise });
  const { rows: failures } = await readRows("/v1/logs-failure", { enterprise_id: enterprise });

  expect(logs).toEqual([{ ...shared, delivery_id: logged, attempt_id: logged.replace("dlv_", "att_") }]);
  expect(failures).toEqual([
    {
      ...shared,
      delivery_id: failed,
      attempt_id: null,
      attempt_no: 1,
      code: "rejected",
      provider_code: "21211",
      message: "Not a valid phone number.",
    },
  ]);
});

it.for(LIST_PATHS)("%s names every wrong parameter at once, misspelt ones as well", async (path) => {
  const wrong = "limit=0&from=yesterday&shipment_id=&channel=SMS&channel=Email&enterprize_id=acme&constructor=1";
  const answer = await sendIn(quietEnv().env, `${path}?${wrong}`, { headers: AS_JSON });

  const problem = problemOf(await readAnswer(answer));

  expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
  expect(problem["errors"]).toEqual([
    { parameter: "channel", message: "must be given once" },
    { parameter: "enterprise_id", message: "is required" },
    { parameter: "limit", message: "must be an integer from 1 to 200" },
    { parameter: "shipment_id", message: "must not be empty" },
    { parameter: "from", message: expect.stringContaining("RFC 3339") },
    { parameter: "enterprize_id", message: "is not a parameter of this route" },
    { parameter: "constructor", message: "is not a parameter of this route" },
  ]);
});

it.for(LIST_PATHS)("%s refuses a cursor that is none, or of another query", async (path) => {
  const enterprise = unique("ent");
  await insertRow(path, enterprise, { secondsAgo: 5 });
  await insertRow(path, enterprise, { secondsAgo: 6 });
  const { next } = await readRows(path, { enterprise_id: enterprise, limit: 1 });
  const cursor = next ?? "";
  const other = LIST_PATHS.find((one) => one !== path) ?? path;

  const answers = [
    await ask(path, { enterprise_id: enterprise, cursor: "x" }),
    await ask(path, { enterprise_id: enterprise, cursor: `${cursor}AA` }),
    await ask(path, { enterprise_id: `${enterprise}x`, cursor }),
    await ask(path, { enterprise_id: enterprise, channel: "SMS", cursor }),
    await ask(other, { enterprise_id: enterprise, cursor }),
  ];

  for (const answer of answers) {
    expect(problemOf(await readAnswer(answer))["errors"]).toEqual([
      { parameter: "cursor", message: "must be the 'next' of an answer to the same query" },
    ]);
  }
  expect((await readRows(path, { enterprise_id: enterprise, limit: 200, cursor })).rows).toHaveLength(1);
});

it.for(LIST_PATHS)(
  "%s looks at 10,000 rows at most for a filter that few rows fit, and goes on from there",
  async (path) => {
    const enterprise = unique("ent");
    const id = await insertRow(path, enterprise, { secondsAgo: 9_000, channel: "Rare" });
    await fillUp(path, enterprise);

    const statements = await network.statementsOf(async () => {
      const { rows, next } = await readRows(path, { enterprise_id: enterprise, channel: "Rare" });
      expect(rows).toEqual([]);
      expect(next).not.toBeNull();
    });
    const all = await readAll(path, { enterprise_id: enterprise, channel: "Rare" });

    expect(statements).toHaveLength(2);
    expect(idsOf(all.rows)).toEqual([id]);
  },
);

/** More rows of one enterprise than one call looks at, by copying one. */
async function fillUp(path: (typeof LIST_PATHS)[number], enterprise: string): Promise<void> {
  const id = await insertRow(path, enterprise, { secondsAgo: 10 });
  const table = path === "/v1/deliveries" ? "deliveries" : path === "/v1/logs" ? "logs" : "logs_failure";
  const columns = await query<{ name: string }>(
    "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?",
    [table],
  );
  const time = table === "deliveries" ? "accepted_at" : "notify_time";
  const made: Record<string, string> = {
    delivery_id: "CONCAT(delivery_id, n)",
    attempt_id: "CONCAT(attempt_id, n)",
    update_key: "RIGHT(CONCAT(update_key, n), 43)",
    [time]: `${time} - INTERVAL n DIV 100 SECOND`,
  };
  await query(
    `INSERT INTO ${table} (${columns.map(({ name }) => name).join(", ")})
     SELECT ${columns.map(({ name }) => made[name] ?? name).join(", ")}
       FROM ${table}, (SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS n FROM ${["a", "b", "c"]
         .map((one) => `(${DIGITS}) ${one}`)
         .join(", ")}, (${DIGITS} UNION ALL SELECT 10) d) numbers
      WHERE enterprise_id = ? AND delivery_id = ?`,
    [enterprise, id],
  );
}

const DIGITS = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS n`).join(" UNION ALL ");

it.for(LIST_PATHS)("%s costs one statement, two with a filter that no index knows", async (path) => {
  const enterprise_id = unique("ent");

  const plain = await network.statementsOf(() => ask(path, { enterprise_id }));
  const shipment = await network.statementsOf(() => ask(path, { enterprise_id, shipment_id: "SH-1", channel: "SMS" }));
  const filtered = await network.statementsOf(() => ask(path, { enterprise_id, channel: "SMS" }));

  expect([plain, shipment, filtered].map(({ length }) => length)).toEqual([1, 1, 2]);
});

it.for(["/v1/shipments/SH-1/timeline", ...LIST_PATHS])("%s is for who has the token", async (path) => {
  const answer = await sendIn(quietEnv().env, `${path}?enterprise_id=acme`);

  expect(problemOf(await readAnswer(answer))).toMatchObject({ status: 401, code: "unauthorized" });
});
