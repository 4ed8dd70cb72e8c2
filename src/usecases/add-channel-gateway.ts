import { ADAPTERS, nameKey, type AdapterName } from "../domain/adapter-facts.ts";
import type { ChannelGatewayRequest } from "../domain/channel-gateway.ts";
import type { Kind } from "../domain/lane.ts";
import type { Services } from "../services.ts";
import type { By } from "./audit-entry.ts";
import { chooseAdapter, refuseMismatch, refuseUnknownAccount } from "./gateway-rules.ts";
import { channelEntry } from "./keep-channels.ts";
import { insertGateway } from "./keep-gateways.ts";

export type AddedGateway = {
  channelId: string;
  channelName: string;
  kind: Kind;
  gatewayId: string;
  gatewayName: string;
  adapter: string;
  account: string;
};

type Needs = Pick<Services, "ids" | "accounts"> & {
  channels: Pick<Services["channels"], "find" | "insertChannel">;
  gateways: Pick<Services["gateways"], "insert">;
};

/**
 * Puts a gateway on a channel, which is made where there is none of that name. Throws AppError `unknown_adapter`,
 * `unknown_account`, `adapter_mismatch`, or `gateway_exists` where the channel has that gateway already.
 */
export async function addChannelGateway(
  services: Needs,
  request: ChannelGatewayRequest,
  by: By,
): Promise<AddedGateway> {
  const { gatewayName, sender, account, priority, kind: meantKind } = request;
  const adapter = chooseAdapter(request.adapter, gatewayName);
  refuseUnknownAccount(services, account);
  const channel = await findOrAddChannel(services, request, adapter, by);
  const { channelId, channelName, kind } = channel;
  const gateway = {
    channel_id: channelId,
    gateway_name: gatewayName,
    adapter,
    sender,
    account,
    priority,
    enabled: true,
    enterprise_id: null,
  };
  const { gateway_id: gatewayId } = await insertGateway(services, gateway, channel, by, meantKind);
  return { channelId, channelName, kind, gatewayId, gatewayName, adapter, account };
}

async function findOrAddChannel(services: Needs, request: ChannelGatewayRequest, adapter: AdapterName, by: By) {
  const { channelName } = request;
  const channelKey = nameKey(channelName);
  const known = await services.channels.find(channelKey);
  if (known) return known;
  const kind = request.kind ?? ADAPTERS[adapter].kind;
  refuseMismatch(kind, adapter, request.kind);
  const channel = { channelId: services.ids.next("ch"), channelName, channelKey, kind };
  const entry = channelEntry(services, by, channel.channelId, "created", { channel_name: channelName, kind });
  const inserted = await services.channels.insertChannel(channel, entry);
  if (inserted === "inserted") return channel;
  const addedMeanwhile = await services.channels.find(channelKey);
  if (addedMeanwhile) return addedMeanwhile;
  throw new Error("A channel was refused as a duplicate, but cannot be found.");
}
