import { nameKey } from "../domain/adapter-facts.ts";
import { AppError } from "../domain/app-error.ts";
import { changesOf, type AuditEntry } from "../domain/audit-entry.ts";
import type { Gateway, GatewayChanges, NewGateway } from "../domain/gateway.ts";
import type { Kind } from "../domain/lane.ts";
import type { PageOf } from "../domain/page-cursor.ts";
import type { Services } from "../services.ts";
import { auditEntry, type By } from "./audit-entry.ts";
import { chooseAdapter, refuseMismatch, refuseUnknownAccount } from "./gateway-rules.ts";
import { showChannel } from "./keep-channels.ts";
import { toldPage, type ToldPage } from "./told-page.ts";

type Reads = Pick<Services, "gateways">;
type Needs = Reads & Pick<Services, "channels" | "ids" | "accounts">;

/**
 * Puts a gateway on a channel. Throws AppError `unknown_adapter`, `unknown_account`, `channel_not_found`,
 * `adapter_mismatch`, or `gateway_exists` where the channel has one of that name.
 */
export async function addGateway(services: Needs, gateway: NewGateway, by: By): Promise<Gateway> {
  const adapter = chooseAdapter(gateway.adapter, gateway.gateway_name);
  refuseUnknownAccount(services, gateway.account);
  const channel = await showChannel(services, gateway.channel_id);
  return insertGateway(services, { ...gateway, adapter }, channel, by);
}

/** The rest of what it takes to put a gateway on a channel that is there. Throws as `addGateway`. */
export async function insertGateway(
  services: Pick<Services, "ids"> & { gateways: Pick<Services["gateways"], "insert"> },
  gateway: NewGateway & { adapter: ReturnType<typeof chooseAdapter> },
  channel: { kind: Kind },
  by: By,
  meantKind?: Kind,
): Promise<Gateway> {
  refuseMismatch(channel.kind, gateway.adapter, meantKind);
  const { channel_id: channelId, gateway_name: gatewayName, adapter, sender, account, priority, enabled } = gateway;
  const gatewayId = services.ids.next("gw");
  const inserted = await services.gateways.insert(
    {
      gatewayId,
      channelId,
      gatewayName,
      gatewayKey: nameKey(gatewayName),
      adapter,
      sender,
      account,
      priority,
      enabled,
    },
    entryOf(services, by, { gateway_id: gatewayId, enterprise_id: null }, "created", gateway),
  );
  switch (inserted) {
    case "inserted":
      return { gateway_id: gatewayId, ...gateway, enterprise_id: null, health: "well" };
    case "duplicate":
      return nameTaken();
    case "no_channel":
      throw new AppError("channel_not_found", "The channel has been removed meanwhile.");
  }
}

/** Throws AppError `gateway_not_found`. */
export async function showGateway({ gateways }: Reads, gatewayId: string): Promise<Gateway> {
  return (await gateways.find(gatewayId)) ?? notFound();
}

/** A page of gateways by their ids. */
export async function listGateways(
  { gateways }: Reads,
  asked: Parameters<Reads["gateways"]["page"]>[0],
): Promise<ToldPage<Gateway>> {
  return toldPage("gateways", asked satisfies PageOf<unknown>, await gateways.page(asked));
}

/** Changes what is named and nothing else. Throws AppError `gateway_not_found`, or `gateway_exists`. */
export async function changeGateway(
  services: Needs,
  gateway: Pick<Gateway, "gateway_id" | "enterprise_id">,
  changes: GatewayChanges,
  by: By,
): Promise<Gateway> {
  const name = changes.gateway_name;
  const columns = { ...changes, ...(name === undefined ? {} : { gateway_key: nameKey(name) }) };
  const entry = entryOf(services, by, gateway, "changed", changes);
  const changed = await services.gateways.change(gateway.gateway_id, columns, entry);
  return changed === "duplicate" ? nameTaken() : (changed ?? notFound());
}

/** Removes a gateway that nobody subscribes to. Throws AppError `gateway_not_found` or `in_use`. */
export async function removeGateway(
  services: Needs,
  gateway: Pick<Gateway, "gateway_id" | "enterprise_id">,
  by: By,
): Promise<void> {
  switch (await services.gateways.remove(gateway.gateway_id, entryOf(services, by, gateway, "removed"))) {
    case "removed":
      return;
    case "missing":
      return notFound();
    case "in_use":
      throw new AppError("in_use", "Enterprises subscribe to this gateway. Remove these subscriptions first.");
  }
}

function entryOf(
  services: Pick<Services, "ids">,
  by: By,
  { gateway_id, enterprise_id }: Pick<Gateway, "gateway_id" | "enterprise_id">,
  action: AuditEntry["action"],
  written?: Partial<NewGateway> | GatewayChanges,
): AuditEntry {
  const changes = written === undefined ? null : changesOf(written);
  const what = { resource: "gateway", resourceId: gateway_id, action, changes } as const;
  return auditEntry(services, by, { enterpriseId: enterprise_id, ...what });
}

function notFound(): never {
  throw new AppError("gateway_not_found", "There is no gateway with this gateway_id.");
}

function nameTaken(): never {
  throw new AppError("gateway_exists", "This channel has a gateway of this name already.");
}
