import type { Context } from "hono";
import { AppError } from "../domain/app-error.ts";
import { applyReceipts } from "../usecases/apply-receipts.ts";
import { readBytes } from "./body.ts";
import type { Door, Route } from "./door.ts";

/** Room for SendGrid's largest arrays of events, in bytes. */
const MAX_CALLBACK_BYTES = 4 * 1024 * 1024;

export const callbackRoutes: Route[] = [
  { method: "POST", path: "/callbacks/:provider", access: "signed", handle: postCallback },
];

/** Receives what a provider tells us. Nothing is believed, and no row is read, before its signature holds. */
async function postCallback(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const provider = c.req.param("provider") ?? "";
  const readReceipts = services.receiptReaders.get(provider);
  if (!readReceipts) throw new AppError("not_found", "There is no such provider.");
  const { pathname, search } = new URL(c.req.url);
  const reading = await readReceipts({
    publicUrl: `${services.config.PUBLIC_URL}${pathname}${search}`,
    headers: c.req.raw.headers,
    body: await readBytes(c, MAX_CALLBACK_BYTES),
  });
  switch (reading.kind) {
    case "forged":
      // Most often our own doing: a PUBLIC_URL or a key that is not the provider's.
      services.log.info("callback_refused", { provider });
      throw new AppError("forged_callback", "The signature does not fit this request.");
    case "malformed":
      throw new AppError("invalid_request", reading.reason);
    case "not_configured":
      throw new AppError("not_configured", "There is no key to verify callbacks of this provider with.");
    case "receipts": {
      const { applied } = await applyReceipts(services, reading.receipts, reading.accounts);
      services.log.info("receipts_applied", { provider, received: reading.receipts.length, applied });
      return new Response(null, { status: 204 });
    }
  }
}
