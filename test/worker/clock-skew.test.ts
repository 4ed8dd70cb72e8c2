import { afterEach, expect, it, vi } from "vitest";
import {
  bellFor,
  deliveriesOf,
  hear,
  newEnterprise,
  postIn,
  query,
  quietEnv,
  sweepIn,
  unique,
  updateOf,
} from "./kit.ts";
import type { TestEnterprise } from "./kit.ts";
import { network } from "./network.ts";

const TEN_MINUTES = 600_000;
const realNow = Date.now.bind(Date);

afterEach(() => vi.mocked(Date.now).mockRestore?.());

/** From now on this isolate's clock is wrong by so much. */
function setClockOff(byMs: number): void {
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + byMs);
}

/** An update that an isolate takes whose clock is wrong by so much. */
async function acceptedBy(offMs: number, enterprise: TestEnterprise, update = updateOf(enterprise)) {
  setClockOff(offMs);
  const { body } = await postIn(quietEnv().env, update);
  setClockOff(0);
  return body.deliveries.map((delivery) => delivery.delivery_id);
}

it.for([
  [TEN_MINUTES, -TEN_MINUTES],
  [-TEN_MINUTES, TEN_MINUTES],
])("delivers at once, by the database's clock, what was accepted %i ms and is sent %i ms off", async ([by, to]) => {
  const enterprise = await newEnterprise(["sms"]);
  const ids = await acceptedBy(by ?? 0, enterprise);
  const [times] = await query<{ age: string; lasts: string }>(
    `SELECT TIMESTAMPDIFF(SECOND, accepted_at, UTC_TIMESTAMP(3)) AS age, TIMESTAMPDIFF(SECOND, accepted_at, expires_at) AS lasts
       FROM deliveries WHERE enterprise_id = ?`,
    [enterprise.id],
  );

  setClockOff(to ?? 0);
  await hear(quietEnv().env, [bellFor(enterprise, ids)]);

  expect(Math.abs(Number(times?.age))).toBeLessThan(60);
  expect(Number(times?.lasts)).toBe(86_400);
  expect((await deliveriesOf(enterprise)).map((row) => row.state)).toEqual(["sent"]);
});

it("takes nothing from a sender that is still at work, however far ahead its own clock is", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const ids = await acceptedBy(0, enterprise);
  const seen: string[] = [];
  network.answer(enterprise.phone, async () => {
    setClockOff(TEN_MINUTES);
    const fast = quietEnv().env;
    await sweepIn(fast);
    await hear(fast, [bellFor(enterprise, ids)]);
    seen.push(...(await deliveriesOf(enterprise)).map((row) => row.state));
    return Response.json({ sid: "SM1" }, { status: 201 });
  });

  await hear(quietEnv().env, [bellFor(enterprise, ids)]);

  expect(seen).toEqual(["sending"]);
  expect((await deliveriesOf(enterprise)).map((row) => row.state)).toEqual(["sent"]);
  expect(network.callsTo(enterprise.phone)).toHaveLength(1);
});

it.for([-TEN_MINUTES, TEN_MINUTES])(
  "calls once, or gives back unsent, when its clock leaps by %i ms between claim and call",
  async (leap) => {
    const enterprise = await newEnterprise(["sms"]);
    const ids = await acceptedBy(0, enterprise);
    network.beforeStatement(
      (sql) => sql.includes("INSERT INTO attempts") && sql.includes(enterprise.id),
      async () => setClockOff(leap),
    );

    await hear(quietEnv().env, [bellFor(enterprise, ids)]);
    setClockOff(0);
    await query("UPDATE deliveries SET due_at = UTC_TIMESTAMP(3) WHERE enterprise_id = ?", [enterprise.id]);
    await hear(quietEnv().env, [bellFor(enterprise, ids)]);

    expect((await deliveriesOf(enterprise)).map((row) => row.state)).toEqual(["sent"]);
    expect(network.callsTo(enterprise.phone)).toHaveLength(1);
  },
);

it("sends two statuses in the order of their own instants, whatever the clocks of those who took them", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const shipment_id = unique("SH");
  const at = (secondsAgo: number) => new Date(realNow() - secondsAgo * 1_000).toISOString();
  const older = await acceptedBy(
    TEN_MINUTES,
    enterprise,
    updateOf(enterprise, { shipment_id, status: "shipped", timestamp: at(120) }),
  );
  const newer = await acceptedBy(
    -TEN_MINUTES,
    enterprise,
    updateOf(enterprise, { shipment_id, status: "delivered", timestamp: at(60) }),
  );
  expect(newer.join() < older.join()).toBe(true);

  const bell = bellFor(enterprise, [...newer, ...older]);
  await hear(quietEnv().env, [bell]);
  await query("UPDATE deliveries SET due_at = UTC_TIMESTAMP(3) WHERE enterprise_id = ?", [enterprise.id]);
  await hear(quietEnv().env, [bell]);

  const texts = network.callsTo(enterprise.phone).map((call) => call.text);
  expect(texts).toEqual([expect.stringContaining("is shipped"), expect.stringContaining("is delivered")]);
});
