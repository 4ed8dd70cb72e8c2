import { expect, it } from "vitest";
import { attempted, changesOf, gatewayRow, newGateway, passRest, review, times } from "./gateway-health-kit.ts";
import { query } from "./kit.ts";
import { network } from "./network.ts";

const GOOD = { failed: false };
const BAD = { failed: true, code: "20500" };

it("calls a gateway poor when half of its calls of the last minute failed, and says so in figures", async () => {
  const gateway = await newGateway();
  await attempted(gateway, [...times(20, BAD), ...times(12, GOOD), ...times(2, BAD)]);

  await review();

  expect(await gatewayRow(gateway)).toMatchObject({ health: "poor", trial_at: null });
  expect(await changesOf(gateway)).toEqual([
    { health: "poor", reason: "22 of 34 calls in the last 60 s were not accepted." },
  ]);
});

it("closes a gateway when its last calls all failed, and names the last code", async () => {
  const gateway = await newGateway();
  await attempted(gateway, [...times(30, GOOD), ...times(5, BAD), { failed: true, code: "timeout" }]);

  await review();

  expect(await changesOf(gateway)).toEqual([
    { health: "closed", reason: "The last 6 calls failed, most recently with timeout." },
  ]);
});

it("closes a gateway after three calls that may have been sent", async () => {
  const gateway = await newGateway();
  await attempted(gateway, times(3, { failed: true, outcome: "ambiguous", code: "timeout" }));

  await review();

  expect((await gatewayRow(gateway))?.health).toBe("closed");
});

it.for([
  ["failures that are older than a minute", times(30, { ...BAD, endedSecondsAgo: 70 })],
  ["calls that say nothing about it", times(30, { failed: null, outcome: "not_started" })],
  ["four failures", times(4, BAD)],
  ["failures before the last good one", [...times(9, BAD), GOOD]],
] as const)("leaves a gateway alone that has %s", async ([, past]) => {
  const gateway = await newGateway();
  await attempted(gateway, [...past]);

  await review();

  expect(await gatewayRow(gateway)).toMatchObject({ health: "well", health_since: null });
  expect(await changesOf(gateway)).toEqual([]);
});

it("leaves one change row when many review at the same time", async () => {
  const gateway = await newGateway();
  await attempted(gateway, times(5, BAD));

  await Promise.all(Array.from({ length: 8 }, review));

  expect(await changesOf(gateway)).toHaveLength(1);
});

it("leaves the reason and the change when a reviewer dies between the two", async () => {
  const gateway = await newGateway();
  await attempted(gateway, times(5, BAD));
  network.failSql({ errno: 2013, matches: (statement) => isChange(statement, gateway.id) });
  await expect(review()).rejects.toThrow();
  expect((await gatewayRow(gateway))?.health).toBe("well");

  await review();

  expect((await gatewayRow(gateway))?.health).toBe("closed");
  expect(await changesOf(gateway)).toHaveLength(1);
});

const isChange = (statement: string, gatewayId: string) =>
  statement.includes("UPDATE gateways g") && statement.includes(gatewayId);

it("comes back by a good call that was started after its trial was taken, and by no other", async () => {
  const gateway = await newGateway();
  await attempted(gateway, times(5, BAD));
  await review();
  await passRest(gateway);
  await query("UPDATE gateways SET trial_at = UTC_TIMESTAMP(3) - INTERVAL 5 SECOND WHERE gateway_id = ?", [gateway.id]);
  await attempted(gateway, [{ ...GOOD, endedSecondsAgo: 4.5 }]);
  await review();
  expect((await gatewayRow(gateway))?.health).toBe("closed");

  await attempted(gateway, [{ ...GOOD, endedSecondsAgo: 3 }]);
  await review();

  expect(await gatewayRow(gateway)).toMatchObject({ health: "well", health_until: null, trial_at: null });
  expect((await changesOf(gateway)).at(-1)).toEqual({ health: "well", reason: "A trial got through." });
});

it("judges a gateway that came back by what happened since", async () => {
  const gateway = await newGateway();
  await attempted(gateway, [...times(30, BAD), GOOD]);
  await query("UPDATE gateways SET health_since = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE gateway_id = ?", [
    gateway.id,
  ]);

  await review();

  expect((await gatewayRow(gateway))?.health).toBe("well");
});

it("costs three statements at most when nothing changes, and looks only at the index by gateway and failure", async () => {
  await attempted(await newGateway(), [BAD, GOOD]);
  const [gateways, ...counts] = await network.statementsOf(review);
  expect(gateways).not.toContain("attempts");
  expect(counts).toHaveLength(2);

  const plans = await Promise.all(counts.map((one) => query<{ table: string; key: string }>(`EXPLAIN ${one}`)));
  const keys = plans.flat().filter(({ table }) => table === "a" || table === "f");
  expect(new Set(keys.map(({ key }) => key))).toEqual(new Set(["attempts_health"]));
});
