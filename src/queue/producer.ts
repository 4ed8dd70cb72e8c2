import type { Bell } from "../domain/bell.ts";
import type { Lane } from "../domain/lane.ts";
import type { BellMessage } from "./bell.ts";

/** A lane's two queues: new updates never stand behind what was rung for before, however much that is. */
export type LaneQueues = { first: Queue; again: Queue };

/** Rings the queues of the lanes. Throws when a queue does not take the bell; the sweep rings again. */
export type BellProducer = { ring: (bells: Bell[]) => Promise<void> };

/** Cloudflare Queues takes at most 100 messages at once; a bell is below 1 KB, so bytes do not matter. */
const MAX_MESSAGES = 100;

export function createBellProducer(queues: Record<Lane, LaneQueues>): BellProducer {
  return {
    ring: async (bells) => {
      const byQueue = Map.groupBy(bells, ({ lane, again }) => queues[lane][again ? "again" : "first"]);
      await Promise.all([...byQueue].map(([queue, ofQueue]) => sendAll(queue, ofQueue)));
    },
  };
}

async function sendAll(queue: Queue, bells: Bell[]): Promise<void> {
  for (let start = 0; start < bells.length; start += MAX_MESSAGES) {
    await queue.sendBatch(bells.slice(start, start + MAX_MESSAGES).map(toMessage));
  }
}

function toMessage({ enterpriseId, deliveryIds, delayMs }: Bell): MessageSendRequest<BellMessage> {
  const body: BellMessage = { v: 1, enterprise_id: enterpriseId, delivery_ids: deliveryIds };
  // A second on top, so that the bell does not come before the database's clock says that it is due.
  return delayMs > 0 ? { body, delaySeconds: Math.ceil(delayMs / 1000) + 1 } : { body };
}
