import { AppError } from "../domain/app-error.ts";
import { changesOf, type AuditEntry } from "../domain/audit-entry.ts";
import type { PageOf } from "../domain/page-cursor.ts";
import type { Subscription, SubscriptionChanges, SubscriptionKey } from "../domain/subscription.ts";
import type { Services } from "../services.ts";
import { auditEntry, type By } from "./audit-entry.ts";
import { toldPage, type ToldPage } from "./told-page.ts";

type Reads = Pick<Services, "subscriptions">;
type Needs = Reads & Pick<Services, "ids">;

/**
 * Subscribes an enterprise to a channel through a gateway of it. Throws AppError `enterprise_not_found`,
 * `gateway_not_found` where that channel has no such gateway for this enterprise, or `subscription_exists`.
 */
export async function addSubscription(services: Needs, subscription: Subscription, by: By): Promise<Subscription> {
  const { enabled, statuses } = subscription;
  const entry = entryOf(services, by, subscription, "created", { enabled, statuses });
  switch (await services.subscriptions.insert(subscription, entry)) {
    case "inserted":
      return subscription;
    case "duplicate":
      throw new AppError(
        "subscription_exists",
        "The enterprise subscribes to this channel through this gateway already.",
      );
    case "no_customer":
      throw new AppError("enterprise_not_found", "There is no enterprise with this enterprise_id.");
    case "no_gateway":
      throw new AppError("gateway_not_found", "The channel has no gateway with this gateway_id for this enterprise.");
  }
}

/** Throws AppError `subscription_not_found`. */
export async function showSubscription({ subscriptions }: Reads, key: SubscriptionKey): Promise<Subscription> {
  return (await subscriptions.find(key)) ?? notFound();
}

/** A page of the subscriptions of an enterprise, by channel and gateway. */
export async function listSubscriptions(
  { subscriptions }: Reads,
  asked: PageOf<{ enterpriseId: string }>,
): Promise<ToldPage<Subscription>> {
  return toldPage("subscriptions", asked, await subscriptions.page(asked));
}

/** Changes what is named and nothing else. Throws AppError `subscription_not_found`. */
export async function changeSubscription(
  services: Needs,
  key: SubscriptionKey,
  changes: SubscriptionChanges,
  by: By,
): Promise<Subscription> {
  const entry = entryOf(services, by, key, "changed", changes);
  return (await services.subscriptions.change(key, changes, entry)) ?? notFound();
}

/** What was accepted and is not sent yet goes no longer through this gateway. Throws AppError `subscription_not_found`. */
export async function removeSubscription(services: Needs, key: SubscriptionKey, by: By): Promise<void> {
  const removal = await services.subscriptions.remove(key, entryOf(services, by, key, "removed"));
  if (removal === "missing") notFound();
}

function entryOf(
  services: Needs,
  by: By,
  { enterprise_id, channel_id, gateway_id }: SubscriptionKey,
  action: AuditEntry["action"],
  written?: SubscriptionChanges,
): AuditEntry {
  return auditEntry(services, by, {
    enterpriseId: enterprise_id,
    resource: "subscription",
    resourceId: [enterprise_id, channel_id, gateway_id].join("/"),
    action,
    changes: written === undefined ? null : changesOf(written),
  });
}

function notFound(): never {
  throw new AppError("subscription_not_found", "The enterprise has no such subscription.");
}
