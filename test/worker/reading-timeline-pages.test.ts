import { expect, it } from "vitest";
import { call, sendOne, twilioForm } from "./callbacks-kit.ts";
import { problemOf, readAnswer } from "./http-kit.ts";
import { newEnterprise, postIn, query, quietEnv, unique, updateOf, type TestEnterprise } from "./kit.ts";
import { network } from "./network.ts";
import { ask, readAll, shipmentOf, timelineOf, timelinePath } from "./reading-kit.ts";

it("comes in pages of the same entries in the same order, while more happens", async () => {
  const sent = await sendOne("sms");
  await call(sent.quiet, await twilioForm(sent, "sent"));
  const shipment = await shipmentOf(sent.enterprise);
  // All of one instant: what stands at a page's end is told apart by its kind and its key alone.
  for (const [table, time] of TIMES) {
    await query(`UPDATE ${table} SET ${time} = '2026-11-23 07:30:05.120' WHERE enterprise_id = ?`, [
      sent.enterprise.id,
    ]);
  }
  for (const no of [1, 2, 3]) await insertReceipt(sent, no, "2026-11-23 07:30:05.120");
  let no = 4;

  for (const limit of [1, 2, 3]) {
    const { data: before } = await timelineOf(sent.enterprise, shipment);
    const { rows } = await readAll(timelinePath(shipment), { enterprise_id: sent.enterprise.id, limit }, async () => {
      if (no % 5 > 0) await insertReceipt(sent, no, `2026-11-23 07:${30 + no++}:00.000`);
    });
    expect(rows.slice(0, before.length)).toEqual(before);
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(rows.length);
    no++;
  }
});

it("tells of the shipment of one enterprise, and not of another's with the same id", async () => {
  const [sent, other] = [await sendOne("sms"), await sendOne("sms")];
  const shipment = await shipmentOf(sent.enterprise);
  for (const table of ["deliveries", "logs"]) {
    await query(`UPDATE ${table} SET shipment_id = ? WHERE enterprise_id = ?`, [shipment, other.enterprise.id]);
  }

  const { deliveries, data } = await timelineOf(sent.enterprise, shipment);

  const ids = new Set([...deliveries, ...data].map((row) => row["delivery_id"]));
  expect([...ids]).toEqual([sent.deliveryId]);
});

it("answers 404 for a shipment of which nothing is known, and an empty page behind the last", async () => {
  const sent = await sendOne("sms");
  const shipment = await shipmentOf(sent.enterprise);
  const enterprise_id = sent.enterprise.id;
  const { body } = await readAnswer(await ask(timelinePath(shipment), { enterprise_id, limit: 1 }));
  await query("DELETE FROM attempts WHERE enterprise_id = ?", [enterprise_id]);
  await query("DELETE FROM logs WHERE enterprise_id = ?", [enterprise_id]);

  const unknown = await readAnswer(await ask(timelinePath(unique("SH")), { enterprise_id }));
  const behind = await readAnswer(await ask(timelinePath(shipment), { enterprise_id, cursor: String(body["next"]) }));

  expect(problemOf(unknown)).toMatchObject({ status: 404, code: "not_found" });
  expect(behind).toMatchObject({ status: 200, body: { data: [], next: null } });
});

it.for(["A/B", "50% off", "ñandú+1", "..x"])("finds the shipment %s, whatever its id is made of", async (shipment) => {
  const enterprise = await newEnterprise(["sms"]);
  await postIn(quietEnv().env, updateOf(enterprise, { shipment_id: shipment }));

  const { deliveries } = await timelineOf(enterprise, shipment);

  expect(deliveries).toMatchObject([{ shipment_id: shipment }]);
});

it("costs two statements, both at once, each by indexes and within the enterprise", async () => {
  const sent = await sendOne("sms");
  const shipment = await shipmentOf(sent.enterprise);

  const statements = await network.statementsOf(() => timelineOf(sent.enterprise, shipment));

  expect(statements).toHaveLength(2);
  for (const statement of statements) {
    const plan = await query<{ table: string | null; type: string; key: string | null }>(`EXPLAIN ${statement}`);
    const onTables = plan.filter(({ table }) => table !== null && !table.startsWith("<"));
    expect(onTables).not.toHaveLength(0);
    for (const row of onTables) expect(row).toMatchObject({ type: expect.stringMatching(/^(ref|eq_ref|range)$/) });
  }
});

it("names every wrong parameter at once, the shipment's id as well", async () => {
  const answer = await readAnswer(await ask(timelinePath("x".repeat(65)), { limit: "201", channel: "SMS" }));

  expect(problemOf(answer)).toMatchObject({ status: 400, code: "invalid_request" });
  expect(answer.body["errors"]).toEqual([
    { parameter: "shipment_id", message: "must be at most 64 characters" },
    { parameter: "enterprise_id", message: "is required" },
    { parameter: "limit", message: "must be an integer from 1 to 200" },
    { parameter: "channel", message: "is not a parameter of this route" },
  ]);
});

const TIMES = [
  ["deliveries", "accepted_at"],
  ["attempts", "started_at"],
  ["logs", "notify_time"],
  ["receipts", "received_at"],
] as const;

function insertReceipt(
  { enterprise, attempt }: { enterprise: TestEnterprise; attempt: string },
  no: number,
  at: string,
) {
  return query(
    `INSERT INTO receipts (enterprise_id, attempt_id, event_id, kind, provider_id, received_at)
     VALUES (?, ?, ?, 'progress', ?, ?)`,
    [enterprise.id, attempt, `event-${no}`, `SM-${no}`, at],
  );
}
