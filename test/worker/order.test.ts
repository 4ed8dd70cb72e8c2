import { expect, it } from "vitest";
import {
  bellFor,
  deliveriesOf,
  hear,
  newEnterprise,
  postIn,
  query,
  quietEnv,
  timestamp,
  unique,
  until,
  updateOf,
} from "./kit.ts";
import { network } from "./network.ts";

/** Two statuses of one shipment, the older first. */
async function siblings() {
  const enterprise = await newEnterprise(["sms"]);
  const quiet = quietEnv();
  const shipment_id = unique("SH");
  const ids: string[] = [];
  for (const [status, secondsAgo] of [
    ["shipped", 120],
    ["delivered", 60],
  ] as const) {
    const update = updateOf(enterprise, { shipment_id, status, timestamp: timestamp(secondsAgo) });
    const { body } = await postIn(quiet.env, update);
    ids.push(body.deliveries[0]?.delivery_id ?? "");
  }
  quiet.bells.length = 0;
  const [older, newer] = ids as [string, string];
  return { enterprise, quiet, older, newer };
}

async function stateOf(enterprise: { id: string; phone: string; email: string }, deliveryId: string) {
  return (await deliveriesOf(enterprise)).find((row) => row.delivery_id === deliveryId)?.state;
}

it("sends the older status first when both are in one batch, and rings for the newer again", async () => {
  const { enterprise, quiet, older, newer } = await siblings();

  await hear(quiet.env, [bellFor(enterprise, [newer, older])]);

  expect(await stateOf(enterprise, older)).toBe("sent");
  expect(await stateOf(enterprise, newer)).toBe("queued");
  expect(quiet.bells).toEqual([{ lane: "sms", again: true, body: bellFor(enterprise, [newer]), delaySeconds: 3 }]);
});

it("lets the newer status wait for an older one that is queued", async () => {
  const { enterprise, quiet, older, newer } = await siblings();

  await hear(quiet.env, [bellFor(enterprise, [newer])]);

  expect(network.callsTo(enterprise.phone)).toHaveLength(0);
  expect([await stateOf(enterprise, older), await stateOf(enterprise, newer)]).toEqual(["queued", "queued"]);
});

it("never has two statuses of a shipment at the provider together", async () => {
  const { enterprise, quiet, older, newer } = await siblings();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let during = 0;
  network.answer(enterprise.phone, async () => {
    during += 1;
    await released;
    return Response.json({ sid: "SM1" }, { status: 201 });
  });

  const first = hear(quiet.env, [bellFor(enterprise, [older])]);
  await until(async () => during > 0, "the provider is called");
  await hear(quietEnv().env, [bellFor(enterprise, [newer])]);
  const seen = during;
  release();
  await first;

  expect(seen).toBe(1);
});

it("claims one of two siblings when two consumers come at once", { timeout: 30_000 }, async () => {
  for (let round = 0; round < 15; round++) {
    const { enterprise, older, newer } = await siblings();
    // Old enough not to be waited for, so that nothing but the claim keeps them apart.
    await query("UPDATE deliveries SET accepted_at = accepted_at - INTERVAL 50 SECOND WHERE enterprise_id = ?", [
      enterprise.id,
    ]);
    let together = 0;
    let most = 0;
    network.answer(enterprise.phone, async () => {
      together += 1;
      most = Math.max(most, together);
      await scheduler.wait(5);
      together -= 1;
      return Response.json({ sid: "SM1" }, { status: 201 });
    });

    await Promise.all([
      hear(quietEnv().env, [bellFor(enterprise, [older])]),
      hear(quietEnv().env, [bellFor(enterprise, [newer])]),
    ]);

    expect(most).toBeLessThanOrEqual(1);
  }
});

it("supersedes an older status once the newer one was sent", async () => {
  const { enterprise, quiet, older, newer } = await siblings();
  await query(
    "UPDATE deliveries SET due_at = due_at + INTERVAL 1 HOUR, accepted_at = accepted_at - INTERVAL 61 SECOND WHERE delivery_id = ?",
    [older],
  );
  await hear(quiet.env, [bellFor(enterprise, [newer])]);
  await query("UPDATE deliveries SET due_at = UTC_TIMESTAMP(3) WHERE delivery_id = ?", [older]);

  await hear(quiet.env, [bellFor(enterprise, [older])]);

  expect(await stateOf(enterprise, newer)).toBe("sent");
  expect(await stateOf(enterprise, older)).toBe("skipped");
  const failures = await query("SELECT code FROM logs_failure WHERE enterprise_id = ?", [enterprise.id]);
  expect(failures).toEqual([{ code: "superseded" }]);
  expect(network.callsTo(enterprise.phone)).toHaveLength(1);
});

it.for(["unknown", "unconfirmed"])("never sends an older status after a newer one that is %s", async (state) => {
  const { enterprise, quiet, older, newer } = await siblings();
  await query("UPDATE deliveries SET state = ?, ring_at = NULL WHERE delivery_id = ?", [state, newer]);

  await hear(quiet.env, [bellFor(enterprise, [older])]);

  expect(await stateOf(enterprise, older)).toBe("skipped");
  expect(network.callsTo(enterprise.phone)).toHaveLength(0);
});

it("does not take a delivery from its next claimer when giving it back is repeated", async () => {
  const { enterprise, quiet, older, newer } = await siblings();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let calls = 0;
  network.answer(enterprise.phone, async () => {
    calls += 1;
    if (calls === 2) await released;
    return Response.json({ sid: "SM1" }, { status: 201 });
  });
  // The newer one is given back, but the answer to that is lost; before the repeat, another consumer claims it.
  const lost = network.failSql({
    errno: 2013,
    after: true,
    matches: (statement) => statement.includes("lane = COALESCE(") && statement.includes(newer),
  });
  const first = hear(quiet.env, [bellFor(enterprise, [newer])]);
  const isGivenBack = async () => lost.times === 0 && (await stateOf(enterprise, newer)) === "queued";
  await until(isGivenBack, "the newer status is given back");
  await hear(quietEnv().env, [bellFor(enterprise, [older])]);
  await query("UPDATE deliveries SET due_at = UTC_TIMESTAMP(3) WHERE delivery_id = ?", [newer]);
  const second = hear(quietEnv().env, [bellFor(enterprise, [newer])]);
  await until(async () => calls === 2, "the newer status is at the provider");
  await first;
  const during = await stateOf(enterprise, newer);
  release();
  await second;

  expect(during).toBe("sending");
  expect(await stateOf(enterprise, newer)).toBe("sent");
});
