import type { Context } from "hono";
import { AppError } from "../domain/app-error.ts";
import { asksForSomething } from "../domain/inbound.ts";
import type { Services } from "../services.ts";
import { applyReceipts } from "../usecases/apply-receipts.ts";
import { heedInbound } from "../usecases/heed-inbound.ts";
import { readOwnInbound, readOwnReceipts } from "../usecases/read-own-callback.ts";
import { readBytes } from "./body.ts";
import type { Door, Route } from "./door.ts";
import { tell } from "./request-line.ts";

/** Room for SendGrid's largest arrays of events, in bytes. */
const MAX_CALLBACK_BYTES = 4 * 1024 * 1024;

export const callbackRoutes: Route[] = [
  { method: "POST", path: "/callbacks/:provider", access: "signed", handle: postCallback },
  { method: "POST", path: "/callbacks/:provider/inbound", access: "signed", handle: postInbound },
  { method: "POST", path: "/callbacks/:provider/gateways/:gateway_id", access: "signed", handle: postCallback },
  { method: "POST", path: "/callbacks/:provider/gateways/:gateway_id/inbound", access: "signed", handle: postInbound },
];

/**
 * Receives what a provider tells us, of an enterprise's own gateway on a path that names it. Nothing is believed, and no
 * row but that gateway's is read, before its signature holds.
 */
async function postCallback(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const provider = c.req.param("provider") ?? "";
  const gatewayId = c.req.param("gateway_id");
  const shared = services.receiptReaders.get(provider);
  const own: typeof shared = (request) => readOwnReceipts(services, provider, gatewayId ?? "", request);
  const reading = await readSigned(c, provider, shared && gatewayId !== undefined ? own : shared);
  if (reading.kind !== "receipts") return refuse(reading);
  const { applied, unknown } = await applyReceipts(services, reading.receipts, reading.accounts);
  tell(c, { received: reading.receipts.length, applied, unknown });
  return new Response(null, { status: 204 });
}

/** Receives messages that recipients send to our senders. Answered by a script that does nothing: no reply. */
async function postInbound(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const provider = c.req.param("provider") ?? "";
  const gatewayId = c.req.param("gateway_id");
  const shared = services.inboundReaders.get(provider);
  const own: typeof shared = (request) => readOwnInbound(services, provider, gatewayId ?? "", request);
  const reading = await readSigned(c, provider, shared && gatewayId !== undefined ? own : shared);
  if (reading.kind !== "inbound") return refuse(reading);
  if (reading.message && asksForSomething(reading.message)) {
    const { heeded } = await heedInbound(services, reading.message);
    tell(c, { wish: reading.message.wish, channels: heeded });
  }
  return new Response("<Response/>", { headers: { "Content-Type": "text/xml; charset=utf-8" } });
}

type ReceiptReader = NonNullable<ReturnType<Services["receiptReaders"]["get"]>>;

type Reader<T> = (request: Parameters<ReceiptReader>[0]) => Promise<T>;

type Unbelieved = Exclude<Awaited<ReturnType<ReceiptReader>>, { kind: "receipts" }>;

async function readSigned<T>(c: Context<Door>, provider: string, read: Reader<T> | undefined): Promise<T> {
  if (!read) throw new AppError("not_found", "There is no such provider.");
  tell(c, { provider });
  const { pathname, search } = new URL(c.req.url);
  return read({
    publicUrl: `${c.get("services").config.PUBLIC_URL}${pathname}${search}`,
    headers: c.req.raw.headers,
    body: await readBytes(c, MAX_CALLBACK_BYTES),
  });
}

function refuse(reading: Unbelieved): never {
  switch (reading.kind) {
    case "forged":
      // Most often our own doing: a PUBLIC_URL or a key that is not the provider's.
      throw new AppError("forged_callback", "The signature does not fit this request.");
    case "malformed":
      throw new AppError("invalid_request", reading.reason);
    case "not_configured":
      throw new AppError("not_configured", "There is no key to verify callbacks of this provider with.");
  }
}
