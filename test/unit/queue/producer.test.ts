import { describe, expect, test } from "vitest";
import type { Bell } from "../../../src/domain/bell.ts";
import { LANES, type Lane } from "../../../src/domain/lane.ts";
import { bellMessage } from "../../../src/queue/bell.ts";
import { createBellProducer, type LaneQueues } from "../../../src/queue/producer.ts";

type Sent = { lane: Lane; again: boolean; messages: MessageSendRequest[] };

/** The queues of all lanes; `broken` ones take nothing. */
function queues(broken: Lane[] = []) {
  const sent: Sent[] = [];
  const queueOf = (lane: Lane, again: boolean) => ({
    sendBatch: async (messages: Iterable<MessageSendRequest>) => {
      if (broken.includes(lane)) throw new Error("Too Many Requests");
      sent.push({ lane, again, messages: [...messages] });
    },
  });
  const queuesOf = (lane: Lane) => ({ first: queueOf(lane, false), again: queueOf(lane, true) });
  // Only sendBatch is asked of a queue here.
  const all = Object.fromEntries(LANES.map((lane) => [lane, queuesOf(lane)])) as unknown as Record<Lane, LaneQueues>;
  return { sent, producer: createBellProducer(all) };
}

function aBell(changes: Partial<Bell> = {}): Bell {
  return { lane: "sms", again: false, enterpriseId: "E-1", deliveryIds: ["dlv_1"], delayMs: 0, ...changes };
}

describe("ringing", () => {
  test.each([false, true])("puts each bell into the queue of its lane that is meant: again %s", async (again) => {
    const { sent, producer } = queues();
    await producer.ring(LANES.map((lane) => aBell({ lane, again, enterpriseId: lane })));
    expect(sent).toEqual(
      LANES.map((lane) => ({
        lane,
        again,
        messages: [{ body: { v: 1, enterprise_id: lane, delivery_ids: ["dlv_1"] } }],
      })),
    );
  });

  test("writes what the consumer reads", async () => {
    const { sent, producer } = queues();
    await producer.ring([aBell({ deliveryIds: ["dlv_1", "dlv_2"] })]);
    expect(bellMessage.safeParse(sent[0]?.messages[0]?.body).success).toBe(true);
  });

  test.each([
    [99, [99]],
    [100, [100]],
    [101, [100, 1]],
    [250, [100, 100, 50]],
  ])("sends %i bells in batches that a queue takes", async (count, sizes) => {
    const { sent, producer } = queues();
    const bells = Array.from({ length: count }, (_, i) => aBell({ enterpriseId: `E-${i}` }));
    await producer.ring(bells);
    expect(sent.map(({ messages }) => messages.length)).toEqual(sizes);
    expect(sent.flatMap(({ messages }) => messages.map(({ body }) => body))).toEqual(
      bells.map((bell) => expect.objectContaining({ enterprise_id: bell.enterpriseId })),
    );
  });

  test.each([
    [1, 2],
    [1_000, 2],
    [1_001, 3],
    [90_000, 91],
    [3_600_000, 3_601],
  ])("with a delay of %i ms comes after %i s, never before it is due", async (delayMs, delaySeconds) => {
    const { sent, producer } = queues();
    await producer.ring([aBell({ delayMs })]);
    expect(sent[0]?.messages[0]).toHaveProperty("delaySeconds", delaySeconds);
  });

  test("without a delay says nothing of one", async () => {
    const { sent, producer } = queues();
    await producer.ring([aBell()]);
    expect(sent[0]?.messages[0]).not.toHaveProperty("delaySeconds");
  });

  test("nothing asks nothing of a queue", async () => {
    const { sent, producer } = queues();
    await producer.ring([]);
    expect(sent).toEqual([]);
  });

  test("fails when a queue takes no bells, and rings the other lanes all the same", async () => {
    const { sent, producer } = queues(["sms"]);
    await expect(producer.ring([aBell(), aBell({ lane: "email" })])).rejects.toThrow("Too Many Requests");
    expect(sent.map(({ lane }) => lane)).toEqual(["email"]);
  });
});
