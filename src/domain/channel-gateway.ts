import * as z from "zod/mini";
import type { FieldError } from "./app-error.ts";
import { nameText } from "./channel.ts";
import { accountText, DEFAULT_PRIORITY, priorityNumber, senderText } from "./gateway.ts";
import { KINDS, type Kind } from "./lane.ts";
import { fieldErrors, plainText } from "./order-update.ts";

/** A gateway to be put on a channel. Lower `priority` comes first in fail-over order. */
export type ChannelGatewayRequest = {
  channelName: string;
  gatewayName: string;
  adapter: string | undefined;
  kind: Kind | undefined;
  sender: string | null;
  /** Which of the configured provider accounts it sends through; empty for the first one. */
  account: string;
  priority: number;
};

/** A gateway, as `POST /add-channel-gateway` takes it. */
export const channelGatewayBody = z.object(
  {
    channel_name: nameText,
    gateway_name: nameText,
    adapter: z.optional(plainText(64)),
    kind: z.optional(z.enum(KINDS, { error: `must be one of ${KINDS.join(", ")}` })),
    sender: senderText,
    account: accountText,
    priority: priorityNumber,
  },
  { error: "must be a JSON object" },
);

/** Reads the body of `POST /add-channel-gateway`. Names every wrong field at once. */
export function readChannelGateway(
  body: unknown,
): { ok: true; request: ChannelGatewayRequest } | { ok: false; errors: FieldError[] } {
  const parsed = channelGatewayBody.safeParse(body);
  if (!parsed.success) return { ok: false, errors: fieldErrors(parsed.error) };
  const { channel_name, gateway_name, adapter, kind, sender, account, priority } = parsed.data;
  return {
    ok: true,
    request: {
      channelName: channel_name,
      gatewayName: gateway_name,
      adapter,
      kind,
      sender: sender ?? null,
      account: account ?? "",
      priority: priority ?? DEFAULT_PRIORITY,
    },
  };
}
