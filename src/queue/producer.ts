import type { Bell } from "../domain/bell.ts";
import type { Lane } from "../domain/lane.ts";
import type { BellMessage } from "./bell.ts";

/** Rings the queues of the lanes. Throws when a queue does not take the bell; the sweep rings again. */
export type BellProducer = { ring: (bells: Bell[]) => Promise<void> };

/** Cloudflare Queues takes at most 100 messages at once; a bell is below 1 KB, so bytes do not matter. */
const MAX_MESSAGES = 100;

export function createBellProducer(queues: Record<Lane, Queue>): BellProducer {
  return {
    ring: async (bells) => {
      const byLane = Map.groupBy(bells, (bell) => bell.lane);
      await Promise.all([...byLane].map(([lane, ofLane]) => sendAll(queues[lane], ofLane)));
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
