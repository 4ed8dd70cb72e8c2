import { expect, it } from "vitest";
import { problemOf } from "./http-kit.ts";
import { deliveriesOf, newEnterprise, post, postIn, query, quietEnv, unique, until, updateOf } from "./kit.ts";

const REASONS = {
  not_subscribed: "The enterprise is not subscribed to notifications.",
  no_channels: "The enterprise subscribes to no channel.",
} as const;

it("answers 404 for an enterprise that there is not, and records nothing", async () => {
  const stranger = { id: unique("stranger"), phone: "", email: "" };

  expect(problemOf(await post(updateOf(stranger)))).toMatchObject({ status: 404, code: "enterprise_not_found" });
  expect(await deliveriesOf(stranger)).toEqual([]);
});

it("serves an enterprise at once that was not there a moment ago", async () => {
  const { env } = quietEnv();
  const enterprise = await newEnterprise(["sms"]);
  const update = updateOf(enterprise);
  await query("UPDATE customers SET enterprise_id = ? WHERE enterprise_id = ?", [
    `${enterprise.id}-off`,
    enterprise.id,
  ]);
  expect(problemOf(await postIn(env, update))).toMatchObject({ status: 404, code: "enterprise_not_found" });

  await query("UPDATE customers SET enterprise_id = ? WHERE enterprise_id = ?", [
    enterprise.id,
    `${enterprise.id}-off`,
  ]);

  expect((await postIn(env, update)).status).toBe(202);
});

it.for(["not_subscribed", "no_channels"] as const)("answers 422 %s and keeps the update as a row", async (code) => {
  const enterprise = await refused(code);

  const problem = problemOf(await post(updateOf(enterprise)));
  expect(problem).toMatchObject({ status: 422, code });

  expect(problem["detail"]).toBe(REASONS[code]);
  expect(await deliveriesOf(enterprise)).toMatchObject([
    { update_id: problem.update_id, state: "skipped", code, channel: "", gateway: "" },
  ]);
});

it.for(["not_subscribed", "no_channels"] as const)("explains %s in logs_failure within seconds", async (code) => {
  const enterprise = await refused(code);
  const update = updateOf(enterprise);

  await post(update);

  const rows = await until(async () => {
    const found = await query("SELECT * FROM logs_failure WHERE enterprise_id = ?", [enterprise.id]);
    return found.length > 0 && found;
  }, "a row in logs_failure");
  expect(rows).toMatchObject([
    { shipment_id: update["shipment_id"], status: "shipped", channel: "", gateway: "", code, message: REASONS[code] },
  ]);
});

it("serves an enterprise at once that has just subscribed", async () => {
  const { env } = quietEnv();
  const enterprise = await newEnterprise(["sms"], { isSubscribed: false });
  expect(problemOf(await postIn(env, updateOf(enterprise)))).toMatchObject({ status: 422, code: "not_subscribed" });

  await query("UPDATE customers SET is_subscribed = TRUE WHERE enterprise_id = ?", [enterprise.id]);

  expect((await postIn(env, updateOf(enterprise))).status).toBe(202);
});

it("serves an enterprise at once that has just got its first channel", async () => {
  const { env } = quietEnv();
  const enterprise = await newEnterprise([]);
  expect(problemOf(await postIn(env, updateOf(enterprise)))).toMatchObject({ status: 422, code: "no_channels" });

  await query("INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id) VALUES (?, 'ch_sms', 'gw_twilio')", [
    enterprise.id,
  ]);

  expect((await postIn(env, updateOf(enterprise))).status).toBe(202);
});

function refused(code: keyof typeof REASONS) {
  return code === "no_channels" ? newEnterprise([]) : newEnterprise(["sms"], { isSubscribed: false });
}
