import { expect, it } from "vitest";
import { call, everyRowOf, fateOf, sendOne, twilioForm } from "./callbacks-kit.ts";
import { deliveriesOf, query, type TestEnterprise } from "./kit.ts";

/** Puts everything that there is of an enterprise's sends three weeks back. */
async function passThreeWeeks({ id }: TestEnterprise): Promise<void> {
  const earlier = (...columns: string[]) => columns.map((one) => `${one} = ${one} - INTERVAL 21 DAY`).join();
  const times = earlier("accepted_at", "expires_at", "due_at", "look_at", "settled_at");
  await query(`UPDATE deliveries SET ${times} WHERE enterprise_id = ?`, [id]);
  await query(`UPDATE attempts SET ${earlier("started_at", "ended_at")} WHERE enterprise_id = ?`, [id]);
}

it("settles a delivery by a receipt that comes three weeks late", async () => {
  const { quiet, ...sent } = await sendOne("sms");
  await passThreeWeeks(sent.enterprise);

  const answer = await call(quiet, await twilioForm(sent, "delivered"));

  expect(answer.status).toBe(204);
  expect(await fateOf(sent.enterprise)).toMatchObject({ state: "delivered", logs: [{ channel: "SMS" }], failures: [] });
});

it("settles what was given up as unconfirmed three weeks ago, and sends nothing again", async () => {
  const { quiet, ...sent } = await sendOne("sms", { answer: async () => new Response("lost", { status: 502 }) });
  await query(
    "UPDATE deliveries SET state = 'unconfirmed', code = 'unconfirmed', hold_until = NULL, look_at = NULL WHERE delivery_id = ?",
    [sent.deliveryId],
  );
  await passThreeWeeks(sent.enterprise);

  await call(quiet, await twilioForm(sent, "delivered"));

  expect(await deliveriesOf(sent.enterprise)).toMatchObject([{ state: "delivered", code: null, ring_at: null }]);
});

it("changes nothing by a receipt for what has been purged", async () => {
  const { quiet, ...sent } = await sendOne("sms");
  const receipt = await twilioForm(sent, "delivered");
  for (const table of ["deliveries", "attempts", "logs"]) {
    await query(`DELETE FROM ${table} WHERE enterprise_id = ?`, [sent.enterprise.id]);
  }
  const before = await everyRowOf(sent.enterprise);

  const answer = await call(quiet, receipt);

  expect(answer.status).toBe(204);
  expect(await everyRowOf(sent.enterprise)).toEqual(before);
});
