import { expect, it } from "vitest";
import { problemOf, readAnswer } from "./http-kit.ts";
import { newEnterprise, postIn, query, quietEnv, updateOf } from "./kit.ts";
import { network } from "./network.ts";
import { ask } from "./reading-kit.ts";

const read = async (updateId: string, parameters: Record<string, string>) =>
  readAnswer(await ask(`/v1/updates/${encodeURIComponent(updateId)}`, parameters));

/** An update that was accepted, for one channel with an address and one without. */
async function accepted() {
  const enterprise = await newEnterprise(["sms", "email"], { email: null });
  const update = updateOf(enterprise, { timestamp: new Date(Date.now() - 60_000).toISOString() });
  const { body } = await postIn(quietEnv().env, update);
  return { enterprise, update, updateId: body.update_id, delivery: body.deliveries[0] };
}

it("answers an update with all its deliveries, skips included", async () => {
  const { enterprise, update, updateId, delivery } = await accepted();

  const { status, body } = await read(updateId, { enterprise_id: enterprise.id });

  const { deliveries, ...rest } = body;
  expect({ status, ...rest }).toEqual({
    status: update["status"],
    update_id: updateId,
    enterprise_id: enterprise.id,
    shipment_id: update["shipment_id"],
    timestamp: update["timestamp"],
    accepted_at: expect.stringMatching(/Z$/),
    expires_at: expect.stringMatching(/Z$/),
  });
  expect(deliveries).toMatchObject([
    { channel: "Email", gateway: "", state: "skipped", code: "no_address", reason: expect.stringContaining("address") },
    { delivery_id: delivery?.delivery_id, channel: "SMS", gateway: "Twilio", state: "queued", code: null, attempts: 0 },
  ]);
});

it("finds an update by its id alone, among those of the same moment, at the cost of one statement by the primary key", async () => {
  const one = await accepted();
  await postIn(quietEnv().env, updateOf(one.enterprise));

  const statements = await network.statementsOf(async () => {
    const { body } = await read(one.updateId, { enterprise_id: one.enterprise.id });
    expect(body.deliveries).toHaveLength(2);
  });

  expect(statements).toHaveLength(1);
  const [plan] = await query<{ type: string; key: string; Extra: string }>(`EXPLAIN ${statements[0]}`);
  expect(plan).toMatchObject({ type: "range", key: "PRIMARY", Extra: expect.not.stringContaining("filesort") });
});

it("answers 404 to another enterprise, and for what is no id", async () => {
  const { enterprise, updateId } = await accepted();

  for (const answer of [
    await read(updateId, { enterprise_id: `${enterprise.id}x` }),
    await read(updateId.replace("upd_", "dlv_"), { enterprise_id: enterprise.id }),
    await read("%", { enterprise_id: enterprise.id }),
  ]) {
    expect(problemOf(answer)).toMatchObject({ status: 404, code: "not_found" });
  }
});

it("names every wrong parameter", async () => {
  const answer = await read("upd_1", { shipment: "SH-1" });

  expect(problemOf(answer)["errors"]).toEqual([
    { parameter: "enterprise_id", message: "is required" },
    { parameter: "shipment", message: "is not a parameter of this route" },
  ]);
});
