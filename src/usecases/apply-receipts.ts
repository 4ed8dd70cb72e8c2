import type { DeliveryState } from "../domain/delivery.ts";
import type { Receipt, ReceiptKind } from "../domain/receipt.ts";
import { STEP_NO, isLookUpEvent } from "../domain/reconciliation.ts";
import { changesBy, type SuppressionChange } from "../domain/suppression.ts";
import type { Services } from "../services.ts";

type Needs = Pick<Services, "receipts">;

type Known = { receipt: Receipt; attempt: Awaited<ReturnType<Needs["receipts"]["findAttempts"]>>[number] };

/** How far each kind of receipt moves a delivery, and how much it says beside others of the same attempt. */
const MOVES = {
  progress: { to: "sent", rank: 0 },
  undelivered: { to: "undelivered", rank: 1 },
  delivered: { to: "delivered", rank: 2 },
} as const satisfies Record<ReceiptKind, { to: string; rank: number }>;

/**
 * Applies what a provider told us, after its signature was verified. Receipts are a set and deliveries only
 * move forward, so repeats and disorder change nothing. Whatever their number, they cost a statement for each table
 * in which something is missing: two where nothing is, four where sent messages are settled. Receipts of unknown
 * attempts, under another enterprise's name, or of attempts that went through none of the accounts that vouch for
 * them, are dropped: they are `unknown`.
 */
export async function applyReceipts(
  services: Needs,
  received: Receipt[],
  accounts: readonly string[],
): Promise<{ applied: number; unknown: number }> {
  if (received.length === 0) return { applied: 0, unknown: 0 };
  const attempts = await services.receipts.findAttempts(received, accounts);
  const byKey = new Map(attempts.map((attempt) => [keyOf(attempt), attempt]));
  const known = received.flatMap((receipt) => {
    const attempt = byKey.get(keyOf(receipt));
    return attempt ? [{ receipt, attempt }] : [];
  });
  const unknown = received.length - known.length;
  if (known.length === 0) return { applied: 0, unknown };

  const telling = mostTelling(known, ({ receipt }) => keyOf(receipt));
  await services.receipts.insert(known.map(({ receipt }) => receipt));
  await services.receipts.writeSteps(telling.filter(isAnswer).map(stepOf));
  await services.receipts.suppress(known.flatMap(wishedChanges));
  // What is known of an acceptance only ever grows, so what was there a moment ago need not be written again.
  await services.receipts.markAccepted(telling.filter(({ attempt }) => !attempt.isAccepted));
  await services.receipts.logProven(telling.filter(({ attempt }) => !attempt.isLogged));
  await services.receipts.logUndelivered(known.filter(({ receipt }) => receipt.kind === "undelivered"));
  await services.receipts.moveForward(
    mostTelling(telling, ({ attempt }) => attempt.deliveryId)
      .filter(mayMove)
      .map(({ receipt, attempt }) => ({ ...attempt, to: MOVES[receipt.kind].to })),
  );
  return { applied: known.length, unknown };
}

/** Whether a receipt settles an open question; what was looked up has its step already. */
function isAnswer({ receipt, attempt }: Known): boolean {
  const isQuestion = attempt.state === "unknown" || attempt.state === "unconfirmed";
  return isQuestion && !isLookUpEvent(receipt.eventId);
}

/** States that nothing ever leads out of, not even an operator. */
const FOR_GOOD: readonly DeliveryState[] = ["delivered", "undelivered", "skipped"];

/** False where a delivery is surely there already, so that repeats of an array move nothing and cost nothing. */
function mayMove({ receipt, attempt }: Known): boolean {
  if (FOR_GOOD.includes(attempt.state)) return false;
  return attempt.state !== "sent" || receipt.kind !== "progress" || attempt.isWaitedFor;
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
