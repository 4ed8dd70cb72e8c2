import type { AdapterName } from "../domain/adapter-facts.ts";
import type { SealedGateway } from "../domain/credentials.ts";
import type { CallbackRequest, InboundReading, ReceiptReading, Unbelieved } from "./adapter.ts";
import { toOwnAccount } from "./own-account.ts";
import type { ProviderAccount } from "./provider-accounts.ts";
import { createInboundReaders, createReceiptReaders } from "./registry.ts";
import type { Vault } from "./vault.ts";

type OwnGateway = SealedGateway & { adapter: AdapterName };

/** Reads what a provider posts about an enterprise's own gateway, by the key that is in the gateway's credentials. */
export type OwnReaders = {
  receipts: (provider: string, gateway: OwnGateway, request: CallbackRequest) => Promise<ReceiptReading>;
  inbound: (provider: string, gateway: OwnGateway, request: CallbackRequest) => Promise<InboundReading>;
};

/**
 * Credentials are opened for one request. Where there is no key that could verify it, it is as forged as one with a wrong
 * signature: who posts learns nothing of the gateway.
 */
export function createOwnReaders(first: ProviderAccount, vault: Vault): OwnReaders {
  const accountOf = async ({ ownerId, gatewayId, credentials, adapter }: OwnGateway) => {
    const opening = credentials === null ? null : await vault.open({ ownerId, gatewayId }, credentials);
    return opening?.kind === "opened" ? [toOwnAccount(adapter, gatewayId, opening.credentials, first)] : [];
  };
  return {
    receipts: async (provider, gateway, request) => {
      const reading = await createReceiptReaders(await accountOf(gateway)).get(provider)?.(request);
      if (reading?.kind !== "receipts") return unbelieved(reading);
      const receipts = reading.receipts.filter(({ enterpriseId }) => enterpriseId === gateway.ownerId);
      return { ...reading, receipts };
    },
    inbound: async (provider, gateway, request) => {
      const reading = await createInboundReaders(await accountOf(gateway)).get(provider)?.(request);
      if (reading?.kind !== "inbound") return unbelieved(reading);
      const { message } = reading;
      if (message?.adapter !== gateway.adapter) return { kind: "inbound", message: null };
      const own = { gatewayId: gateway.gatewayId, ownerId: gateway.ownerId };
      // Its provider's ids are its own business: they must not stand for messages that came to others.
      return { kind: "inbound", message: { ...message, messageId: `${own.gatewayId}/${message.messageId}`, own } };
    },
  };
}

function unbelieved(reading: Unbelieved | undefined): Unbelieved {
  return reading?.kind === "malformed" ? reading : { kind: "forged" };
}
