import {
  ADAPTER_NAMES,
  ADAPTERS,
  adapterOfGatewayName,
  isAdapterName,
  nameKey,
  type AdapterName,
} from "../domain/adapter-facts.ts";
import { AppError } from "../domain/app-error.ts";
import type { ChannelGatewayRequest } from "../domain/channel-gateway.ts";
import type { Kind } from "../domain/lane.ts";
import type { Services } from "../services.ts";

export type AddedGateway = {
  channelId: string;
  channelName: string;
  kind: Kind;
  gatewayId: string;
  gatewayName: string;
  adapter: string;
  account: string;
};

type Needs = Pick<Services, "channels" | "ids" | "accounts">;

/**
 * Puts a gateway on a channel, which is made where there is none of that name. Throws AppError `unknown_adapter`,
 * `unknown_account`, `adapter_mismatch`, or `gateway_exists` where the channel has that gateway already.
 */
export async function addChannelGateway(services: Needs, request: ChannelGatewayRequest): Promise<AddedGateway> {
  const adapter = chooseAdapter(request);
  refuseUnknownAccount(services, request);
  const channel = await findOrAddChannel(services, request, adapter);
  refuseMismatch(channel.kind, adapter, request);
  const gatewayId = services.ids.next("gw");
  const inserted = await services.channels.insertGateway({
    gatewayId,
    gatewayName: request.gatewayName,
    gatewayKey: nameKey(request.gatewayName),
    channelId: channel.channelId,
    adapter,
    sender: request.sender,
    account: request.account,
    priority: request.priority,
  });
  if (inserted === "duplicate") {
    throw new AppError("gateway_exists", "This channel has a gateway of this name already.");
  }
  const { channelId, channelName, kind } = channel;
  const { gatewayName, account } = request;
  return { channelId, channelName, kind, gatewayId, gatewayName, adapter, account };
}

function chooseAdapter(request: ChannelGatewayRequest) {
  const name = request.adapter ?? adapterOfGatewayName(request.gatewayName);
  if (name !== undefined && isAdapterName(name)) return name;
  const problem = name === undefined ? "A gateway of this name has to name its adapter" : "There is no such adapter";
  throw new AppError("unknown_adapter", `${problem}. Adapters: ${ADAPTER_NAMES.join(", ")}.`, {
    errors: [{ pointer: "/adapter", message: `must be one of ${ADAPTER_NAMES.join(", ")}` }],
    members: { adapters: ADAPTER_NAMES },
  });
}

function refuseUnknownAccount({ accounts }: Needs, { account }: ChannelGatewayRequest): void {
  if (accounts.includes(account)) return;
  const names = accounts.filter((name) => name !== "");
  const known = names.length === 0 ? "Only the first one is configured" : `Further accounts: ${names.join(", ")}`;
  throw new AppError("unknown_account", `There is no such provider account. ${known}.`, {
    errors: [{ pointer: "/account", message: "must be the name of a configured account, or empty for the first" }],
    members: { accounts: names },
  });
}

async function findOrAddChannel(services: Needs, request: ChannelGatewayRequest, adapter: AdapterName) {
  const channelKey = nameKey(request.channelName);
  const known = await services.channels.find(channelKey);
  if (known) return known;
  const kind = request.kind ?? ADAPTERS[adapter].kind;
  refuseMismatch(kind, adapter, request);
  const channel = { channelId: services.ids.next("ch"), channelName: request.channelName, channelKey, kind };
  const inserted = await services.channels.insertChannel(channel);
  if (inserted === "inserted") return channel;
  const addedMeanwhile = await services.channels.find(channelKey);
  if (addedMeanwhile) return addedMeanwhile;
  throw new Error("A channel was refused as a duplicate, but cannot be found.");
}

/** A channel of one kind is carried by adapters of that kind; one of kind `other` by any. */
function refuseMismatch(kind: Kind, adapter: AdapterName, request: ChannelGatewayRequest): void {
  const fits = kind === "other" || ADAPTERS[adapter].kind === kind;
  const isKindMeant = request.kind === undefined || request.kind === kind;
  if (fits && isKindMeant) return;
  throw new AppError(
    "adapter_mismatch",
    isKindMeant
      ? `The adapter ${adapter} does not carry channels of kind ${kind}.`
      : `This channel exists with the kind ${kind}.`,
    { errors: [{ pointer: isKindMeant ? "/adapter" : "/kind", message: `must fit a channel of kind ${kind}` }] },
  );
}
