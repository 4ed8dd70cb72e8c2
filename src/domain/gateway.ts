import * as z from "zod/mini";
import type { FieldError } from "./app-error.ts";
import { readBody, strictBody, truth, type BodyReading } from "./body-reading.ts";
import { nameText } from "./channel.ts";
import type { GatewayHealth } from "./gateway-health.ts";
import { idText, plainText } from "./order-update.ts";

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
  /** Whether it has credentials of its own, of which nothing more is told. */
  has_credentials: boolean;
  health: GatewayHealth;
};

export type NewGateway = Pick<
  Gateway,
  "channel_id" | "gateway_name" | "sender" | "account" | "priority" | "enabled" | "enterprise_id"
> & {
  adapter: string | undefined;
  /** Not read yet: what they have to be is the adapter's. */
  credentials?: unknown;
};

/** What is to be changed of a gateway, by its members; those that are not named stay. */
export type GatewayChanges = { [M in "gateway_name" | "sender" | "priority" | "enabled"]?: Gateway[M] | undefined } & {
  credentials?: unknown;
};

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

/** By the adapter: see `own-credentials.ts`. */
const credentialsObject = z.optional(z.record(z.string(), z.unknown(), { error: "must be a JSON object" }));

const changeable = {
  sender: senderText,
  priority: priorityNumber,
  enabled: truth,
  credentials: credentialsObject,
};

/** A gateway, as `POST /v1/gateways` takes it. */
export const gatewayBody = strictBody({
  channel_id: plainText(40),
  gateway_name: nameText,
  adapter: z.optional(plainText(64)),
  account: accountText,
  enterprise_id: z.optional(idText),
  ...changeable,
});
/** A change, as `PATCH` takes it. */
export const gatewayChangesBody = strictBody({ gateway_name: z.optional(nameText), ...changeable });

/** Reads the body of `POST /v1/gateways`. */
export function readGateway(body: unknown): BodyReading<NewGateway> {
  const reading = readBody(gatewayBody, body);
  if (!reading.ok) return reading;
  const { adapter, sender, account, priority, enabled, enterprise_id, credentials, ...named } = reading.value;
  const errors = ownershipErrors(reading.value);
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    value: {
      ...named,
      adapter,
      sender: sender ?? null,
      account: account ?? "",
      priority: priority ?? DEFAULT_PRIORITY,
      enabled: enabled ?? true,
      enterprise_id: enterprise_id ?? null,
      ...(credentials === undefined ? {} : { credentials }),
    },
  };
}

/** Reads a change of a gateway, a JSON merge patch (RFC 7396): null for `sender` means that of the configuration. */
export function readGatewayChanges(body: unknown): BodyReading<GatewayChanges> {
  return readBody(gatewayChangesBody, body);
}

/** An enterprise's own gateway sends by its own credentials, and everyone's by a configured account. */
function ownershipErrors({ enterprise_id, credentials, account }: z.infer<typeof gatewayBody>): FieldError[] {
  if (enterprise_id === undefined) {
    return credentials === undefined ? [] : [{ pointer: "/enterprise_id", message: "is required with credentials" }];
  }
  return [
    ...(credentials === undefined ? [{ pointer: "/credentials", message: "is required with enterprise_id" }] : []),
    ...(account ? [{ pointer: "/account", message: "must be left out with enterprise_id" }] : []),
  ];
}

function isPriority(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 1_000_000;
}
