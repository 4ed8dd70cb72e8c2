import type { OutboundMessage } from "../../domain/outbound-message.ts";
import type { Adapter, Fetch } from "../adapter.ts";
import { holds } from "../alike-text.ts";
import { notConfigured } from "../not-configured.ts";
import type { TwilioAccount } from "./twilio-account.ts";
import { lookUpTwilioMessage } from "./twilio-look-up.ts";
import { createMessageCreator, senderField, withPrefix } from "./twilio-messages.ts";
import type { FormField } from "./twilio-messages.ts";

/** `contentSid` (`HX…`) names an approved template; without one, WhatsApp takes a text only within 24 h of a reply. */
export type TwilioWhatsappConfig = TwilioAccount & { from: string; contentSid: string };

const PREFIX = "whatsapp:";

/** WhatsApp messages by Twilio; addresses are given without the `whatsapp:` prefix. */
export function createTwilioWhatsapp(config: TwilioWhatsappConfig, fetch: Fetch): Adapter {
  const senderOf = (message: OutboundMessage) => message.sender || config.from;
  const create = createMessageCreator(config, fetch);
  return {
    send: async (message, ending) => {
      const sender = senderOf(message);
      if (sender === "") return notConfigured("a sender for Twilio Whatsapp");
      const fields = [
        ["To", withPrefix(message.to, PREFIX)],
        senderField(sender, PREFIX),
        ...contentFields(message, config.contentSid),
      ] as const;
      return create(message, fields, ending);
    },
    lookUp: async (question) => {
      const { message } = question;
      const traits = {
        sender: senderOf(message),
        prefix: PREFIX,
        // What a template makes of them is known to Twilio alone.
        mayBe: (body: string) => Object.values(message.variables).every((value) => holds(body, value)),
      };
      return lookUpTwilioMessage(config, question, traits, fetch);
    },
  };
}

function contentFields({ text, contentSid, variables }: OutboundMessage, configured: string): readonly FormField[] {
  const sid = contentSid ?? configured;
  if (sid === "") return [["Body", text]];
  return [
    ["ContentSid", sid],
    ["ContentVariables", JSON.stringify(variables)],
  ];
}
