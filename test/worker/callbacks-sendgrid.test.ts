import { expect, it } from "vitest";
import { call, everyRowOf, fateOf, mailEvent, sendOne } from "./callbacks-kit.ts";
import { newMailKey } from "./callbacks-sendgrid-kit.ts";
import { problemOf, readAnswer } from "./http-kit.ts";
import { deliveriesOf, query, quietEnv, unique } from "./kit.ts";
import { network } from "./network.ts";

const key = await newMailKey();
const settings = { SENDGRID_WEBHOOK_PUBLIC_KEY: key.publicKey };

it("settles a delivery by a signed event", async () => {
  const { quiet, ...sent } = await sendOne("email", { settings });

  const answer = await call(quiet, await key.sign([mailEvent(sent, "delivered")]));

  expect(answer.status).toBe(204);
  expect(await deliveriesOf(sent.enterprise)).toMatchObject([
    { state: "delivered", settled_at: expect.stringMatching(/^\d{4}-/) },
  ]);
});

it("explains a bounce in logs_failure in its own words, without the address that the server quoted", async () => {
  const { quiet, ...sent } = await sendOne("email", { settings });
  const reason = `550 5.1.1 <${sent.enterprise.email}>: user unknown`;

  await call(quiet, await key.sign([mailEvent(sent, "bounce", { type: "bounce", status: "5.1.1", reason })]));

  expect(await fateOf(sent.enterprise)).toMatchObject({
    state: "undelivered",
    failures: [
      {
        channel: "Email",
        gateway: "SendGrid",
        code: "undelivered",
        provider_code: "bounce",
        message: expect.stringMatching(/refused the address for good \(5\.1\.1\)/),
      },
    ],
  });
});

it("takes the event that says most when several of one message come together", async () => {
  const { quiet, ...sent } = await sendOne("email", { settings });
  const events = ["delivered", "processed", "open", "deferred"].map((name) => mailEvent(sent, name));

  await call(quiet, await key.sign(events));

  expect((await fateOf(sent.enterprise)).state).toBe("delivered");
  expect((await everyRowOf(sent.enterprise))["receipts"]).toHaveLength(4);
});

it("changes nothing by the same request another 45 times", async () => {
  const { quiet, ...sent } = await sendOne("email", { settings });
  const callback = await key.sign([mailEvent(sent, "processed"), mailEvent(sent, "bounce", { type: "bounce" })]);
  await call(quiet, callback);
  const before = await everyRowOf(sent.enterprise);

  await Promise.all(Array.from({ length: 45 }, () => call(quiet, callback)));

  expect(await everyRowOf(sent.enterprise)).toEqual(before);
});

it("leaves out events that are not ours, and takes those beside them", async () => {
  const { quiet, ...sent } = await sendOne("email", { settings });
  const strangers = [
    7,
    null,
    {},
    { event: "delivered", email: "newsletter@reader.example" },
    mailEvent(sent, "sneeze"),
  ];

  const answer = await call(quiet, await key.sign([...strangers, mailEvent(sent, "delivered")]));

  expect(answer.status).toBe(204);
  expect((await fateOf(sent.enterprise)).state).toBe("delivered");
});

it("answers 400 to signed content that is no array of events", async () => {
  const answer = await readAnswer(await call(quietEnv(settings).env, await key.sign("{}")));

  expect(problemOf(answer)).toMatchObject({ status: 400, code: "invalid_request" });
});

/** How a thousand events fare: the statements that they cost, and the states that they lead to. */
async function applyEvents(sent: { enterprise: { id: string }; attempts: string[] }, events: object[]) {
  const { env } = quietEnv(settings);
  const callback = await key.sign(events);
  let status = 0;
  const statements = await network.statementsOf(async () => ({ status } = await call(env, callback)));
  expect(status).toBe(204);
  const states = "SELECT state, COUNT(*) AS n FROM deliveries WHERE enterprise_id = ? GROUP BY state ORDER BY state";
  return { statements, states: await query(states, [sent.enterprise.id]) };
}

/** What SendGrid says of messages one after another: most arrive, some wait, some are refused or dropped. */
function eventsOf({ enterprise, attempts }: { enterprise: { id: string }; attempts: string[] }): object[] {
  const refused = { type: "blocked", status: "5.7.1", reason: "550 5.7.1 spam" };
  const kinds = ["processed", "delivered", "deferred", "delivered", "bounce"];
  return attempts.map((attempt, index) => {
    const kind = kinds[index % kinds.length] ?? "";
    return mailEvent({ enterprise, attempt }, kind, kind === "bounce" ? refused : {});
  });
}

it("settles a thousand sent messages in four statements", { timeout: 60_000 }, async () => {
  const sent = await manySent(1_000, "recorded");

  const { statements, states } = await applyEvents(sent, eventsOf(sent));

  expect(statements).toHaveLength(4);
  expect(states).toEqual([
    { state: "delivered", n: "400" },
    { state: "sent", n: "400" },
    { state: "undelivered", n: "200" },
  ]);
});

it("takes one statement more where addresses are suppressed", { timeout: 60_000 }, async () => {
  const sent = await manySent(1_000, "recorded");
  const events = sent.attempts.map((attempt, index) =>
    mailEvent({ ...sent, attempt }, index % 2 ? "bounce" : "delivered", {
      type: "bounce",
      email: `${attempt}@x.example`,
    }),
  );

  const { statements, states } = await applyEvents(sent, events);

  expect(statements).toHaveLength(5);
  expect(states).toEqual([
    { state: "delivered", n: "500" },
    { state: "undelivered", n: "500" },
  ]);
});

it("costs two statements to hear a thousand events again", { timeout: 60_000 }, async () => {
  const sent = await manySent(1_000, "recorded");
  const events = sent.attempts.map((attempt) => mailEvent({ ...sent, attempt }, "delivered"));
  await applyEvents(sent, events);

  expect((await applyEvents(sent, events)).statements).toHaveLength(2);
});

it(
  "applies a thousand events of messages whose senders have recorded nothing in six",
  { timeout: 60_000 },
  async () => {
    const sent = await manySent(1_000, "unrecorded");

    const { statements, states } = await applyEvents(sent, eventsOf(sent));

    expect(statements).toHaveLength(6);
    expect(states).toMatchObject([{ n: "400" }, { n: "400" }, { n: "200" }]);
    expect(await query("SELECT COUNT(*) AS n FROM logs WHERE enterprise_id = ?", [sent.enterprise.id])).toEqual([
      { n: "1000" },
    ]);
  },
);

/** Many messages that one enterprise has sent, written as rows; `unrecorded`: only their intents are. */
async function manySent(count: number, how: "recorded" | "unrecorded") {
  const enterprise = { id: unique("ent") };
  const ids = Array.from({ length: count }, (_, index) => `${enterprise.id}-${index}`);
  const then = "2026-01-02 03:04:05";
  await insert(
    "deliveries",
    ids.map((id, index) => ({
      delivery_id: id,
      enterprise_id: enterprise.id,
      update_id: id,
      update_key: `${index}`.padEnd(43, "k"),
      fingerprint: "f".repeat(43),
      position: 0,
      shipment_id: id,
      status: "shipped",
      occurred_at: then,
      timestamp_text: then,
      lane: "email",
      channel_id: "ch_email",
      channel: "Email",
      state: how === "recorded" ? "sent" : "sending",
      look_at: how === "recorded" ? then : null,
      attempt_no: 1,
      due_at: then,
      accepted_at: then,
      expires_at: then,
    })),
  );
  await insert(
    "attempts",
    ids.map((id) => ({
      attempt_id: id,
      enterprise_id: enterprise.id,
      delivery_id: id,
      attempt_no: 1,
      gateway_id: "gw_sendgrid",
      gateway: "SendGrid",
      started_at: then,
      ...(how === "recorded" ? { outcome: "accepted", provider_id: `p-${id}`, ended_at: then } : {}),
    })),
  );
  if (how === "recorded")
    await insert(
      "logs",
      ids.map((id) => logOf(enterprise.id, id, then)),
    );
  return { enterprise, attempts: ids };
}

async function insert(table: string, rows: Record<string, unknown>[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).join(", ");
  const values = rows.map(() => "(?)").join(", ");
  await query(`INSERT INTO ${table} (${columns}) VALUES ${values}`, rows.map(Object.values));
}

function logOf(enterpriseId: string, id: string, then: string) {
  return {
    enterprise_id: enterpriseId,
    attempt_id: id,
    delivery_id: id,
    shipment_id: id,
    status: "shipped",
    timestamp: then,
    channel: "Email",
    gateway: "SendGrid",
    notify_time: then,
    provider_id: `p-${id}`,
  };
}
