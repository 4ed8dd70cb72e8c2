import { ADAPTERS, type AdapterName } from "./adapter-facts.ts";
import { usableAddress } from "./address.ts";
import type { DueDelivery, GatewayCandidate } from "./due-delivery.ts";
import type { SkipCode } from "./skip.ts";

/** An older status gives way to a newer one after it has waited this long, in ms. */
export const GIVES_WAY_AFTER_MS = 60_000;

/** A delivery that has to let another go first is looked at again after this time, in ms. */
export const WAIT_FOR_SIBLING_MS = 2_000;

type UsableGateway = GatewayCandidate & { adapter: AdapterName };

export type SendDecision =
  | { kind: "send"; gateway: UsableGateway; to: string }
  | { kind: "skip"; code: SkipCode }
  | { kind: "wait" };

/** Decides, by what is true at sending time, whether a claimed delivery is sent, skipped or has to wait. */
export function decideSend(delivery: DueDelivery): SendDecision {
  if (delivery.now >= delivery.expiresAt) return { kind: "skip", code: "expired" };
  if (!delivery.customer?.isSubscribed) return { kind: "skip", code: "not_subscribed" };
  if (delivery.candidates.length === 0) return { kind: "skip", code: "unsubscribed" };
  if (isSuperseded(delivery)) return { kind: "skip", code: "superseded" };
  if (delivery.olderWaiting) return { kind: "wait" };
  return chooseGateway(delivery);
}

function isSuperseded(delivery: DueDelivery): boolean {
  if (delivery.newerSent) return true;
  const hasWaited = delivery.now - delivery.acceptedAt > GIVES_WAY_AFTER_MS;
  return delivery.newerPending && (delivery.wasTried || hasWaited);
}

/** The gateway tried least comes next; among equals the one that stands first in fail-over order. */
function chooseGateway(delivery: DueDelivery): SendDecision {
  if (!delivery.candidates.some(isUsable)) return { kind: "skip", code: "channel_disabled" };
  const best = reachableGateways(delivery).toSorted((a, b) => a.gateway.tries - b.gateway.tries)[0];
  return best ? { kind: "send", ...best } : { kind: "skip", code: "no_address" };
}

/** The gateways that can carry a delivery, each with the address that it sends to, in fail-over order. */
export function reachableGateways({ candidates, customer }: DueDelivery): { gateway: UsableGateway; to: string }[] {
  if (customer === null) return [];
  return candidates.filter(isUsable).flatMap((gateway) => {
    const to = usableAddress(customer, ADAPTERS[gateway.adapter].address);
    return to === null ? [] : [{ gateway, to }];
  });
}

/** Whether a gateway can be asked to carry a delivery: enabled, known to this version, not barred. */
function isUsable(candidate: GatewayCandidate): candidate is UsableGateway & { enabled: true; barred: false } {
  return candidate.enabled && candidate.adapter !== null && !candidate.barred;
}
