import { ADAPTERS, type AdapterName } from "./adapter-facts.ts";
import { usableAddress } from "./address.ts";
import type { DueDelivery, GatewayCandidate } from "./due-delivery.ts";
import type { SkipCode } from "./skip.ts";
import { isWanted } from "./subscription.ts";
import type { Times } from "./times.ts";

type UsableGateway = GatewayCandidate & { adapter: AdapterName };

/** A gateway that can carry a delivery, with the address that it sends to. */
export type Route = { gateway: UsableGateway; to: string };

/** `closed`: nothing gets through any of its gateways at present, so it waits without a call. */
export type SendDecision =
  | ({ kind: "send" } & Route)
  | { kind: "skip"; code: SkipCode }
  | { kind: "wait" }
  | { kind: "closed" };

/**
 * Decides, by what is true at sending time, whether a claimed delivery is sent, skipped or has to wait.
 * `trials`: gateways that rest, and that this delivery may try all the same.
 */
export function decideSend(delivery: DueDelivery, times: Times, trials: ReadonlySet<string>): SendDecision {
  if (delivery.now >= delivery.expiresAt) return { kind: "skip", code: "expired" };
  if (!delivery.customer?.isSubscribed) return { kind: "skip", code: "not_subscribed" };
  if (delivery.candidates.length === 0) return { kind: "skip", code: "unsubscribed" };
  if (!delivery.candidates.some(({ statuses }) => isWanted(delivery.status, statuses))) {
    return { kind: "skip", code: "status_not_wanted" };
  }
  if (isSuperseded(delivery, times)) return { kind: "skip", code: "superseded" };
  if (delivery.olderWaiting) return { kind: "wait" };
  return chooseGateway(delivery, trials);
}

function isSuperseded(delivery: DueDelivery, times: Times): boolean {
  if (delivery.newerSent) return true;
  const hasWaited = delivery.now - delivery.acceptedAt > times.givesWay;
  return delivery.newerPending && (delivery.wasTried || hasWaited);
}

/**
 * The gateway tried least comes next; among equals one that works well; among those the one that stands first
 * in fail-over order. Where all do badly that order stands; one that is closed is not asked at all.
 */
function chooseGateway(delivery: DueDelivery, trials: ReadonlySet<string>): SendDecision {
  if (usableGateways(delivery).length === 0) return { kind: "skip", code: "channel_disabled" };
  const routes = reachableRoutes(delivery);
  if (routes.length === 0) return { kind: "skip", code: isSuppressed(delivery) ? "opted_out" : "no_address" };
  const open = routes.filter(({ gateway }) => gateway.health !== "closed" || trials.has(gateway.gatewayId));
  const rank = ({ gateway }: Route) => (gateway.health === "well" || trials.has(gateway.gatewayId) ? 0 : 1);
  const best = open.toSorted((a, b) => a.gateway.tries - b.gateway.tries || rank(a) - rank(b))[0];
  return best ? { kind: "send", ...best } : { kind: "closed" };
}

/** The gateways that can carry a delivery, each with the address that it sends to, in fail-over order. */
export function reachableRoutes(delivery: DueDelivery): Route[] {
  return addressedRoutes(delivery).filter(({ gateway }) => !delivery.suppressed[ADAPTERS[gateway.adapter].address]);
}

function isSuppressed(delivery: DueDelivery): boolean {
  return addressedRoutes(delivery).length > 0;
}

function addressedRoutes(delivery: DueDelivery): Route[] {
  const { customer } = delivery;
  if (customer === null) return [];
  return usableGateways(delivery).flatMap((gateway) => {
    const to = usableAddress(customer, ADAPTERS[gateway.adapter].address);
    return to === null ? [] : [{ gateway, to }];
  });
}

/** Those that can be asked, and through which the enterprise wants the status. */
function usableGateways({ candidates, status }: DueDelivery): UsableGateway[] {
  return candidates.filter(isUsable).filter(({ statuses }) => isWanted(status, statuses));
}

/** Whether a gateway can be asked to carry a delivery: enabled, known to this version, not barred. */
function isUsable(candidate: GatewayCandidate): candidate is UsableGateway & { enabled: true; barred: false } {
  return candidate.enabled && candidate.adapter !== null && !candidate.barred;
}
