import type { Context } from "hono";
import { AppError } from "../domain/app-error.ts";
import { readChannelGateway } from "../domain/channel-gateway.ts";
import { addChannelGateway } from "../usecases/add-channel-gateway.ts";
import { listChannelGateways } from "../usecases/list-channel-gateways.ts";
import { readJson } from "./body.ts";
import { requireEnterprise } from "./auth.ts";
import { answerInTime } from "./deadline.ts";
import type { Door, Route } from "./door.ts";

export const channelGatewayRoutes: Route[] = [
  { method: "POST", path: "/add-channel-gateway", access: "admin", handle: postChannelGateway },
  { method: "GET", path: "/fetch-channels-gateways", access: "read", handle: getChannelsGateways },
];

async function postChannelGateway(c: Context<Door>): Promise<Response> {
  requireEnterprise(c, null);
  const services = c.get("services");
  const reading = readChannelGateway(await readJson(c));
  if (!reading.ok) {
    throw new AppError("invalid_request", "The gateway is not valid. See 'errors' for each wrong field.", {
      errors: reading.errors,
    });
  }
  const added = await answerInTime(services, addChannelGateway(services, reading.request, c.get("caller")));
  return c.json(
    {
      status: 201,
      message: "Added.",
      channel_id: added.channelId,
      channel_name: added.channelName,
      kind: added.kind,
      gateway_id: added.gatewayId,
      gateway_name: added.gatewayName,
      adapter: added.adapter,
      account: added.account,
    },
    201,
  );
}

async function getChannelsGateways(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const message = await answerInTime(services, listChannelGateways(services, c.get("caller").enterpriseId));
  return c.json({ status: 200, message });
}
