import type { Services } from "../services.ts";

type Needs = Pick<Services, "ownGateways" | "ownReaders">;

type Request = Parameters<Services["ownReaders"]["receipts"]>[2];

/** An id of a gateway, as far as one may be asked for. */
const GATEWAY_ID = /^gw_[\w-]{1,37}$/;

/**
 * Reads receipts that came to the path of an enterprise's own gateway: they are believed if that gateway's key signed
 * them. A gateway that there is not is no other than one whose signature does not fit.
 */
export async function readOwnReceipts(services: Needs, provider: string, gatewayId: string, request: Request) {
  const gateway = await findGateway(services, gatewayId);
  return gateway === null ? FORGED : services.ownReaders.receipts(provider, gateway, request);
}

/** Reads a message that came in there, in the same way. */
export async function readOwnInbound(services: Needs, provider: string, gatewayId: string, request: Request) {
  const gateway = await findGateway(services, gatewayId);
  return gateway === null ? FORGED : services.ownReaders.inbound(provider, gateway, request);
}

async function findGateway({ ownGateways }: Needs, gatewayId: string) {
  return GATEWAY_ID.test(gatewayId) ? ownGateways.find(gatewayId) : null;
}

const FORGED = { kind: "forged" } as const;
