import { AppError } from "../domain/app-error.ts";
import { changesOf, type AuditEntry } from "../domain/audit-entry.ts";
import type { Gateway, GatewayChanges, NewGateway } from "../domain/gateway.ts";
import type { Kind } from "../domain/lane.ts";
import type { PageOf } from "../domain/page-cursor.ts";
import type { Services } from "../services.ts";
import { auditEntry, type By } from "./audit-entry.ts";
import { chooseAdapter, refuseMismatch, refuseUnknownAccount } from "./gateway-rules.ts";
import { showChannel } from "./keep-channels.ts";
import { gatewayKeyOf, requireCustomer, resealed, sealCredentials } from "./own-gateways.ts";
import { toldPage, type ToldPage } from "./told-page.ts";

type Reads = Pick<Services, "gateways">;
type Needs = Reads & Pick<Services, "channels" | "customers" | "ids" | "accounts" | "vault" | "ownGateways">;

/**
 * Puts a gateway on a channel, an enterprise's own with its credentials sealed. Throws AppError `unknown_adapter`,
 * `unknown_account`, `channel_not_found`, `enterprise_not_found`, `adapter_mismatch`, `invalid_request` for credentials,
 * or `gateway_exists` where the channel has one of that name.
 */
export async function addGateway(services: Needs, gateway: NewGateway, by: By): Promise<Gateway> {
  const adapter = chooseAdapter(gateway.adapter, gateway.gateway_name);
  refuseUnknownAccount(services, gateway.account);
  const channel = await showChannel(services, gateway.channel_id);
  refuseMismatch(channel.kind, adapter, undefined);
  const { enterprise_id: ownerId, credentials: given, ...known } = gateway;
  if (ownerId === null) return insertGateway(services, { ...known, enterprise_id: null, adapter }, channel, by);
  await requireCustomer(services, ownerId);
  const gatewayId = services.ids.next("gw");
  const credentials = await sealCredentials(services, { ownerId, gatewayId }, adapter, given);
  return insertGateway(services, { ...known, enterprise_id: ownerId, adapter }, channel, by, undefined, {
    gatewayId,
    credentials,
  });
}

/** The rest of what it takes to put a gateway on a channel that is there. Throws as `addGateway`. */
export async function insertGateway(
  services: Pick<Services, "ids"> & { gateways: Pick<Services["gateways"], "insert"> },
  gateway: Omit<NewGateway, "credentials"> & { adapter: ReturnType<typeof chooseAdapter> },
  channel: { kind: Kind },
  by: By,
  meantKind?: Kind,
  own?: { gatewayId: string; credentials: string },
): Promise<Gateway> {
  refuseMismatch(channel.kind, gateway.adapter, meantKind);
  const { channel_id: channelId, gateway_name: gatewayName, adapter, sender, account, priority, enabled } = gateway;
  const { enterprise_id } = gateway;
  const gatewayId = own?.gatewayId ?? services.ids.next("gw");
  const inserted = await services.gateways.insert(
    {
      gatewayId,
      channelId,
      gatewayName,
      gatewayKey: await gatewayKeyOf(gatewayName, enterprise_id),
      adapter,
      sender,
      account,
      priority,
      enabled,
      ownerId: enterprise_id ?? "",
      credentials: own?.credentials ?? null,
    },
    entryOf(
      services,
      by,
      { gateway_id: gatewayId, enterprise_id },
      "created",
      own ? { ...gateway, credentials: null } : gateway,
    ),
  );
  switch (inserted) {
    case "inserted":
      return { gateway_id: gatewayId, ...gateway, has_credentials: own !== undefined, health: "well" };
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

/**
 * Changes what is named and nothing else; credentials are replaced whole. Any change of an enterprise's own gateway, also
 * one that names nothing, puts its credentials under the present key. Throws AppError `gateway_not_found`,
 * `gateway_exists`, or `invalid_request` for credentials.
 */
export async function changeGateway(
  services: Needs,
  gateway: Pick<Gateway, "gateway_id" | "enterprise_id">,
  changes: GatewayChanges,
  by: By,
): Promise<Gateway> {
  const { credentials: given, ...others } = changes;
  const name = changes.gateway_name;
  const key = name === undefined ? {} : { gateway_key: await gatewayKeyOf(name, gateway.enterprise_id) };
  const columns = { ...others, ...key, ...(await changedCredentials(services, gateway, given)) };
  const entry = entryOf(services, by, gateway, "changed", changes);
  const changed = await services.gateways.change(gateway.gateway_id, columns, entry);
  return changed === "duplicate" ? nameTaken() : (changed ?? notFound());
}

async function changedCredentials(
  services: Needs,
  { gateway_id: gatewayId, enterprise_id: ownerId }: Pick<Gateway, "gateway_id" | "enterprise_id">,
  given: unknown,
): Promise<{ credentials?: string }> {
  if (ownerId === null) return given === undefined ? {} : noCredentials();
  const own = (await services.ownGateways.find(gatewayId)) ?? notFound();
  if (given !== undefined) return { credentials: await sealCredentials(services, own, own.adapter, given) };
  const text = own.credentials === null ? null : await resealed(services, own, own.credentials);
  if (text !== null && own.credentials !== null) await services.gateways.reseal(gatewayId, own.credentials, text);
  return {};
}

function noCredentials(): never {
  throw new AppError("invalid_request", "Only an enterprise's own gateway has credentials.", {
    errors: [{ pointer: "/credentials", message: "must be left out for a gateway that is everyone's" }],
  });
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
  const changes = written === undefined ? null : changesOf(written, ["credentials"]);
  const what = { resource: "gateway", resourceId: gateway_id, action, changes } as const;
  return auditEntry(services, by, { enterpriseId: enterprise_id, ...what });
}

function notFound(): never {
  throw new AppError("gateway_not_found", "There is no gateway with this gateway_id.");
}

function nameTaken(): never {
  throw new AppError("gateway_exists", "This channel has a gateway of this name already.");
}
