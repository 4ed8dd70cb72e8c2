import type { Context } from "hono";
import { AppError } from "../domain/app-error.ts";
import { isJsonObject } from "../domain/json-object.ts";
import { idText, readOrderUpdate } from "../domain/order-update.ts";
import { readIdempotencyKey } from "../domain/update-keys.ts";
import { acceptOrderUpdate } from "../usecases/accept-order-update.ts";
import { bodyOf } from "./accepted-body.ts";
import { requireEnterprise, requireLiveKey } from "./auth.ts";
import { readJson } from "./body.ts";
import { answerInTime } from "./deadline.ts";
import type { Door, Route } from "./door.ts";
import { answerArray } from "./order-update-arrays.ts";
import { tell } from "./request-line.ts";

/** The most that a single update may have, in bytes, and an array of them. */
const MAX_BYTES = 64 * 1024;
const MAX_ARRAY_BYTES = 1024 * 1024;

export const orderUpdateRoutes: Route[] = [
  { method: "GET", path: "/", access: "open", handle: welcome },
  { method: "POST", path: "/", access: "send", enterpriseOf: enterpriseNamed, handle: postOrderUpdates },
];

/** The original's error route. */
function welcome(): never {
  throw new AppError("welcome", "Welcome to Notify API. Please put a post request with shipment data.");
}

/**
 * The enterprise of the update, or of the first one. Whatever else is in the body, and whether it can be read at all, is
 * told to those who are let in; what says that it is larger than one update is not even read before.
 */
async function enterpriseNamed(c: Context<Door>): Promise<string | null> {
  if (Number(c.req.header("Content-Length") ?? 0) > MAX_BYTES) return null;
  const body = await readBody(c).catch(() => null);
  const first: unknown = Array.isArray(body) ? body[0] : body;
  const named = idText.safeParse(isJsonObject(first) ? first["enterprise_id"] : null);
  return named.success ? named.data : null;
}

function readBody(c: Context<Door>): Promise<unknown> {
  return readJson(c, MAX_BYTES, MAX_ARRAY_BYTES);
}

async function postOrderUpdates(c: Context<Door>): Promise<Response> {
  const body = await readBody(c);
  return Array.isArray(body) ? answerArray(c, body) : answerOne(c, body);
}

async function answerOne(c: Context<Door>, body: unknown): Promise<Response> {
  const services = c.get("services");
  const headerKey = readIdempotencyKey(c.req.header("Idempotency-Key"));
  const reading = readOrderUpdate(body, services.clock.now());
  const errors = reading.ok ? [] : reading.errors;
  if (headerKey === undefined) {
    errors.push({ pointer: "", message: "the header Idempotency-Key must be 1 to 255 visible ASCII characters" });
  }
  const memberKey = reading.ok ? reading.idempotencyKey : null;
  if (headerKey && memberKey !== null && headerKey !== memberKey) {
    errors.push({ pointer: "/idempotency_key", message: "must be the same as the header Idempotency-Key" });
  }
  if (!reading.ok || errors.length > 0) {
    throw new AppError("invalid_request", "The order update is not valid. See 'errors' for each wrong field.", {
      errors,
    });
  }
  requireEnterprise(c, reading.update.enterpriseId);
  requireLiveKey(c);
  const accepted = await answerInTime(services, acceptOrderUpdate(services, reading.update, headerKey ?? memberKey));
  tell(c, { update_id: accepted.updateId, replayed: accepted.replayed });
  return c.json(bodyOf(accepted), 202, accepted.replayed ? { "Idempotency-Replayed": "true" } : {});
}
