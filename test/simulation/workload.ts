import { originalMessage } from "../../src/domain/message.ts";
import type { OrderUpdate } from "../../src/domain/order-update.ts";
import type { createClients } from "./clients.ts";
import type { MemoryDatabase } from "./memory/tables.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import { ENTERPRISE_IDS } from "./town.ts";

type Setting = {
  scheduler: Scheduler;
  random: Random;
  database: MemoryDatabase;
  clients: Pick<ReturnType<typeof createClients>, "post" | "postTogether">;
  /** Gets the texts that two enterprises have sent to the same address. */
  twins: Set<string>;
};

/** The statuses of one shipment follow each other this closely, in ms. */
const APART_MS = 100;

const STATUSES = ["packed", "shipped", "in customs", "out for delivery", "delivered"];

/**
 * Lets clients post for a while: shipments with up to five statuses close together, in order or not; posts that
 * come twice at once, again later, with other content under the same keys, or under somebody else's key.
 */
export function startWorkload({ scheduler, random, database, clients, twins }: Setting, forMs: number): void {
  const shipments = random.between(3, 9);
  let count = 0;
  for (let shipment = 0; shipment < shipments; shipment++) {
    const enterpriseId = random.pick(ENTERPRISE_IDS);
    const start = random.between(0, forMs);
    const statuses = STATUSES.slice(0, random.between(1, STATUSES.length));
    const isOrderly = random.chance(0.6);
    const together: Parameters<Setting["clients"]["postTogether"]>[0] = [];
    for (const [index, status] of statuses.entries()) {
      const at = start + (isOrderly ? index * APART_MS : random.between(0, random.chance(0.3) ? 90_000 : 600));
      const update = updateOf(enterpriseId, `S${shipment}`, status, scheduler.now() + start + index * APART_MS);
      count += 1;
      together.push({ update, idempotencyKey: postSomehow(update, at, `key-${count}`) });
      // The same parcel, told to two enterprises that share a telephone: the provider cannot tell the messages apart.
      if (enterpriseId === "e1" && random.chance(0.3)) {
        twins.add(originalMessage(update).text);
        const other = { ...update, enterpriseId: "e4" };
        together.push({ update: other, idempotencyKey: postSomehow(other, at, "key-e4") });
      }
    }
    // The whole shipment once more as an array, while its updates come one by one, or after them.
    if (random.chance(0.4)) scheduler.after(start + random.between(0, 800), () => clients.postTogether(together));
  }

  function postSomehow(update: OrderUpdate, at: number, ownKey: string): string | null {
    const isForeign = random.chance(0.05);
    const idempotencyKey = isForeign ? "key-1" : random.chance(0.5) ? `${ownKey}-${update.status}` : null;
    const post = (afterMs: number, what = update) =>
      scheduler.after(afterMs, () => void clients.post(what, idempotencyKey));
    post(at);
    if (random.chance(0.2)) post(at + random.between(0, 3));
    if (random.chance(0.3)) post(at + random.between(10, 60_000));
    if (random.chance(0.15)) post(at + random.between(0, 20_000), { ...update, data: { other: true } });
    return idempotencyKey;
  }

  for (let change = random.between(0, 4); change > 0; change--) {
    scheduler.after(random.between(0, forMs), () => switchSomething(random, database));
  }
}

export function updateOf(enterpriseId: string, shipmentId: string, status: string, occurredAt: number): OrderUpdate {
  return {
    enterpriseId,
    shipmentId,
    status,
    occurredAt,
    timestampText: new Date(occurredAt).toISOString(),
    data: null,
  };
}

/** An operator or an enterprise switches something off or on. */
function switchSomething(random: Random, database: MemoryDatabase): void {
  const flip = (row: { enabled: boolean } | undefined) => {
    if (row) row.enabled = !row.enabled;
  };
  if (random.chance(0.5)) return flip(random.pick([...database.subscriptions.values()]));
  if (random.chance(0.7)) return flip(random.pick([...database.gateways.values()]));
  const customer = random.pick([...database.customers.values()]);
  customer.isSubscribed = !customer.isSubscribed;
}
