import { expect, it } from "vitest";
import { call, sendOne, twilioForm } from "./callbacks-kit.ts";
import { problemOf, readAnswer } from "./http-kit.ts";
import { bellFor, hear, newEnterprise, postIn, query, quietEnv, unique, updateOf, type TestEnterprise } from "./kit.ts";
import { network } from "./network.ts";
import { ask, readAll, type ReadRow } from "./reading-kit.ts";

const pathOf = (shipmentId: string) => `/v1/shipments/${encodeURIComponent(shipmentId)}/timeline`;

/** The whole answer about a shipment. */
async function timelineOf(enterprise: TestEnterprise, shipmentId: string) {
  const { status, body } = await readAnswer(await ask(pathOf(shipmentId), { enterprise_id: enterprise.id }));
  expect(status).toBe(200);
  return body as unknown as { deliveries: ReadRow[]; data: ReadRow[]; next: string | null; [member: string]: unknown };
}

const shipmentOf = async (enterprise: TestEnterprise): Promise<string> => {
  const [row] = await query<{ shipment_id: string }>("SELECT shipment_id FROM deliveries WHERE enterprise_id = ?", [
    enterprise.id,
  ]);
  return row?.shipment_id ?? "";
};

const told = (entries: ReadRow[]) => entries.map(({ type, outcome, text }) => [type, outcome, text]);

it("tells of a message that arrived what was decided, tried, taken and heard, in order", async () => {
  const sent = await sendOne("sms");
  await call(sent.quiet, await twilioForm(sent, "delivered"));

  const shipment = await shipmentOf(sent.enterprise);
  const { deliveries, data, next, ...rest } = await timelineOf(sent.enterprise, shipment);

  expect(rest).toEqual({ enterprise_id: sent.enterprise.id, shipment_id: shipment });
  expect(deliveries).toMatchObject([{ delivery_id: sent.deliveryId, state: "delivered", attempts: 1 }]);
  expect(told(data)).toEqual([
    ["accepted", null, "The update was accepted."],
    ["attempt", "accepted", "The provider took the message."],
    ["log", null, "Logged as accepted by the provider."],
    ["receipt", "delivered", "The provider says: the message was delivered."],
    ["settled", "delivered", "It was delivered."],
  ]);
  expect(data[1]).toEqual({
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    type: "attempt",
    text: "The provider took the message.",
    delivery_id: sent.deliveryId,
    status: "shipped",
    channel: "SMS",
    gateway: "Twilio",
    attempt_id: sent.attempt,
    attempt_no: 1,
    outcome: "accepted",
    code: null,
    provider_code: null,
    provider_id: expect.stringMatching(/^SM/),
    source: null,
    reason: null,
  });
  expect(next).toBeNull();
});

it("tells why a message was not sent: refused by the provider on one channel, no address on another", async () => {
  const { env } = quietEnv();
  const enterprise = await newEnterprise(["sms", "email"], { email: null });
  network.answer(enterprise.phone, () => Response.json({ code: 21211, message: "no", status: 400 }, { status: 400 }));
  const update = updateOf(enterprise);
  const { body } = await postIn(env, update);
  const rows = await query<{ delivery_id: string }>("SELECT delivery_id FROM deliveries WHERE enterprise_id = ?", [
    enterprise.id,
  ]);
  await hear(env, [
    bellFor(
      enterprise,
      rows.map((row) => row.delivery_id),
    ),
  ]);

  const { deliveries, data } = await timelineOf(enterprise, String(update["shipment_id"]));

  expect(deliveries.map(({ channel, state, code, reason }) => [channel, state, code, reason])).toEqual([
    ["SMS", "failed", "rejected", "The provider does not take it for this recipient or content."],
    ["Email", "skipped", "no_address", "The enterprise has no usable address for this channel."],
  ]);
  const sms = data.filter((entry) => entry["delivery_id"] === body.deliveries[0]?.delivery_id);
  expect(told(sms)).toEqual([
    ["accepted", null, "The update was accepted."],
    ["attempt", "rejected", expect.stringContaining("not a valid phone number")],
    ["failure", null, "Not a valid phone number."],
    ["settled", "failed", "It failed: The provider does not take it for this recipient or content."],
  ]);
  expect(sms[2]).toMatchObject({ code: "rejected", provider_code: "21211", attempt_no: 1 });
  const email = data.filter((entry) => entry["channel"] === "Email");
  expect(told(email)).toEqual([
    ["accepted", null, "The update was accepted."],
    ["settled", "skipped", "It is not sent: The enterprise has no usable address for this channel."],
    ["failure", null, "The enterprise has no usable address for this channel."],
  ]);
  expect(JSON.stringify({ deliveries, data })).not.toContain(enterprise.phone);
});

it("tells each step of finding out about a lost answer, and what was found at the provider", async () => {
  const { quiet: _, ...lost } = await sendOne("sms", { answer: async () => new Response("oops", { status: 500 }) });
  const { enterprise, deliveryId, attempt } = lost;
  await query(
    `INSERT INTO reconciliations (enterprise_id, delivery_id, attempt_id, step_no, source, conclusion, message, concluded_at)
     VALUES (?, ?, ?, 1, 'look_up', 'accepted', 'The provider has the message.', UTC_TIMESTAMP(3))`,
    [enterprise.id, deliveryId, attempt],
  );
  await query(
    `INSERT INTO receipts (enterprise_id, attempt_id, event_id, kind, received_at)
     VALUES (?, ?, 'look-up:SM1:progress', 'progress', UTC_TIMESTAMP(3) + INTERVAL 1 SECOND)`,
    [enterprise.id, attempt],
  );

  const { deliveries, data } = await timelineOf(enterprise, await shipmentOf(enterprise));

  expect(deliveries).toMatchObject([{ state: "unknown", code: null, reason: null }]);
  expect(data.map(({ type, outcome, source }) => [type, outcome, source])).toEqual([
    ["accepted", null, null],
    ["attempt", "ambiguous", null],
    ["reconciliation", "accepted", "look_up"],
    ["receipt", "progress", "look_up"],
  ]);
  expect(data[1]?.["text"]).toMatch(/^Whether the provider took the message is not known: /);
  expect(data[3]?.["text"]).toBe("Found at the provider: the message is on its way.");
});

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
    const { rows } = await readAll(pathOf(shipment), { enterprise_id: sent.enterprise.id, limit }, async () => {
      if (no % 5 > 0) await insertReceipt(sent, no, `2026-11-23 07:${30 + no++}:00.000`);
    });
    expect(rows.slice(0, before.length)).toEqual(before);
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(rows.length);
    no++;
  }
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
  const { body } = await readAnswer(await ask(pathOf(shipment), { enterprise_id, limit: 1 }));
  await query("DELETE FROM attempts WHERE enterprise_id = ?", [enterprise_id]);
  await query("DELETE FROM logs WHERE enterprise_id = ?", [enterprise_id]);

  const unknown = await readAnswer(await ask(pathOf(unique("SH")), { enterprise_id }));
  const behind = await readAnswer(await ask(pathOf(shipment), { enterprise_id, cursor: String(body["next"]) }));

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
  const answer = await readAnswer(await ask(pathOf("x".repeat(65)), { limit: "201", channel: "SMS" }));

  expect(problemOf(answer)).toMatchObject({ status: 400, code: "invalid_request" });
  expect(answer.body["errors"]).toEqual([
    { parameter: "shipment_id", message: "must be at most 64 characters" },
    { parameter: "enterprise_id", message: "is required" },
    { parameter: "limit", message: "must be an integer from 1 to 200" },
    { parameter: "channel", message: "is not a parameter of this route" },
  ]);
});
