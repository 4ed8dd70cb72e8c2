import type { Context } from "hono";
import { readChannel, readChannelChanges } from "../domain/channel.ts";
import { readChannelsQuery } from "../domain/resource-query.ts";
import { addChannel, changeChannel, listChannels, removeChannel, showChannel } from "../usecases/keep-channels.ts";
import { allowed, bodyOf, locationOf, pathPart, queryOf } from "./asked.ts";
import { requireEnterprise } from "./auth.ts";
import { answerInTime } from "./deadline.ts";
import type { Door, Route } from "./door.ts";

const ONE = "/v1/channels/:channel_id";

/** Channels are everyone's: every key may read them, and those that are for all enterprises may change them. */
export const channelRoutes: Route[] = [
  { method: "POST", path: "/v1/channels", access: "admin", handle: postChannel },
  { method: "GET", path: "/v1/channels", access: "read", handle: getChannels },
  { method: "GET", path: ONE, access: "read", handle: getChannel },
  { method: "PATCH", path: ONE, access: "admin", handle: patchChannel },
  { method: "DELETE", path: ONE, access: "admin", handle: deleteChannel },
];

async function postChannel(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  requireEnterprise(c, null);
  const channel = await bodyOf(c, readChannel);
  const added = await answerInTime(services, addChannel(services, channel, c.get("caller")));
  return c.json(added, 201, locationOf("channels", added.channel_id));
}

async function getChannels(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const asked = allowed(readChannelsQuery(queryOf(c)));
  const { rows, next } = await answerInTime(services, listChannels(services, asked));
  return c.json({ data: rows, next });
}

async function getChannel(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  return c.json(await answerInTime(services, showChannel(services, pathPart(c, "channel_id"))));
}

async function patchChannel(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  requireEnterprise(c, null);
  const changes = await bodyOf(c, readChannelChanges);
  const changing = changeChannel(services, pathPart(c, "channel_id"), changes, c.get("caller"));
  return c.json(await answerInTime(services, changing));
}

async function deleteChannel(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  requireEnterprise(c, null);
  await answerInTime(services, removeChannel(services, pathPart(c, "channel_id"), c.get("caller")));
  return c.body(null, 204);
}
