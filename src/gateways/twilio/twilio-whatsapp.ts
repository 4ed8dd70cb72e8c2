import type { OutboundMessage } from "../../domain/outbound-message.ts";
import type { Adapter, Fetch } from "../adapter.ts";
import { notConfigured } from "../not-configured.ts";
import { createTwilioMessage, senderField, withPrefix } from "./twilio-messages.ts";
import type { FormField, TwilioAccount } from "./twilio-messages.ts";

/** `contentSid` (`HX…`) names an approved template; without one, WhatsApp takes a text only within 24 h of a reply. */
export type TwilioWhatsappConfig = TwilioAccount & { from: string; contentSid: string };

const PREFIX = "whatsapp:";

/** WhatsApp messages by Twilio; addresses are given without the `whatsapp:` prefix. */
export function createTwilioWhatsapp(config: TwilioWhatsappConfig, fetch: Fetch): Adapter {
  return {
    send: async (message) => {
      const sender = message.sender || config.from;
      if (sender === "") return notConfigured("a sender for Twilio Whatsapp");
      const fields = [
        ["To", withPrefix(message.to, PREFIX)],
        senderField(sender, PREFIX),
        ...contentFields(message, config.contentSid),
      ] as const;
      return createTwilioMessage(config, message, fields, fetch);
    },
  };
}

function contentFields({ text, variables }: OutboundMessage, contentSid: string): readonly FormField[] {
  if (contentSid === "") return [["Body", text]];
  const [shipmentId, status, timestamp] = variables;
  return [
    ["ContentSid", contentSid],
    ["ContentVariables", JSON.stringify({ 1: shipmentId, 2: status, 3: timestamp })],
  ];
}
