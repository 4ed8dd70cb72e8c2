import { beforeAll, expect, it } from "vitest";
import { barredOf, call, everyRowOf, mailEvent, sendOne } from "./callbacks-kit.ts";
import { newMailKey, type MailKey } from "./callbacks-sendgrid-kit.ts";
import { newEnterprise, query, unique } from "./kit.ts";
import { network } from "./network.ts";

let key: MailKey;
let settings: Partial<Env>;
beforeAll(async () => {
  key = await newMailKey();
  settings = { SENDGRID_WEBHOOK_PUBLIC_KEY: key.publicKey };
});

const seconds = (ago: number) => ({ timestamp: Math.floor(Date.now() / 1000) - ago });

it.for([
  ["bounce", { type: "bounce" }, "bounced"],
  ["spamreport", {}, "complained"],
  ["unsubscribe", {}, "unsubscribed"],
  ["group_unsubscribe", {}, "unsubscribed"],
  ["dropped", { reason: "Invalid" }, "invalid"],
] as const)("%s bars the address that it names", async ([name, set, code]) => {
  const { quiet, ...sent } = await sendOne("email", { settings });
  const address = `${unique("Old")}@customer.example`;

  await call(quiet, await key.sign([mailEvent(sent, name, { ...set, email: address })]));

  expect(await barredOf(sent.enterprise)).toMatchObject([
    { channel_id: "ch_email", address: address.toLowerCase(), code, lifted: 0 },
  ]);
});

it("bars the customer's address where the event names none", async () => {
  const { quiet, ...sent } = await sendOne("email", { settings });

  await call(quiet, await key.sign([mailEvent(sent, "spamreport")]));

  expect(await barredOf(sent.enterprise)).toMatchObject([{ address: sent.enterprise.email }]);
});

it.for([
  ["delivered", {}],
  ["deferred", {}],
  ["bounce", { type: "blocked" }],
  ["dropped", { reason: "Spam Content" }],
] as const)("%s with %j bars nothing", async ([name, set]) => {
  const { quiet, ...sent } = await sendOne("email", { settings });

  await call(quiet, await key.sign([mailEvent(sent, name, set)]));

  expect(await barredOf(sent.enterprise)).toEqual([]);
});

it("bars nothing by events about another enterprise's attempt", async () => {
  const { quiet, ...sent } = await sendOne("email", { settings });
  const thief = await newEnterprise(["email"]);

  await call(quiet, await key.sign([mailEvent({ ...sent, enterprise: thief }, "spamreport", { email: thief.email })]));

  expect([await barredOf(thief), await barredOf(sent.enterprise)]).toEqual([[], []]);
});

it("lifts an unsubscription when the recipient subscribes again, and an older event does not bring it back", async () => {
  const { quiet, ...sent } = await sendOne("email", { settings });
  const left = await key.sign([mailEvent(sent, "group_unsubscribe", seconds(30))]);
  await call(quiet, left);

  await call(quiet, await key.sign([mailEvent(sent, "group_resubscribe", seconds(20))]));
  await call(quiet, left);
  await call(quiet, await key.sign([mailEvent(sent, "unsubscribe", seconds(25))]));
  expect(await barredOf(sent.enterprise)).toMatchObject([{ lifted: 1 }]);

  await call(quiet, await key.sign([mailEvent(sent, "group_unsubscribe", seconds(10))]));
  expect(await barredOf(sent.enterprise)).toMatchObject([{ code: "unsubscribed", lifted: 0 }]);
});

it("comes to the same when the later event comes first", async () => {
  const { quiet, ...sent } = await sendOne("email", { settings });

  await call(quiet, await key.sign([mailEvent(sent, "group_resubscribe", seconds(20))]));
  await call(quiet, await key.sign([mailEvent(sent, "group_unsubscribe", seconds(30))]));

  expect(await barredOf(sent.enterprise)).toMatchObject([{ lifted: 1 }]);
});

it("takes several events about one address in the order of their times, whatever their order in the array", async () => {
  const { quiet, ...sent } = await sendOne("email", { settings });
  const events = [
    mailEvent(sent, "group_resubscribe", seconds(20)),
    mailEvent(sent, "group_unsubscribe", seconds(10)),
    mailEvent(sent, "group_unsubscribe", seconds(30)),
  ];

  await call(quiet, await key.sign(events));

  expect(await barredOf(sent.enterprise)).toMatchObject([{ code: "unsubscribed", lifted: 0 }]);
});

it("does not let a new subscription lift what a bounce has barred", async () => {
  const { quiet, ...sent } = await sendOne("email", { settings });
  await call(quiet, await key.sign([mailEvent(sent, "unsubscribe", seconds(30))]));
  await call(quiet, await key.sign([mailEvent(sent, "bounce", { type: "bounce", ...seconds(20) })]));

  await call(quiet, await key.sign([mailEvent(sent, "group_resubscribe", seconds(10))]));

  expect(await barredOf(sent.enterprise)).toMatchObject([{ code: "bounced", lifted: 0 }]);
});

it("changes nothing by the same events another 45 times", async () => {
  const { quiet, ...sent } = await sendOne("email", { settings });
  const callback = await key.sign([
    mailEvent(sent, "group_unsubscribe", seconds(30)),
    mailEvent(sent, "group_resubscribe", seconds(20)),
    mailEvent(sent, "spamreport", seconds(10)),
  ]);
  await call(quiet, callback);
  const before = await everyRowOf(sent.enterprise);

  await Promise.all(Array.from({ length: 45 }, () => call(quiet, callback)));

  expect(await everyRowOf(sent.enterprise)).toEqual(before);
});

it("takes one statement more for a thousand such events", { timeout: 60_000 }, async () => {
  const { quiet, ...sent } = await sendOne("email", { settings });
  const many = (name: string) =>
    key.sign(
      Array.from({ length: 1_000 }, (_, n) =>
        mailEvent(sent, name, { type: "bounce", email: `${n}@customer.example` }),
      ),
    );
  const [bounces, deferrals] = [await many("bounce"), await many("deferred")];

  const plain = await network.statementsOf(() => call(quiet, deferrals));
  const barring = await network.statementsOf(() => call(quiet, bounces));

  expect(barring.filter((statement) => statement.includes("INTO suppressions"))).toHaveLength(1);
  expect(barring.length).toBeLessThanOrEqual(7);
  expect(plain.length).toBeLessThanOrEqual(6);
  expect(await barredOf(sent.enterprise)).toHaveLength(1_000);
});

it("believes no provider's clock that is ahead of ours", async () => {
  const { quiet, ...sent } = await sendOne("email", { settings });

  await call(quiet, await key.sign([mailEvent(sent, "group_resubscribe", seconds(-86_400))]));

  expect(
    await query("SELECT lifted_at <= UTC_TIMESTAMP(3) AS past FROM suppressions WHERE enterprise_id = ?", [
      sent.enterprise.id,
    ]),
  ).toEqual([{ past: 1 }]);
});
