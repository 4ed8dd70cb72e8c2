import { loggableId } from "../domain/loggable-id.ts";
import { Outage } from "../domain/outage.ts";
import type { Services } from "../services.ts";
import { deliverBatch } from "../usecases/deliver-batch.ts";
import { bellMessage } from "./bell.ts";

/**
 * Where the bells of one batch name more, one group is claimed and dealt with after another: so many calls of 2.5 s each
 * are through before the lease of a group ends.
 */
const MAX_DELIVERIES = 114;

/** Bells that could not be heard because the database did not answer are repeated after this time, in s. */
const REPEAT_AFTER_S = 10;

type Named = { enterpriseId: string; deliveryId: string };

/**
 * Hears a batch of bells of one lane and delivers what they name. A bell that cannot be read is logged and
 * acknowledged, since its rows still stand; when the database fails the whole batch comes again.
 */
export async function hearBells(services: Services, batch: MessageBatch): Promise<void> {
  const startedAt = services.clock.now();
  const named = batch.messages.flatMap((message) => readBell(services, message));
  const sums: Record<string, number> = {};
  let outcome = "acknowledged";
  try {
    for (let start = 0; start < named.length; start += MAX_DELIVERIES) {
      const report = await deliverBatch(services, named.slice(start, start + MAX_DELIVERIES));
      for (const [count, value] of Object.entries(report)) sums[count] = (sums[count] ?? 0) + value;
    }
    batch.ackAll();
  } catch (error) {
    services.log.error("batch_failed", error, { queue: batch.queue, bells: batch.messages.length });
    batch.retryAll({ delaySeconds: REPEAT_AFTER_S });
    outcome = "comes_again";
  }
  logBatch(services, batch, startedAt, { outcome, ...sums });
}

/** The one line of a batch. */
function logBatch(
  { log, clock, statements }: Pick<Services, "log" | "clock" | "statements">,
  { queue, messages }: MessageBatch,
  startedAt: number,
  came: Record<string, string | number>,
): void {
  const took = { duration_ms: clock.now() - startedAt, statements: statements() };
  log.info("batch", { queue, bells: messages.length, ...came, ...took });
}

/** Bells that were repeated in vain: logged and acknowledged, for the sweep rings for their rows. */
export function hearDeadLetters(services: Pick<Services, "log" | "clock" | "statements">, batch: MessageBatch): void {
  const startedAt = services.clock.now();
  for (const message of batch.messages) {
    const bell = bellMessage.safeParse(message.body);
    services.log.error("bell_dead", new Outage("A bell could not be heard; the sweep rings for its deliveries."), {
      message_id: message.id,
      enterprise_id: bell.success ? loggableId(bell.data.enterprise_id) : null,
      deliveries: bell.success ? bell.data.delivery_ids.join(" ") : null,
    });
  }
  batch.ackAll();
  logBatch(services, batch, startedAt, { outcome: "acknowledged" });
}

function readBell(services: Services, message: Message): Named[] {
  const bell = bellMessage.safeParse(message.body);
  if (!bell.success) {
    services.log.error("bell_unreadable", bell.error, { message_id: message.id });
    return [];
  }
  const { enterprise_id: enterpriseId, delivery_ids: deliveryIds } = bell.data;
  return deliveryIds.map((deliveryId) => ({ enterpriseId, deliveryId }));
}
