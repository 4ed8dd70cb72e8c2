import type { AdapterName } from "../../domain/adapter-facts.ts";
import type { InboundMessage, InboundWish } from "../../domain/inbound.ts";
import type { InboundReader } from "../adapter.ts";
import { readTwilioCallback } from "./twilio-callback.ts";
import type { Field, TwilioSigner } from "./twilio-callback.ts";
import { bareAddress } from "./twilio-messages.ts";

/**
 * Reads messages that come in (https://www.twilio.com/docs/messaging/guides/webhook-request): From is the
 * recipient of ours, To a sender of ours.
 */
export function createTwilioInboundReader(accounts: readonly TwilioSigner[]): InboundReader {
  return async (request) => {
    const reading = await readTwilioCallback(request, accounts);
    return reading.kind === "signed" ? { kind: "inbound", message: toMessage(reading.field) } : reading;
  };
}

function toMessage(field: Field): InboundMessage | null {
  const [messageId, from] = [field("MessageSid"), field("From")];
  const adapter = from === null ? null : adapterFor(from);
  if (!messageId || from === null || adapter === null) return null;
  return {
    messageId,
    adapter,
    from: bareAddress(from),
    wish: readTwilioWish(field("OptOutType"), field("Body") ?? ""),
  };
}

/** Numbers have no prefix; what has another one than WhatsApp's comes by a channel that we do not send on. */
function adapterFor(from: string): AdapterName | null {
  if (from.startsWith("whatsapp:")) return "twilio_whatsapp";
  return from.includes(":") ? null : "twilio_sms";
}

/** https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out names the words that stop. */
const WORDS: Readonly<Record<InboundWish, readonly string[]>> = {
  stop: ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"],
  start: ["START", "YES", "UNSTOP"],
};

/**
 * What a message asks for. With Advanced Opt-Out, whose words are the account's own, Twilio says so by
 * `OptOutType`. Else one word has to be the whole message, as it has to for Twilio.
 */
export function readTwilioWish(optOutType: string | null, body: string): InboundWish | null {
  if (optOutType === "STOP") return "stop";
  if (optOutType === "START") return "start";
  if (optOutType === "HELP") return null;
  const word = body.trim().toUpperCase();
  if (WORDS.stop.includes(word)) return "stop";
  return WORDS.start.includes(word) ? "start" : null;
}
