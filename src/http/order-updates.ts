import type { Context } from "hono";
import { AppError } from "../domain/app-error.ts";
import { isJsonObject } from "../domain/json-object.ts";
import { idText, readOrderUpdate } from "../domain/order-update.ts";
import { readIdempotencyKey } from "../domain/update-keys.ts";
import { acceptOrderUpdate } from "../usecases/accept-order-update.ts";
import { requireEnterprise, requireLiveKey } from "./auth.ts";
import { readJson } from "./body.ts";
import { answerInTime } from "./deadline.ts";
import type { Door, Route } from "./door.ts";
import { tell } from "./request-line.ts";

export const orderUpdateRoutes: Route[] = [
  { method: "GET", path: "/", access: "open", handle: welcome },
  { method: "POST", path: "/", access: "send", enterpriseOf: enterpriseNamed, handle: postOrderUpdate },
];

/** The original's error route. */
function welcome(): never {
  throw new AppError("welcome", "Welcome to Notify API. Please put a post request with shipment data.");
}

/** Whatever else is in the body, and whether it can be read at all, is told to those who are let in. */
async function enterpriseNamed(c: Context<Door>): Promise<string | null> {
  const body = await readJson(c).catch(() => null);
  const named = idText.safeParse(isJsonObject(body) ? body["enterprise_id"] : null);
  return named.success ? named.data : null;
}

async function postOrderUpdate(c: Context<Door>): Promise<Response> {
  const services = c.get("services");
  const idempotencyKey = readIdempotencyKey(c.req.header("Idempotency-Key"));
  const reading = readOrderUpdate(await readJson(c), services.clock.now());
  const errors = reading.ok ? [] : reading.errors;
  if (idempotencyKey === undefined) {
    errors.push({ pointer: "", message: "the header Idempotency-Key must be 1 to 255 visible ASCII characters" });
  }
  if (!reading.ok || idempotencyKey === undefined) {
    throw new AppError("invalid_request", "The order update is not valid. See 'errors' for each wrong field.", {
      errors,
    });
  }
  requireEnterprise(c, reading.update.enterpriseId);
  requireLiveKey(c);
  const accepted = await answerInTime(services, acceptOrderUpdate(services, reading.update, idempotencyKey));
  tell(c, { update_id: accepted.updateId, replayed: accepted.replayed });
  return c.json(
    {
      status: 202,
      message: accepted.replayed ? "Accepted before; nothing was sent again." : "Accepted.",
      update_id: accepted.updateId,
      deliveries: accepted.deliveries.map(({ deliveryId, ...delivery }) => ({ delivery_id: deliveryId, ...delivery })),
      skipped: accepted.skipped,
    },
    202,
    accepted.replayed ? { "Idempotency-Replayed": "true" } : {},
  );
}
