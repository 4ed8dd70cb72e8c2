import { inArray, sql } from "drizzle-orm";
import { UNPROVEN_STATES } from "../domain/delivery.ts";
import { LEASE_EXPIRED, type AttemptResult, type DeliveryResult } from "../domain/delivery-result.ts";
import { blamesGateway } from "../domain/send-outcome.ts";
import { skipReason } from "../domain/skip.ts";
import type { Times } from "../domain/times.ts";
import { caseBy } from "./case-by.ts";
import { namedRows, namesOf } from "./claim.ts";
import type { Db } from "./client.ts";
import { fit } from "./fit.ts";
import { insertFailures, insertLogs, type AcceptedEntry, type FailureEntry } from "./logs.ts";
import { movesBySteps } from "./moves.ts";
import { changeSuppressions } from "./suppressions.ts";
import { utcNow } from "./time.ts";

/**
 * Records what a batch has come to: facts first, states last, so that a crash in between is repeated or
 * reconciled from facts. At most four statements, and a fifth where a recipient has opted out; each may be
 * repeated without harm.
 */
export async function recordResults(db: Db, results: DeliveryResult[], times: Times): Promise<void> {
  await recordAttempts(db, results);
  await insertLogs(db, results.flatMap(acceptedEntry));
  await insertFailures(db, results.flatMap(failureEntry));
  await changeSuppressions(
    db,
    results.flatMap(({ optOut }) => optOut ?? []),
  );
  await moveDeliveries(db, results, times);
}

type AttemptLine = AttemptResult & { enterpriseId: string };

async function recordAttempts(db: Db, results: DeliveryResult[]): Promise<void> {
  const lines = results.flatMap(({ attempt, delivery }) =>
    attempt ? [{ ...attempt, enterpriseId: delivery.enterpriseId }] : [],
  );
  if (lines.length === 0) return;
  const each = (value: (line: AttemptLine) => unknown) => caseBy("attempt_id", lines, (line) => line.attemptId, value);
  const enterprises = [...new Set(lines.map((line) => line.enterpriseId))];
  const ids = lines.map((line) => line.attemptId);
  // What is known stays: an acceptance that a receipt proved, whatever we think; and what a sender that was given
  // up has told meanwhile, where we only think that it went away.
  const isGuess = each(({ outcome }) => isLeaseExpired(outcome));
  const isKnown = sql`(outcome <=> 'accepted' OR (outcome IS NOT NULL AND ${isGuess}))`;
  await db.execute(sql`
    UPDATE attempts FORCE INDEX (PRIMARY)
       SET code = IF(${isKnown}, code, ${each(({ outcome }) => ("code" in outcome ? outcome.code : null))}),
           reason = IF(${isKnown}, reason, ${each(({ outcome }) => ("reason" in outcome ? outcome.reason : null))}),
           provider_id = COALESCE(${each(({ outcome }) => (outcome.kind === "accepted" ? fit(outcome.providerId) : null))}, provider_id),
           ended_at = ${utcNow},
           gateway_failed = IF(${isKnown}, IF(outcome = 'accepted', FALSE, gateway_failed), ${each(({ outcome }) => failedOf(outcome))}),
           outcome = IF(${isKnown}, outcome, ${each(({ outcome }) => outcome.kind)})
     WHERE ${inArray(sql.raw("enterprise_id"), enterprises)} AND ${inArray(sql.raw("attempt_id"), ids)}`);
}

/** Null where nothing was heard that could speak for or against the gateway. */
function failedOf(outcome: AttemptResult["outcome"]): boolean | null {
  return outcome.kind === "not_started" || isLeaseExpired(outcome) ? null : blamesGateway(outcome);
}

function isLeaseExpired(outcome: AttemptResult["outcome"]): boolean {
  return "code" in outcome && outcome.code === LEASE_EXPIRED;
}

function acceptedEntry({ delivery, attempt }: DeliveryResult): AcceptedEntry[] {
  if (attempt?.outcome.kind !== "accepted") return [];
  const { attemptId, gateway, outcome } = attempt;
  return [{ ...logged(delivery), attemptId, gateway, providerId: fit(outcome.providerId) }];
}

function failureEntry({ delivery, attempt, step }: DeliveryResult): FailureEntry[] {
  const none = { attemptNo: 0, attemptId: null, gateway: "", providerCode: null, providerId: null };
  switch (step.state) {
    case "skipped":
    case "skip_logged":
      return [{ ...logged(delivery), ...none, code: step.code, message: skipReason(step.code) }];
    case "failed":
      return [
        {
          ...logged(delivery),
          ...none,
          attemptNo: delivery.attemptNo,
          attemptId: attempt?.attemptId ?? null,
          gateway: attempt?.gateway ?? "",
          code: step.code,
          message: step.reason,
          providerCode: step.providerCode,
        },
      ];
    case "sent":
    case "retrying":
    case "unknown":
    case "given_back":
      return [];
  }
}

function logged({ enterpriseId, deliveryId, shipmentId, status, occurredAt, channel }: DeliveryResult["delivery"]) {
  return { enterpriseId, deliveryId, shipmentId, status, occurredAt, channel };
}

async function moveDeliveries(db: Db, results: DeliveryResult[], times: Times): Promise<void> {
  const moveOf = movesBySteps(times);
  const lines = results.map(({ delivery, attempt, step }) => ({ delivery, attempt, move: moveOf(step, delivery) }));
  const each = (value: (line: (typeof lines)[number]) => unknown) =>
    caseBy("delivery_id", lines, ({ delivery }) => delivery.deliveryId, value);
  const isOurs = sql`state IN ('sending', 'unknown') AND attempt_no = ${each(({ delivery }) => delivery.attemptNo)}`;
  // An accepted message is a fact whoever holds the lease now, as if a receipt told it; any other result counts
  // only for its own claim.
  const isSent = each(({ move }) => move.state === "sent");
  const mayMove = sql`(${isOurs}) OR (state IN ${[...UNPROVEN_STATES]} AND ${isSent})`;
  await db.execute(sql`
    UPDATE deliveries FORCE INDEX (PRIMARY)
       SET code = ${each(({ move }) => move.code)},
           gateway_id = COALESCE(${each(({ attempt }) => attempt?.gatewayId ?? null)}, gateway_id),
           gateway = COALESCE(${each(({ attempt }) => attempt?.gateway ?? null)}, gateway),
           due_at = LEAST(expires_at, ${each(({ move }) => move.dueAt)}),
           ring_at = ${each(({ move }) => move.ringAt)}, ring_no = 0,
           lane = COALESCE(${each(({ move }) => move.lane)}, lane),
           hold_until = ${each(({ move }) => move.holdUntil)},
           look_at = ${each(({ move }) => move.lookAt)}, look_no = 0,
           settled_at = ${each(({ move }) => move.settledAt)},
           lease_token = NULL, lease_until = NULL,
           state = ${each(({ move }) => move.state)}
     WHERE ${namedRows("deliveries", namesOf(results.map((result) => result.delivery)))}
       AND (${mayMove} OR (state = 'skipped' AND ring_at IS NOT NULL))`);
}
