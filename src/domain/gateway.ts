import * as z from "zod/mini";
import { readBody, strictBody, truth, type BodyReading } from "./body-reading.ts";
import { nameText } from "./channel.ts";
import type { GatewayHealth } from "./gateway-health.ts";
import { plainText } from "./order-update.ts";

/**
 * Who carries messages on a channel, as it is answered: never its credentials. Channel, adapter and account are for good:
 * receipts and look-ups of what it has sent go by them.
 */
export type Gateway = {
  gateway_id: string;
  channel_id: string;
  gateway_name: string;
  adapter: string;
  /** What it sends from; null: the sender of the configuration. */
  sender: string | null;
  /** Which of the configured provider accounts it sends through; empty for the first one. */
  account: string;
  /** The lowest of a channel is asked first. */
  priority: number;
  enabled: boolean;
  /** The one enterprise that may use it; null: every one. */
  enterprise_id: string | null;
  health: GatewayHealth;
};

export type NewGateway = Pick<
  Gateway,
  "channel_id" | "gateway_name" | "sender" | "account" | "priority" | "enabled"
> & { adapter: string | undefined };

/** What is to be changed of a gateway, by its members; those that are not named stay. */
export type GatewayChanges = { [M in "gateway_name" | "sender" | "priority" | "enabled"]?: Gateway[M] | undefined };

export const DEFAULT_PRIORITY = 100;

export const accountText = z.nullish(
  z.string({ error: "must be a text" }).check(z.maxLength(64, { error: "must be at most 64 characters" })),
);
export const senderText = z.nullish(plainText(320));
export const priorityNumber = z.optional(
  z
    .custom<number>(isPriority, { error: "must be an integer from 0 to 1000000" })
    .register(z.globalRegistry, { type: "integer", minimum: 0, maximum: 1_000_000, default: DEFAULT_PRIORITY }),
);

const changeable = { sender: senderText, priority: priorityNumber, enabled: truth };

/** A gateway, as `POST /v1/gateways` takes it. */
export const gatewayBody = strictBody({
  channel_id: plainText(40),
  gateway_name: nameText,
  adapter: z.optional(plainText(64)),
  account: accountText,
  ...changeable,
});
/** A change, as `PATCH` takes it. */
export const gatewayChangesBody = strictBody({ gateway_name: z.optional(nameText), ...changeable });

/** Reads the body of `POST /v1/gateways`. */
export function readGateway(body: unknown): BodyReading<NewGateway> {
  const reading = readBody(gatewayBody, body);
  if (!reading.ok) return reading;
  const { adapter, sender, account, priority, enabled, ...named } = reading.value;
  return {
    ok: true,
    value: {
      ...named,
      adapter,
      sender: sender ?? null,
      account: account ?? "",
      priority: priority ?? DEFAULT_PRIORITY,
      enabled: enabled ?? true,
    },
  };
}

/** Reads a change of a gateway, a JSON merge patch (RFC 7396): null for `sender` means that of the configuration. */
export function readGatewayChanges(body: unknown): BodyReading<GatewayChanges> {
  return readBody(gatewayChangesBody, body);
}

function isPriority(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 1_000_000;
}
