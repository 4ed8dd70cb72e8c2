import type { Kind } from "./lane.ts";

/** Which address of a customer an adapter sends to. */
export type AddressKind = "phone" | "email";

/** The adapters there are, with what planning needs to know of each. */
export const ADAPTERS = {
  twilio_sms: { kind: "sms", address: "phone" },
  twilio_whatsapp: { kind: "whatsapp", address: "phone" },
  sendgrid_email: { kind: "email", address: "email" },
  resend_email: { kind: "email", address: "email" },
} as const satisfies Record<string, { kind: Kind; address: AddressKind }>;

export type AdapterName = keyof typeof ADAPTERS;

export const ADAPTER_NAMES = Object.keys(ADAPTERS) as AdapterName[];

export function isAdapterName(name: string): name is AdapterName {
  return Object.hasOwn(ADAPTERS, name);
}

/** The original's gateway names, in lower case, that need no `adapter` of their own. */
const ADAPTER_OF_GATEWAY: ReadonlyMap<string, AdapterName> = new Map([
  ["twilio", "twilio_sms"],
  ["sendgrid", "sendgrid_email"],
  ["twilio whatsapp", "twilio_whatsapp"],
]);

/** The adapter that a gateway's name implies, or undefined when it has to be named. */
export function adapterOfGatewayName(gatewayName: string): AdapterName | undefined {
  return ADAPTER_OF_GATEWAY.get(nameKey(gatewayName));
}

/** Names of channels and gateways are matched without regard to case. */
export function nameKey(name: string): string {
  return name.normalize("NFC").toLowerCase();
}
