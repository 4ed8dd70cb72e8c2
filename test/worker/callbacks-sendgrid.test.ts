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

it("applies a thousand events with as many statements as ten", { timeout: 60_000 }, async () => {
  const statementsFor = async (count: number) => {
    const { env } = quietEnv(settings);
    const { enterprise, attempts } = await manySent(count);
    const kinds = ["delivered", "bounce", "processed"];
    const events = attempts.map((attempt, index) => mailEvent({ enterprise, attempt }, kinds[index % 3] ?? ""));
    const callback = await key.sign(events);
    let status = 0;
    const statements = await network.statementsOf(async () => ({ status } = await call(env, callback)));
    expect(status).toBe(204);
    return { statements: statements.length, enterprise };
  };

  const [ten, thousand] = [await statementsFor(10), await statementsFor(1_000)];

  expect(thousand.statements).toBe(ten.statements);
  const states = "SELECT state, COUNT(*) AS n FROM deliveries WHERE enterprise_id = ? GROUP BY state ORDER BY state";
  expect(await query(states, [thousand.enterprise.id])).toEqual([
    { state: "delivered", n: "334" },
    { state: "sent", n: "333" },
    { state: "undelivered", n: "333" },
  ]);
});

/** Many messages that one enterprise has sent, written as rows. */
async function manySent(count: number) {
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
      channel: "Email",
      state: "sent",
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
    })),
  );
  return { enterprise, attempts: ids };
}

async function insert(table: string, rows: Record<string, unknown>[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).join(", ");
  const values = rows.map(() => "(?)").join(", ");
  await query(`INSERT INTO ${table} (${columns}) VALUES ${values}`, rows.map(Object.values));
}
