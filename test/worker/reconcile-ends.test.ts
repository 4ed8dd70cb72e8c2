import { createExecutionContext } from "cloudflare:test";
import { expect, it } from "vitest";
import { createServices } from "../../src/services.ts";
import { applyReceipts } from "../../src/usecases/apply-receipts.ts";
import { bellFor, deliveriesOf, hear, newEnterprise, postIn, query, quietEnv, unique, updateOf } from "./kit.ts";
import { network } from "./network.ts";
import { ambiguous, newMailGateway, pass, statesOf, stepsOf, subscribe, sweep, twilioHas } from "./reconcile-kit.ts";

it("is proven absent by the events of five later mails, where the provider cannot be asked", async () => {
  const mailGateway = await newMailGateway();
  const one = await ambiguous({ mailGateway });
  await query("UPDATE attempts SET started_at = started_at - INTERVAL 16 MINUTE WHERE enterprise_id = ?", [
    one.enterprise.id,
  ]);
  await sweep(one);
  const later = await newEnterprise([]);
  await subscribe(later, mailGateway);
  for (let mail = 0; mail < 5; mail++) {
    const quiet = quietEnv();
    const { body } = await postIn(quiet.env, updateOf(later));
    await hear(quiet.env, [
      bellFor(
        later,
        body.deliveries.map((delivery) => delivery.delivery_id),
      ),
    ]);
  }
  await query(
    `INSERT INTO receipts (enterprise_id, attempt_id, event_id, kind, received_at)
     SELECT enterprise_id, attempt_id, attempt_id, 'progress', UTC_TIMESTAMP(3) FROM attempts WHERE enterprise_id = ?`,
    [later.id],
  );
  await pass(one.enterprise, "look_at", 61);

  expect(await sweep(one)).toEqual(one.ids);

  expect(await statesOf(one)).toEqual(["retrying"]);
  expect((await stepsOf(one)).at(-1)).toEqual({ source: "events", conclusion: "proven_absent" });
});

it.for([
  ["hold", "unconfirmed", "unconfirmed"],
  ["drop", "failed", "dropped"],
  ["resend", "retrying", undefined],
])("ends as its enterprise wants it when no proof was found: %s", async ([policy, state, code]) => {
  const one = await ambiguous({ policy: policy ?? "" });
  await pass(one.enterprise, "look_at", -3600);
  await pass(one.enterprise, "hold_until", 3601);

  expect(await sweep(one)).toEqual(state === "retrying" ? one.ids : []);

  expect(await statesOf(one)).toEqual([state]);
  const failures = await query<{ code: string }>("SELECT code FROM logs_failure WHERE enterprise_id = ?", [
    one.enterprise.id,
  ]);
  expect(failures.map((row) => row.code)).toEqual(code === undefined ? [] : [code]);
  expect(await stepsOf(one)).toEqual([{ source: "policy", conclusion: state }]);
});

it("looks once for what was sent and never heard of for a day", async () => {
  const enterprise = await newEnterprise();
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise));
  const ids = body.deliveries.map((delivery) => delivery.delivery_id);
  await hear(quiet.env, [bellFor(enterprise, ids)]);
  const one = { enterprise, quiet, ids };
  const [attempt] = await query<{ provider_id: string }>("SELECT provider_id FROM attempts WHERE enterprise_id = ?", [
    enterprise.id,
  ]);
  await twilioHas(one, { sid: attempt?.provider_id, status: "undelivered", error_code: 30005 });
  await sweep(one);
  expect(await statesOf(one)).toEqual(["sent"]);
  await pass(enterprise, "look_at", 86_401);

  await sweep(one);

  expect(await statesOf(one)).toEqual(["undelivered"]);
  expect(await deliveriesOf(enterprise)).toMatchObject([{ look_at: null }]);
});

it("is not looked for any more once a receipt has told, and that is written down", async () => {
  const one = await ambiguous();
  const services = createServices(one.quiet.env, createExecutionContext(), "background");
  const [attempt] = await query<{ attempt_id: string }>("SELECT attempt_id FROM attempts WHERE enterprise_id = ?", [
    one.enterprise.id,
  ]);
  await applyReceipts(
    services,
    [
      {
        enterpriseId: one.enterprise.id,
        attemptId: attempt?.attempt_id ?? "",
        eventId: unique("evt"),
        kind: "progress",
        providerId: "SM1",
        occurredAt: null,
        code: null,
        reason: null,
      },
    ],
    [""],
  );
  await sweep(one);
  expect(network.looks).not.toContain(one.enterprise.phone);
  expect(await statesOf(one)).toEqual(["sent"]);
  expect(await stepsOf(one)).toEqual([{ source: "receipt", conclusion: "accepted" }]);
});
