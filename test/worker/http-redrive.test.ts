import { expect, it } from "vitest";
import { posting, problemOf, readAnswer } from "./http-kit.ts";
import { deliveriesOf, query, quietEnv, sendIn } from "./kit.ts";
import { network } from "./network.ts";
import { ask, ORDER, troubled } from "./redrive-kit.ts";

const quiet = quietEnv().env;

const post = async (body: unknown) =>
  readAnswer(await sendIn(quiet, "/redrive", posting(typeof body === "string" ? body : JSON.stringify(body))));

it("counts first: without `dry_run: false` nothing is changed, at the cost of one statement", async () => {
  const one = await troubled("failed", 3);
  await query("UPDATE deliveries SET expires_at = UTC_TIMESTAMP(3) WHERE delivery_id = ?", [one.ids[0]]);
  const before = await deliveriesOf(one.enterprise);
  const filter = { state: "failed", enterprise_id: one.enterprise.id };
  await post({ filter }); // from now on the key is known

  const statements = await network.statementsOf(async () => {
    const { status, body } = await post({ filter });
    expect({ status, body }).toEqual({
      status: 200,
      body: { status: 200, message: "Counted; nothing was changed.", matching: 2, more: false, expired: 1 },
    });
  });

  expect(statements).toHaveLength(1);
  expect(await deliveriesOf(one.enterprise)).toEqual(before);
});

it("costs five statements, whatever it redrives", async () => {
  const one = await troubled("failed", 4);

  const statements = await network.statementsOf(() => ask(one, "failed", ORDER));

  expect(statements).toHaveLength(5);
});

it("refuses to redrive more than the operator saw", async () => {
  const one = await troubled("failed", 2);

  const answer = await ask(one, "failed", { expected: 1, per_second: 10 });

  expect(problemOf(answer)).toMatchObject({ status: 409, code: "more_than_expected", matching: 2, expected: 1 });
  expect((await deliveriesOf(one.enterprise)).map((row) => row.state)).toEqual(["failed", "failed"]);
});

it.for([
  ["channel_id", "ch_sms", "ch_email"],
  ["gateway_id", "gw_twilio", "gw_sendgrid"],
  ["code", "rejected", "misconfigured"],
  ["provider_code", "21211", "21610"],
  ["settled_from", new Date(Date.now() - 60_000).toISOString(), new Date(Date.now() + 3_600_000).toISOString()],
  ["settled_to", new Date(Date.now() + 3_600_000).toISOString(), new Date(Date.now() - 60_000).toISOString()],
] as const)("filters by %s", async ([name, fitting, other]) => {
  const one = await troubled("failed");

  const found = await ask(one, "failed", { dry_run: true }, { [name]: fitting });
  const none = await ask(one, "failed", { dry_run: true }, { [name]: other });

  expect([found.body["matching"], none.body["matching"]]).toEqual([1, 0]);
});

it("filters by shipment, within an enterprise", async () => {
  const one = await troubled("failed", 2);
  const [row] = await query<{ shipment_id: string }>("SELECT shipment_id FROM deliveries WHERE delivery_id = ?", [
    one.ids[0],
  ]);

  const { body } = await ask(one, "failed", ORDER, { shipment_id: row?.shipment_id });

  expect(body["redriven"]).toBe(1);
  expect((await deliveriesOf(one.enterprise)).map(({ state }) => state)).toEqual(["retrying", "failed"]);
});

it.for([
  ["the filter at all", {}, ["/filter"]],
  ["its state", { filter: {} }, ["/filter/state"]],
  ["an expectation and a rate", { filter: { state: "failed" }, dry_run: false }, ["/expected", "/per_second"]],
  ["the risk of sending twice", { filter: { state: "unconfirmed" }, dry_run: false, ...ORDER }, ["/may_send_twice"]],
  ["the shipment's enterprise", { filter: { state: "failed", shipment_id: "SH-1" } }, ["/filter/enterprise_id"]],
] as const)("asks for %s", async ([, body, pointers]) => {
  const problem = problemOf(await post(body));

  expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
  expect((problem["errors"] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(pointers);
});

it("names every wrong field at once, misspelt ones as well: they would match everything", async () => {
  const problem = problemOf(
    await post({
      filter: { state: "skipped", channel_id: 7, settled_from: "yesterday", enterprize_id: "acme" },
      dry_run: "no",
      expected: -1,
      per_second: 0.5,
    }),
  );

  expect(problem["errors"]).toEqual([
    { pointer: "/filter/state", message: "must be one of failed, unconfirmed" },
    { pointer: "/filter/channel_id", message: "must be a string" },
    { pointer: "/filter/settled_from", message: expect.stringMatching(/\S/) },
    { pointer: "/filter", message: "has no member enterprize_id" },
    { pointer: "/dry_run", message: "must be true or false" },
    { pointer: "/expected", message: "must be an integer from 0 to 10000" },
    { pointer: "/per_second", message: "must be an integer from 1 to 500" },
  ]);
});

it("finds what it needs by an index, without sorting: failures grow", async () => {
  const one = await troubled("failed", 2);
  const statements = [
    ...(await network.statementsOf(() => post({ filter: { state: "failed", provider_code: "21211" } }))),
    ...(await network.statementsOf(() => ask(one, "failed", ORDER))),
  ].filter((statement) => statement.includes("SELECT"));

  expect(statements).toHaveLength(4);
  for (const statement of statements) {
    const plan = await query<{ table: string; type: string; Extra: string | null }>(`EXPLAIN ${statement}`);
    const onDeliveries = plan.filter((row) => row.table === "d" || row.table === "deliveries");
    expect(onDeliveries).not.toHaveLength(0);
    for (const row of onDeliveries) {
      expect(row).toMatchObject({ type: expect.stringMatching(/^(range|ref|const|eq_ref)$/) });
      expect(row.Extra ?? "").not.toContain("filesort");
    }
  }
});
