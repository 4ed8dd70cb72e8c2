import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { fatesOf, isThrough, newGateway, newSubscriber, postMany, startTwoAccounts } from "./fail-over-kit.ts";
import type { Subscriber, TwoAccounts } from "./fail-over-kit.ts";
import { until } from "./whole-service-kit.ts";

let service: TwoAccounts;
beforeAll(async () => {
  service = await startTwoAccounts("fail-over");
});
afterEach(() => service.clearFaults());
afterAll(() => service.stop());

/** An enterprise with two gateways of its own, of which the first has just served another enterprise well. */
async function onTwoGateways() {
  const gateways = [await newGateway(service, "", 0), await newGateway(service, "backup", 1)] as const;
  const earlier = await newSubscriber(service, [...gateways]);
  await postMany(service, earlier, 10);
  await untilThrough(earlier);
  expect(service.ledgerOf(earlier)).toHaveLength(10);
  return { enterprise: await newSubscriber(service, [...gateways]), second: gateways[1].id };
}

function untilThrough(enterprise: Subscriber): Promise<void> {
  const areThrough = async () => (await fatesOf(service, enterprise)).every(isThrough);
  return until(areThrough, "every delivery sent or held", 60_000);
}

/** Posts ten at a time, the next ones when these are sent or held: how fast this machine is does not matter. */
async function postInTurn(enterprise: Subscriber, count: number): Promise<void> {
  for (let posted = 0; posted < count; posted += 10) {
    await postMany(service, enterprise, 10);
    await untilThrough(enterprise);
  }
}

const takenByBackup = ({ phone }: Subscriber) => service.backup.ledger().filter((entry) => entry.to === phone).length;

// The times are the real ones, that the service runs on by default.
it.for([
  ["refuses connections", { kind: "refuse" }],
  ["answers 401", { operation: "send", kind: "status", status: 401, body: "provider" }],
  ["answers 503 with its error body", { operation: "send", kind: "status", status: 503, body: "provider" }],
] as const)(
  "brings 95 of 100 new deliveries through the second gateway within 10 s when the first %s",
  { timeout: 180_000 },
  async ([, fault]) => {
    const { enterprise, second } = await onTwoGateways();
    await service.armFault({ provider: "twilio", ...fault });

    await postInTurn(enterprise, 100);

    const fates = await fatesOf(service, enterprise);
    const taken = fates.filter(({ gateway }) => gateway === second);
    expect(taken.filter(({ ms }) => ms !== null && ms <= 10_000).length).toBeGreaterThanOrEqual(95);
    expect(takenByBackup(enterprise)).toBe(taken.length);
    expect(service.ledgerOf(enterprise)).toHaveLength(0);
  },
);

it(
  "leaves what a black hole swallowed where it is, and brings new deliveries through the second gateway within 30 s",
  { timeout: 180_000 },
  async () => {
    const { enterprise, second } = await onTwoGateways();
    await service.armFault({ provider: "twilio", operation: "send", kind: "hang" });

    await postInTurn(enterprise, 50);

    const fates = await fatesOf(service, enterprise);
    const held = fates.filter(({ state }) => state === "unknown");
    expect(held.every(({ attempts, gateway }) => attempts === 1 && gateway === null)).toBe(true);
    const others = fates.filter(({ state }) => state !== "unknown");
    expect(others.every(({ gateway, ms }) => gateway === second && ms !== null && ms <= 30_000)).toBe(true);
    expect(others.length).toBeGreaterThanOrEqual(45);
    expect(takenByBackup(enterprise)).toBe(others.length);
  },
);
