import type { ClientAnswer, HistoryEntry, Purpose, UpdateBody } from "../history.ts";
import type { DeliveryRow, Evidence, Verdict } from "./evidence.ts";

/** States in which nothing more happens by itself: `sent` waits for a receipt that may never come. */
const RESTING = new Set(["sent", "delivered", "undelivered", "failed", "skipped", "unconfirmed"]);

export type Operation = {
  op: number;
  purpose: Purpose;
  body: UpdateBody;
  answer: ClientAnswer | null;
  /** When the answer came, ms since the epoch. */
  answeredAt: number | null;
};

/** What the clients did, one line per operation. */
export function operationsOf(history: readonly HistoryEntry[]): Operation[] {
  const operations = new Map<number, Operation>();
  for (const entry of history) {
    if (entry.type === "invoke") {
      operations.set(entry.op, { ...entry, answer: null, answeredAt: null });
    } else if (entry.type === "ok") {
      const operation = operations.get(entry.op);
      if (operation) Object.assign(operation, { answer: entry.answer, answeredAt: entry.at });
    }
  }
  return [...operations.values()];
}

/** Operations that were answered 202, replays included. */
export function acceptedOf(history: readonly HistoryEntry[]) {
  return operationsOf(history).flatMap((operation) =>
    operation.answer?.status === 202 && operation.answer.updateId !== null
      ? [{ ...operation, answer: operation.answer, updateId: operation.answer.updateId }]
      : [],
  );
}

/** Whether nothing more happens to a row; of a skip, its reason has to be logged as well. */
export function isAtRest({ state, ring_at: ringAt }: DeliveryRow): boolean {
  return RESTING.has(state) && (state !== "skipped" || ringAt === null);
}

/** I1: each 202 has its rows, all of them, and each row comes to rest. */
export function checkNothingLost({ history, tables }: Evidence): Verdict {
  const byUpdate = Map.groupBy(tables.deliveries, (row) => row.update_id);
  const accepted = acceptedOf(history);
  const missing = accepted.flatMap(({ op, updateId, answer }) => {
    const rows = byUpdate.get(updateId) ?? [];
    const ids = new Set(rows.map((row) => row.delivery_id));
    const gone = answer.deliveryIds.filter((id) => !ids.has(id));
    const told = answer.deliveryIds.length + answer.skipped;
    if (gone.length === 0 && rows.length === told) return [];
    return [`${updateId} (op ${op}) was answered with ${told} rows and has ${rows.length}; missing ${gone.join(" ")}`];
  });
  const restless = tables.deliveries
    .filter((row) => !isAtRest(row))
    .map((row) => `${row.delivery_id} does not come to rest: ${row.state}`);
  return {
    id: "I1",
    guarantee: "every 202 has its rows, and every row comes to rest",
    looked: `${accepted.length} answers, ${tables.deliveries.length} rows`,
    violations: [...missing, ...restless],
  };
}

/** I2: the same update, posted however often, is one update; with other content it is refused. */
export function checkConvergence({ history, tables }: Evidence): Verdict {
  const operations = operationsOf(history).filter(({ answer }) => answer !== null);
  const violations: string[] = [];
  for (const same of Map.groupBy(operations, ({ body }) => businessKey(body)).values()) {
    const accepted = same.filter(({ answer }) => answer?.status === 202);
    const answers = new Set(accepted.map(({ answer }) => `${answer?.updateId}: ${answer?.deliveryIds.join(" ")}`));
    if (answers.size > 1)
      violations.push(`op ${accepted[0]?.op}: one update, different answers: ${[...answers].join(" | ")}`);
  }
  for (const { op, purpose, answer } of operations) {
    const expected = purpose === "changed" ? "422 content_mismatch" : "202";
    const given = answer?.status === 202 ? "202" : `${answer?.status} ${answer?.code}`;
    if (given !== expected) violations.push(`op ${op} (${purpose}) was answered ${given} instead of ${expected}`);
  }
  const ids = Map.groupBy(tables.deliveries, (row) =>
    JSON.stringify([row.enterprise_id, row.shipment_id, row.status, row.occurred_at]),
  );
  for (const rows of ids.values()) {
    const updates = new Set(rows.map((row) => row.update_id));
    if (updates.size > 1) violations.push(`one update is stored as ${[...updates].join(" and ")}`);
    const channels = rows.map((row) => row.channel_id);
    if (new Set(channels).size < channels.length) violations.push(`${rows[0]?.update_id} has a channel twice`);
  }
  return {
    id: "I2",
    guarantee: "a repeat converges to one update, and other content is refused",
    looked: `${operations.length} answers, ${ids.size} updates`,
    violations,
  };
}

function businessKey({ enterprise_id: enterprise, shipment_id: shipment, status, timestamp }: UpdateBody): string {
  return JSON.stringify([enterprise, shipment, status, timestamp]);
}
