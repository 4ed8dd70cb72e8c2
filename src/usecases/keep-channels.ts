import { nameKey } from "../domain/adapter-facts.ts";
import { AppError } from "../domain/app-error.ts";
import { changesOf, type AuditEntry } from "../domain/audit-entry.ts";
import type { Channel, ChannelChanges, NewChannel } from "../domain/channel.ts";
import type { PageOf } from "../domain/page-cursor.ts";
import type { Services } from "../services.ts";
import { auditEntry, type By } from "./audit-entry.ts";
import { toldPage, type ToldPage } from "./told-page.ts";

type Reads = Pick<Services, "channels">;
type Needs = Reads & Pick<Services, "ids">;

/** Adds a channel. Throws AppError `channel_exists` where one has that name. */
export async function addChannel(services: Needs, channel: NewChannel, by: By): Promise<Channel> {
  const channelId = services.ids.next("ch");
  const { channel_name: channelName, kind } = channel;
  const row = { channelId, channelName, channelKey: nameKey(channelName), kind };
  const entry = channelEntry(services, by, channelId, "created", channel);
  if ((await services.channels.insertChannel(row, entry)) === "duplicate") nameTaken();
  return { channel_id: channelId, ...channel };
}

/** Throws AppError `channel_not_found`. */
export async function showChannel({ channels }: Reads, channelId: string): Promise<Channel> {
  return (await channels.get(channelId)) ?? notFound();
}

/** A page of channels by their ids. */
export async function listChannels({ channels }: Reads, asked: PageOf<null>): Promise<ToldPage<Channel>> {
  return toldPage("channels", asked, await channels.page(asked));
}

/** Gives a channel another name. Throws AppError `channel_not_found`, or `channel_exists` where one has that name. */
export async function changeChannel(
  services: Needs,
  channelId: string,
  changes: ChannelChanges,
  by: By,
): Promise<Channel> {
  const { channel_name: channelName } = changes;
  const name = channelName === undefined ? null : { channelName, channelKey: nameKey(channelName) };
  const entry = channelEntry(services, by, channelId, "changed", changes);
  const channel = await services.channels.rename(channelId, name, entry);
  return channel === "duplicate" ? nameTaken() : (channel ?? notFound());
}

/** Removes a channel without gateways. Throws AppError `channel_not_found`, or `in_use` where it has some. */
export async function removeChannel(services: Needs, channelId: string, by: By): Promise<void> {
  switch (await services.channels.remove(channelId, channelEntry(services, by, channelId, "removed"))) {
    case "removed":
      return;
    case "missing":
      return notFound();
    case "in_use":
      throw new AppError("in_use", "The channel has gateways. Remove them first.");
  }
}

/** The audit row of a change of a channel, which is everyone's. */
export function channelEntry(
  services: Pick<Services, "ids">,
  by: By,
  channelId: string,
  action: AuditEntry["action"],
  written?: ChannelChanges | NewChannel,
): AuditEntry {
  const changes = written === undefined ? null : changesOf(written);
  return auditEntry(services, by, { enterpriseId: null, resource: "channel", resourceId: channelId, action, changes });
}

function notFound(): never {
  throw new AppError("channel_not_found", "There is no channel with this channel_id.");
}

function nameTaken(): never {
  throw new AppError("channel_exists", "There is a channel of this name already.");
}
