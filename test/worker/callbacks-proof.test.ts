import { expect, it } from "vitest";
import { call, everyRowOf, fateOf, sendOne, twilioForm } from "./callbacks-kit.ts";
import { deliveriesOf, query } from "./kit.ts";

async function outage(): Promise<Response> {
  return new Response("upstream timed out", { status: 502 });
}

it("logs a message whose receipt comes before the provider's answer, while the delivery is being sent", async () => {
  const seen: unknown[] = [];

  await sendOne("sms", {
    answer: async (attempt, sent) => {
      seen.push((await fateOf(sent.enterprise)).state);
      await call(sent.quiet, await twilioForm(sent, "delivered"));
      seen.push(await fateOf(sent.enterprise));
      return Response.json({ sid: attempt.replace("att_", "SM"), status: "queued" }, { status: 201 });
    },
  });

  expect(seen).toMatchObject(["sending", { state: "delivered", logs: [{ channel: "SMS", gateway: "Twilio" }] }]);
});

it("keeps what a receipt said when the provider's answer is recorded after it", async () => {
  const { enterprise } = await sendOne("sms", {
    answer: async (attempt, sent) => {
      await call(sent.quiet, await twilioForm(sent, "delivered"));
      return Response.json({ sid: attempt.replace("att_", "SM"), status: "queued" }, { status: 201 });
    },
  });

  const { state, logs, failures } = await fateOf(enterprise);
  expect({ state, logs: logs.length, failures }).toEqual({ state: "delivered", logs: 1, failures: [] });
});

it("believes a receipt more than an answer that was lost", async () => {
  const { enterprise } = await sendOne("sms", {
    answer: async (_attempt, sent) => {
      await call(sent.quiet, await twilioForm(sent, "sent"));
      return outage();
    },
  });

  const { state, logs } = await fateOf(enterprise);
  expect({ state, logs: logs.length }).toEqual({ state: "sent", logs: 1 });
  const attempts = await query("SELECT outcome FROM attempts WHERE enterprise_id = ?", [enterprise.id]);
  expect(attempts).toEqual([{ outcome: "accepted" }]);
});

it.for([
  ["sent", "sent", 0],
  ["delivered", "delivered", 0],
  ["undelivered", "undelivered", 1],
] as const)("resolves an unknown delivery by the receipt `%s`", async ([status, state, failures]) => {
  const { quiet, ...sent } = await sendOne("sms", { answer: outage });
  expect((await fateOf(sent.enterprise)).state).toBe("unknown");

  await call(quiet, await twilioForm(sent, status, status === "undelivered" ? { ErrorCode: "30007" } : {}));

  const fate = await fateOf(sent.enterprise);
  expect(fate).toMatchObject({ state, logs: [{ provider_id: sent.attempt.replace("att_", "SM") }] });
  expect(fate.failures).toHaveLength(failures);
  expect(await deliveriesOf(sent.enterprise)).toMatchObject([{ hold_until: null, lease_until: null, ring_at: null }]);
});

it.for(["sent", "delivered", "undelivered"] as const)(
  "resolves a delivery that was parked as unconfirmed by the receipt `%s`",
  async (status) => {
    const { quiet, ...sent } = await sendOne("sms", { answer: outage });
    await query(
      "UPDATE deliveries SET state = 'unconfirmed', code = 'unconfirmed', hold_until = NULL WHERE delivery_id = ?",
      [sent.deliveryId],
    );

    await call(quiet, await twilioForm(sent, status));

    expect(await fateOf(sent.enterprise)).toMatchObject({ state: status, logs: [{ channel: "SMS" }] });
    const code = status === "undelivered" ? "undelivered" : null;
    expect(await deliveriesOf(sent.enterprise)).toMatchObject([{ code }]);
  },
);

it("moves no delivery that has failed or was skipped", async () => {
  for (const state of ["failed", "skipped"]) {
    const { quiet, ...sent } = await sendOne("sms");
    await query("UPDATE deliveries SET state = ? WHERE delivery_id = ?", [state, sent.deliveryId]);
    const { deliveries } = await everyRowOf(sent.enterprise);

    await call(quiet, await twilioForm(sent, "delivered"));

    expect((await everyRowOf(sent.enterprise))["deliveries"]).toEqual(deliveries);
  }
});
