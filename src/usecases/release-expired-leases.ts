import { LEASE_EXPIRED, stepAfter, type AttemptOutcome, type DeliveryResult } from "../domain/delivery-result.ts";
import type { Services } from "../services.ts";
import { recordResults } from "./record-results.ts";

const PER_PORTION = 200;

/** After a crash of many senders at once a sweep takes up this many portions at most, the next one the rest. */
const PORTIONS = 20;

type Needs = Pick<Services, "sweeping" | "sending" | "bells" | "clock" | "random" | "times" | "log">;

type ExpiredLease = Awaited<ReturnType<Services["sweeping"]["findExpiredLeases"]>>[number];

/**
 * Takes up deliveries whose sender went away, by what is known of their calls. Without an attempt row nothing
 * was called, so they are due again; with an outcome they go where it leads; with an attempt and no outcome
 * the call may have been made, so they are held as `unknown`.
 */
export async function releaseExpiredLeases(services: Needs): Promise<number> {
  let released = 0;
  for (let portion = 0; portion < PORTIONS; portion++) {
    const expired = await services.sweeping.findExpiredLeases(PER_PORTION);
    const results = expired.map((lease) => resultOf(lease, services));
    await recordResults(services, results);
    released += expired.length;
    if (expired.length < PER_PORTION) break;
  }
  return released;
}

function resultOf(lease: ExpiredLease, { random, times }: Needs): DeliveryResult {
  const delivery = { ...lease, wasTried: lease.attemptNo > 1 };
  const { attemptId, gatewayId, gateway } = lease;
  if (attemptId === null || gatewayId === null || gateway === null) {
    return { delivery, attempt: null, step: { state: "given_back", delayMs: 0 } };
  }
  const outcome = outcomeOf(lease);
  // Which other gateways there are is not asked for here; a fail-over that was due ends with its reason.
  const { attemptNo, lane } = lease;
  const situation = { attemptNo, random: random(), times, lane, freshLane: null, otherLane: null };
  return { delivery, attempt: { attemptId, gatewayId, gateway, outcome }, step: stepAfter(outcome, situation) };
}

/** The outcome as it was recorded before the sender went away; none is an answer that nobody has heard. */
function outcomeOf({ outcome, providerId, code, reason }: ExpiredLease): AttemptOutcome {
  const why = { code: code ?? "", reason: reason ?? "" };
  switch (outcome) {
    case "accepted":
      return { kind: "accepted", providerId };
    case "not_started":
      return { kind: "not_started" };
    case "refused":
      return { kind: "refused", ...why };
    case "rejected":
      return { kind: "rejected", otherGateway: false, ...why };
    case "misconfigured":
      return { kind: "misconfigured", ...why };
    case "ambiguous":
    case null:
      return { kind: "ambiguous", code: LEASE_EXPIRED, reason: "The sender went away before it heard the answer." };
  }
}
