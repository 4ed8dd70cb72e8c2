import type { OutboundMessage } from "../../domain/outbound-message.ts";
import type { Adapter, Fetch } from "../adapter.ts";
import { endsAlike } from "../alike-text.ts";
import { notConfigured } from "../not-configured.ts";
import type { TwilioAccount } from "./twilio-account.ts";
import { lookUpTwilioMessage } from "./twilio-look-up.ts";
import { createMessageCreator, senderField } from "./twilio-messages.ts";

/** One of `messagingServiceSid` and `from` is enough; the service wins, for it picks the best of its senders. */
export type TwilioSmsConfig = TwilioAccount & { from: string; messagingServiceSid: string };

/**
 * How long Twilio may hold a text back, in seconds, of at most 36000. After four hours the parcel has
 * moved on, and an outdated status misleads more than a missing one.
 */
const VALIDITY_PERIOD_S = 14_400;

/** Text messages by Twilio. `message.sender` may be a number, a sender id, or a Messaging Service (`MG…`). */
export function createTwilioSms(config: TwilioSmsConfig, fetch: Fetch): Adapter {
  const senderOf = (message: OutboundMessage) => message.sender || config.messagingServiceSid || config.from;
  const create = createMessageCreator(config, fetch);
  return {
    send: async (message, ending) => {
      const sender = senderOf(message);
      if (sender === "") return notConfigured("a sender or Messaging Service for Twilio SMS");
      const fields = [
        ["To", message.to],
        senderField(sender),
        ["Body", message.text],
        ["ValidityPeriod", String(VALIDITY_PERIOD_S)],
      ] as const;
      return create(message, fields, ending);
    },
    lookUp: async (question) => {
      const { message } = question;
      const traits = {
        sender: senderOf(message),
        prefix: "",
        // A trial account's texts begin with a remark, and a Messaging Service may write them with simpler characters.
        mayBe: (body: string) => endsAlike(body, message.text),
      };
      return lookUpTwilioMessage(config, question, traits, fetch);
    },
  };
}
