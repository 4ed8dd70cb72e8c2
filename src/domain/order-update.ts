import * as z from "zod/mini";
import type { FieldError } from "./app-error.ts";
import { isJsonObject, isStorable, type JsonObject } from "./json-object.ts";
import { IDEMPOTENCY_KEY } from "./update-keys.ts";
import { readTimestamp, type TimestampReading } from "./timestamp.ts";

/** One order status update as posted. `occurredAt` in ms since the epoch; `timestampText` as it was written. */
export type OrderUpdate = {
  enterpriseId: string;
  shipmentId: string;
  status: string;
  occurredAt: number;
  timestampText: string;
  data: JsonObject | null;
};

/** `idempotencyKey`: the member `idempotency_key`, which is what the header is for one of many; null without it. */
export type OrderUpdateReading =
  | { ok: true; update: OrderUpdate; idempotencyKey: string | null }
  | { ok: false; errors: FieldError[] };

/** Reads one update of the body of `POST /`. Names every wrong field at once; members that are not known are ignored. */
export function readOrderUpdate(body: unknown, now: number): OrderUpdateReading {
  // The time is read before, so that the schema knows no clock and is made only once.
  const parsed = orderUpdateBody.safeParse(
    isJsonObject(body) ? { ...body, timestamp: readTimestampField(body["timestamp"], now) } : body,
  );
  if (!parsed.success) return { ok: false, errors: fieldErrors(parsed.error) };
  const { shipment_id, status, enterprise_id, timestamp, data, idempotency_key } = parsed.data;
  return {
    ok: true,
    update: { enterpriseId: enterprise_id, shipmentId: shipment_id, status, ...timestamp, data: data ?? null },
    idempotencyKey: idempotency_key ?? null,
  };
}

type TimestampField = { text: string; reading: TimestampReading };

function readTimestampField(value: unknown, now: number): TimestampField {
  if (typeof value === "string") return { text: value, reading: readTimestamp(value, now) };
  const message = value === undefined ? "is required" : "must be a string";
  return { text: "", reading: { ok: false, message } };
}

/** Turns what zod found into JSON pointers (RFC 6901) and messages. */
export function fieldErrors(error: z.core.$ZodError): FieldError[] {
  return error.issues.map((issue) => ({ pointer: pointerOf(issue.path), message: issue.message }));
}

/** A path as a JSON pointer (RFC 6901). */
export function pointerOf(path: PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/**
 * A required text of 1 to `max` characters without control or invisible characters or spaces around it. What is registered
 * beside a schema is what its own checks mean in JSON Schema, for the API's reference.
 */
export function plainText(max: number) {
  return z
    .string({ error: requiredOr("must be a string") })
    .check(({ value, issues }) => {
      const message = textProblem(value, max);
      if (message) issues.push({ code: "custom", input: value, message });
    })
    .register(z.globalRegistry, { minLength: 1, maxLength: max });
}

/** A required id: a text, or an integer that is read as one. */
export const idText = z.pipe(
  z.pipe(
    z.union(
      [
        z.string().register(z.globalRegistry, { minLength: 1, maxLength: 64 }),
        z.int({ error: requiredOr("must be a string, or an integer below 2^53") }),
      ],
      { error: requiredOr("must be a string or an integer") },
    ),
    z.transform(String),
  ),
  plainText(64),
);

/** One update, as `POST /` takes it. */
export const orderUpdateBody = z.object(
  {
    shipment_id: idText,
    status: plainText(64),
    enterprise_id: idText,
    timestamp: z.pipe(
      z.custom<TimestampField>().register(z.globalRegistry, { type: "string" }),
      z.transform(({ text, reading }: TimestampField, { issues }) => {
        if (reading.ok) return { occurredAt: reading.instant, timestampText: text };
        issues.push({ code: "custom", input: text, message: reading.message });
        return z.NEVER;
      }),
    ),
    data: z.optional(
      z
        .custom<JsonObject>(isJsonObject, { error: "must be an object" })
        .check(z.refine((data) => isStorable(data), { error: "must be well-formed text at most 8 levels deep" }))
        .register(z.globalRegistry, { type: "object" }),
    ),
    idempotency_key: z.optional(
      z
        .string({ error: "must be a string" })
        .check(z.regex(IDEMPOTENCY_KEY, { error: "must be 1 to 255 visible ASCII characters" })),
    ),
  },
  { error: "must be a JSON object" },
);

function requiredOr(message: string) {
  return (issue: { input?: unknown }) => (issue.input === undefined ? "is required" : message);
}

/**
 * Controls, and what takes no room or turns the direction of what follows (Unicode TR 36 §2.5): two ids would look alike.
 * Joiners stay where they shape what is seen: in emoji, and in Arabic and Indic scripts, whose signs for that are marks.
 */
const UNSEEN =
  /[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|(?<![\p{ExtPict}\p{EMod}\p{Script=Arabic}\p{M}])[\u200c\u200d]/u;

function textProblem(text: string, max: number): string | null {
  const length = [...text].length;
  if (length === 0) return "must not be empty";
  if (length > max) return `must be at most ${max} characters`;
  if (text.trim() !== text) return "must not begin or end with a space";
  if (UNSEEN.test(text)) return "must not contain control or invisible characters";
  if (!text.isWellFormed()) return "must be well-formed Unicode";
  return null;
}
