import { isRecord } from "../json-text.ts";

/** A message as Twilio shows it. Times in ms since the epoch; `from` is null until a service has chosen it. */
export type ListedMessage = {
  sid: string;
  from: string | null;
  messagingServiceSid: string | null;
  /** Null where Twilio does not show it. */
  to: string | null;
  body: string;
  status: string;
  errorCode: string | null;
  createdAt: number;
  sentAt: number | null;
};

/** Reads a message resource; null when it lacks what telling it from others needs. */
export function readListedMessage(value: unknown): ListedMessage | null {
  if (!isRecord(value)) return null;
  const { sid, status, body, error_code: errorCode } = value;
  const createdAt = readDate(value["date_created"]);
  if (typeof sid !== "string" || typeof status !== "string" || createdAt === null) return null;
  return {
    sid,
    status,
    body: typeof body === "string" ? body : "",
    from: readText(value["from"]),
    to: readText(value["to"]),
    messagingServiceSid: readText(value["messaging_service_sid"]),
    errorCode: typeof errorCode === "number" ? String(errorCode) : readText(errorCode),
    createdAt,
    sentAt: readDate(value["date_sent"]),
  };
}

function readText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** RFC 2822, as `Thu, 24 Aug 2023 05:01:45 +0000`. */
function readDate(value: unknown): number | null {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
