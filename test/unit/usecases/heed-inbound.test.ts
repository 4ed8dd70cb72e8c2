import { expect, test } from "vitest";
import type { HeededMessage } from "../../../src/domain/inbound.ts";
import type { SuppressionChange } from "../../../src/domain/suppression.ts";
import { heedInbound } from "../../../src/usecases/heed-inbound.ts";

const CONCERNED = [
  { enterpriseId: "ent_1", channelId: "ch_sms", receivedAt: 1_000 },
  { enterpriseId: "ent_2", channelId: "ch_sms", receivedAt: 1_000 },
];

/** A database in which these are concerned by any message. */
function aWorld(concerned = CONCERNED) {
  const steps: string[] = [];
  const changes: SuppressionChange[] = [];
  return {
    steps,
    changes,
    inbound: {
      insert: async () => void steps.push("insert"),
      findConcerned: async () => {
        steps.push("find");
        return concerned;
      },
      suppress: async (more: SuppressionChange[]) => {
        steps.push("suppress");
        changes.push(...more);
      },
    },
  };
}

function aMessage(set: Partial<HeededMessage> = {}): HeededMessage {
  return { messageId: "SM1", adapter: "twilio_sms", from: "+34600111222", wish: "stop", ...set };
}

test.each([
  ["stop", "stopped"],
  ["start", "lifted"],
] as const)("%s counts for all that are concerned, as of when it first came", async (wish, expected) => {
  const world = aWorld();

  expect(await heedInbound(world, aMessage({ wish }))).toEqual({ heeded: 2 });

  expect(world.changes).toEqual(
    CONCERNED.map(({ enterpriseId, channelId }) => ({
      enterpriseId,
      channelId,
      address: "+34600111222",
      wish: expected,
      at: 1_000,
    })),
  );
});

test("a message is remembered first, so that one that was cut off is heeded whole when it comes again", async () => {
  const world = aWorld();

  await heedInbound(world, aMessage());

  expect(world.steps).toEqual(["insert", "find", "suppress"]);
});

test("a message from an address that could not be sent to is none", async () => {
  const world = aWorld();

  expect(await heedInbound(world, aMessage({ from: " " }))).toEqual({ heeded: 0 });
  expect(world.steps).toEqual([]);
});
