import * as z from "zod/mini";
import { nameKey } from "./adapter-facts.ts";
import type { FieldError } from "./app-error.ts";
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

const DEFAULT_PRIORITY = 100;

/** Names are matched in lower case, which can be longer. */
const name = plainText(64).check(
  z.refine((text) => [...text].length > 64 || [...nameKey(text)].length <= 64, {
    error: "must be at most 64 characters, also in lower case",
  }),
);

/** A gateway, as `POST /add-channel-gateway` takes it. */
export const channelGatewayBody = z.object(
  {
    channel_name: name,
    gateway_name: name,
    adapter: z.optional(plainText(64)),
    kind: z.optional(z.enum(KINDS, { error: `must be one of ${KINDS.join(", ")}` })),
    sender: z.nullish(plainText(320)),
    account: z.nullish(
      z.string({ error: "must be a text" }).check(z.maxLength(64, { error: "must be at most 64 characters" })),
    ),
    priority: z.optional(
      z
        .custom<number>(isPriority, { error: "must be an integer from 0 to 1000000" })
        .register(z.globalRegistry, { type: "integer", minimum: 0, maximum: 1_000_000, default: DEFAULT_PRIORITY }),
    ),
  },
  { error: "must be a JSON object" },
);

function isPriority(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 1_000_000;
}

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
