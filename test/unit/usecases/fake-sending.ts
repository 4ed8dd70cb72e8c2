import { createClock } from "../../../src/clock.ts";
import type { AdapterName } from "../../../src/domain/adapter-facts.ts";
import type { DeliveryResult } from "../../../src/domain/delivery-result.ts";
import type { DueDelivery } from "../../../src/domain/due-delivery.ts";
import type { GatewayTally, HealthChange } from "../../../src/domain/gateway-health.ts";
import type { OutboundMessage } from "../../../src/domain/outbound-message.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import type { SendOutcome } from "../../../src/domain/send-outcome.ts";
import type { Services } from "../../../src/services.ts";
import { ACCEPTED } from "./call-kit.ts";
import { countingIds, fakeBells, fakeLog } from "./fakes.ts";

/**
 * Everything that delivering needs, around what the database loads. `steps`: what was done, in order.
 * `tallies`, `changes`: how its gateways do, and what was concluded.
 * `lost`: ids of deliveries whose lease is no longer ours. `failures`: what the next records fail with.
 */
export function deliveringWith(loaded: DueDelivery[]) {
  const steps: string[] = [];
  const tokens = new Set<string>();
  const lost = new Set<string>();
  const failures: Error[] = [];
  const recorded: DeliveryResult[] = [];
  const sent: (OutboundMessage & { adapter: AdapterName; account: string })[] = [];
  const bells = fakeBells();
  const sending: Services["sending"] = {
    claim: async (_, token) => {
      steps.push("claim");
      tokens.add(token);
    },
    load: async (_, token) => {
      steps.push("load");
      tokens.add(token);
      return loaded;
    },
    commitIntents: async (intents, token) => {
      steps.push("intent");
      tokens.add(token);
      return intents.filter((intent) => !lost.has(intent.deliveryId));
    },
    findCommitted: async (intents) => {
      steps.push("find committed");
      return intents.filter((intent) => !lost.has(intent.deliveryId));
    },
    takeTrials: async (gatewayIds) => {
      steps.push("take trials");
      return gatewayIds;
    },
    record: async (results) => {
      steps.push("record");
      const failure = failures.shift();
      if (failure) throw failure;
      recorded.push(...results);
    },
  };
  const tallies: GatewayTally[] = [];
  const changes: HealthChange[] = [];
  const health: Services["health"] = {
    tally: async () => {
      steps.push("tally");
      return tallies;
    },
    change: async (change) => {
      changes.push(change);
      return true;
    },
  };
  const provider = { answer: (_: OutboundMessage): SendOutcome | Promise<SendOutcome> => ACCEPTED };
  const adapters: Services["adapters"] = (adapter, account) => ({
    send: async (message) => {
      steps.push("call");
      sent.push({ ...message, adapter, account });
      return provider.answer(message);
    },
  });
  return {
    steps,
    tokens,
    lost,
    failures,
    recorded,
    sent,
    provider,
    sending,
    health,
    tallies,
    changes,
    bells,
    ids: countingIds(),
    statements: () => 6,
    clock: createClock(),
    random: () => 0.5,
    times: DEFAULT_TIMES,
    log: fakeLog(),
    adapters,
  };
}

/** What was recorded of each delivery, by its id. */
export function stepsOf({ recorded }: { recorded: DeliveryResult[] }) {
  return Object.fromEntries(recorded.map(({ delivery, step }) => [delivery.deliveryId, step]));
}
