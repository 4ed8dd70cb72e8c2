/** Whose API a message came in at. */
export type Door = "twilio" | "sendgrid" | "resend";

/** What the bench wants to know of a message. */
export type SentMessage = { shipment: string; channel: "sms" | "email" | "whatsapp" };

/**
 * Finds the shipment by what stands before it, in a text or in the variables of a template, for a parser would cost more
 * than everything else here: Twilio's bodies are forms, the others JSON. Null where there is none.
 */
export function readSentMessage(door: Door, body: string): SentMessage | null {
  const found = /Shipment(?:\+|%20| )ID(?:\+|%20| )([\w-]+)|%7B%221%22%3A%22([\w-]+)/.exec(body);
  const shipment = found?.[1] ?? found?.[2];
  if (shipment === undefined) return null;
  if (door !== "twilio") return { shipment, channel: "email" };
  return { shipment, channel: body.includes("whatsapp%3A") ? "whatsapp" : "sms" };
}

export type Answer = { status: number; headers: Record<string, string>; body: string };

/** The provider's answer to a message that it takes, in the form of its API; `number` makes its id. */
export function acceptance(door: Door, number: number): Answer {
  const hex = number.toString(16).padStart(32, "0");
  if (door === "sendgrid") return { status: 202, headers: { "x-message-id": hex }, body: "" };
  if (door === "resend") return json(200, `{"id":"${hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")}"}`);
  return json(201, `{"sid":"SM${hex}",${REST_OF_MESSAGE}`);
}

function json(status: number, body: string): Answer {
  return { status, headers: { "content-type": "application/json" }, body };
}

/** As long as Twilio's own (https://www.twilio.com/docs/messaging/api/message-resource). */
const REST_OF_MESSAGE = JSON.stringify({
  account_sid: "AC0123456789abcdef0123456789abcdef",
  api_version: "2010-04-01",
  body: "Shipment ID SH-1001 is shipped. Updated on 2026-11-23 08:00:05",
  date_created: "Mon, 23 Nov 2026 08:00:05 +0000",
  date_sent: null,
  date_updated: "Mon, 23 Nov 2026 08:00:05 +0000",
  direction: "outbound-api",
  error_code: null,
  error_message: null,
  from: "+15005550006",
  messaging_service_sid: null,
  num_media: "0",
  num_segments: "1",
  price: null,
  price_unit: "USD",
  status: "queued",
  subresource_uris: { media: "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages/SM/Media.json" },
  to: "+34600111222",
  uri: "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages/SM.json",
}).slice(1);
