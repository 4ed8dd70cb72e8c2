import { isAdapterName } from "../../src/domain/adapter-facts.ts";
import { RESTING_STATES, type DeliveryState } from "../../src/domain/delivery.ts";
import { originalMessage } from "../../src/domain/message.ts";
import { checkAcceptances, checkCalls, checkForged, checkOrder, checkPhantoms, checkTenants } from "./checks-ledger.ts";
import { errorText } from "./error-text.ts";
import type { Evidence } from "./evidence.ts";
import { key } from "./memory/tables.ts";
import { canBeAsked } from "./provider.ts";
import { takeStrays } from "./strays.ts";

const RESTING: readonly DeliveryState[] = RESTING_STATES;

/** Checks, when everything has come to rest, what must hold whatever has happened. */
export async function checkAtRest(evidence: Evidence): Promise<void> {
  checkRest(evidence);
  checkCertain(evidence);
  checkGivenUp(evidence);
  checkRepeats(evidence);
  checkAcceptances(evidence);
  checkOutcomesLogged(evidence);
  checkPhantoms(evidence);
  checkOrder(evidence);
  checkCalls(evidence);
  checkTenants(evidence);
  checkForged(evidence);
  for (const error of await takeStrays()) evidence.violations.report("I10", `nobody waited for ${errorText(error)}`);
}

/** I1: every answer names rows that are there, and every row rests. */
function checkRest({ database, history, violations }: Evidence): void {
  for (const row of database.deliveries.values()) {
    if (!RESTING.includes(row.state)) violations.report("I1", `${row.deliveryId} ends as ${row.state}`);
    if (row.ringAt !== null) violations.report("I1", `${row.deliveryId} is ${row.state}, but still rung for`);
  }
  for (const { update, answer } of history) {
    if (answer === null) violations.report("I10", `a post of ${update.shipmentId} was never answered`);
    if (answer?.kind !== "accepted") continue;
    const { updateId, deliveries, skipped } = answer.accepted;
    const rows = [...database.deliveries.values()].filter((row) => row.updateId === updateId);
    if (rows.length !== deliveries.length + skipped.length) {
      violations.report("I1", `${updateId} has ${rows.length} rows, but more or fewer were promised`);
    }
  }
}

/** I1: what a provider can be asked about, and nobody else could have sent, does not stay uncertain. */
function checkCertain({ database, hasTwin, violations }: Evidence): void {
  for (const row of database.deliveries.values()) {
    const attempt = database.attemptsOf.get(row.deliveryId)?.find((one) => one.attemptNo === row.attemptNo);
    const adapter = database.gateways.get(attempt?.gatewayId ?? "")?.adapter ?? "";
    const isUncertain = row.state === "unconfirmed" || row.code === "dropped";
    if (isUncertain && isAdapterName(adapter) && canBeAsked(adapter) && !hasTwin(originalMessage(row))) {
      violations.report("I1", `${row.deliveryId} is ${row.state} although its provider could be asked`);
    }
  }
}

/** I1: nothing is given up unless a provider has said that it will not work. */
function checkGivenUp({ database, provider, violations }: Evidence): void {
  const refused = provider.calls.filter(({ way }) => way.startsWith("wrong_"));
  const deliveries = new Set(refused.map(({ attemptId }) => database.attempts.get(attemptId)?.deliveryId));
  for (const row of database.deliveries.values()) {
    const isGivenUp = row.state === "failed" && (row.code === "rejected" || row.code === "misconfigured");
    if (isGivenUp && !deliveries.has(row.deliveryId)) {
      violations.report("I1", `${row.deliveryId} was given up as ${row.code}, but no provider had refused it`);
    }
  }
}

/** I2: one business key is one update, whatever was asked and how often; other content is never accepted. */
function checkRepeats({ database, history, violations }: Evidence): void {
  const updates = new Map<string, string>();
  for (const row of database.deliveries.values()) {
    const businessKey = key(row.enterpriseId, row.shipmentId, row.status, row.occurredAt);
    const known = updates.get(businessKey) ?? row.updateId;
    updates.set(businessKey, known);
    if (known !== row.updateId) violations.report("I2", `${known} and ${row.updateId} are the same update`);
  }
  const answers = new Map<string, string>();
  const compare = (what: string, said: string) => {
    const known = answers.get(what) ?? said;
    answers.set(what, known);
    if (known !== said) violations.report("I2", `two answers to one key: ${known} and ${said}`);
  };
  for (const { update, idempotencyKey, answer } of history) {
    if (answer?.kind !== "accepted") continue;
    const { enterpriseId, shipmentId, status, occurredAt, data } = update;
    const { updateId, deliveries, skipped } = answer.accepted;
    const ids = deliveries.map((one) => one.deliveryId).join(" ");
    const content = JSON.stringify(data);
    compare(
      key("business", enterpriseId, shipmentId, status, occurredAt),
      `${updateId} ${content} ${ids} ${skipped.length}`,
    );
    if (idempotencyKey !== null) compare(key("key", enterpriseId, idempotencyKey), `${updateId} ${content}`);
  }
}

/** I4: what did not arrive says why. */
function checkOutcomesLogged({ database, violations }: Evidence): void {
  const codes = Map.groupBy(database.failures.values(), (failure) => failure.deliveryId);
  for (const row of database.deliveries.values()) {
    if (!["failed", "skipped", "undelivered", "unconfirmed"].includes(row.state)) continue;
    const isLogged = (codes.get(row.deliveryId) ?? []).some((failure) => failure.code === row.code);
    if (!isLogged) violations.report("I4", `${row.deliveryId} is ${row.state} (${row.code}), but not in logs_failure`);
  }
}
