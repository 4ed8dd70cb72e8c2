import type { Receipt, ReceiptKind } from "../domain/receipt.ts";
import { STEP_NO, isLookUpEvent } from "../domain/reconciliation.ts";
import { changesBy, type SuppressionChange } from "../domain/suppression.ts";
import type { Services } from "../services.ts";

type Needs = Pick<Services, "receipts" | "log">;

type Known = { receipt: Receipt; attempt: Awaited<ReturnType<Needs["receipts"]["findAttempts"]>>[number] };

/** How far each kind of receipt moves a delivery, and how much it says beside others of the same attempt. */
const MOVES = {
  progress: { to: "sent", rank: 0 },
  undelivered: { to: "undelivered", rank: 1 },
  delivered: { to: "delivered", rank: 2 },
} as const satisfies Record<ReceiptKind, { to: string; rank: number }>;

/**
 * Applies what a provider told us, after its signature was verified. Receipts are a set and deliveries only
 * move forward, so repeats and disorder change nothing. A fixed number of statements for any number of
 * receipts, one of them only where a receipt says something about an address. Receipts of unknown attempts, under
 * another enterprise's name, or of attempts that went through none of the accounts that vouch for them, are dropped.
 */
export async function applyReceipts(
  services: Needs,
  received: Receipt[],
  accounts: readonly string[],
): Promise<{ applied: number }> {
  if (received.length === 0) return { applied: 0 };
  const attempts = await services.receipts.findAttempts(received, accounts);
  const byKey = new Map(attempts.map((attempt) => [keyOf(attempt), attempt]));
  const known = received.flatMap((receipt) => {
    const attempt = byKey.get(keyOf(receipt));
    return attempt ? [{ receipt, attempt }] : [];
  });
  if (known.length < received.length) {
    services.log.info("receipts_of_unknown_attempts", { receipts: received.length - known.length });
  }
  if (known.length === 0) return { applied: 0 };

  const telling = mostTelling(known, ({ receipt }) => keyOf(receipt));
  await services.receipts.insert(known.map(({ receipt }) => receipt));
  await services.receipts.writeSteps(telling.filter(isAnswer).map(stepOf));
  await services.receipts.suppress(known.flatMap(wishedChanges));
  await services.receipts.markAccepted(telling);
  await services.receipts.logProven(telling);
  await services.receipts.logUndelivered(known.filter(({ receipt }) => receipt.kind === "undelivered"));
  await services.receipts.moveForward(
    mostTelling(telling, ({ attempt }) => attempt.deliveryId).map(({ receipt, attempt }) => ({
      ...attempt,
      to: MOVES[receipt.kind].to,
    })),
  );
  return { applied: known.length };
}

/** Whether a receipt settles an open question; what was looked up has its step already. */
function isAnswer({ receipt, attempt }: { receipt: Receipt; attempt: { isQuestion: boolean } }): boolean {
  return attempt.isQuestion && !isLookUpEvent(receipt.eventId);
}

function stepOf({ receipt, attempt }: { receipt: Receipt; attempt: { deliveryId: string } }) {
  const { enterpriseId, attemptId, kind } = receipt;
  const message = `A receipt proves that the provider has the message: ${kind}.`;
  const step = { stepNo: STEP_NO.receipt, source: "receipt", conclusion: "accepted", message };
  return { enterpriseId, deliveryId: attempt.deliveryId, attemptId, ...step };
}

/** A provider that gives no time speaks of the attempt: whoever wanted messages again since then still does. */
function wishedChanges({ receipt, attempt }: Known): SuppressionChange[] {
  return receipt.wish ? changesBy(receipt.wish, attempt, receipt.occurredAt ?? attempt.startedAt) : [];
}

/** Of several receipts of one attempt, or of one delivery, the one that says most decides. */
function mostTelling<T extends { receipt: Receipt }>(known: T[], subject: (one: T) => string): T[] {
  const best = new Map<string, T>();
  for (const one of known) {
    const other = best.get(subject(one));
    if (!other || MOVES[one.receipt.kind].rank > MOVES[other.receipt.kind].rank) best.set(subject(one), one);
  }
  return [...best.values()];
}

function keyOf({ enterpriseId, attemptId }: { enterpriseId: string; attemptId: string }): string {
  return JSON.stringify([enterpriseId, attemptId]);
}
