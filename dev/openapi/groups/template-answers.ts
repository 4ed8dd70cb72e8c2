import * as z from "zod";
import { id, instant, wholeNumber } from "../answers.ts";
import type { Notes } from "../operation.ts";

const texts = z.nullable(z.record(z.string(), z.string()));

const listed = {
  template_id: id("tpl"),
  enterprise_id: z.nullable(z.string()).meta({ description: "whose it is; null: every enterprise's" }),
  channel_id: z.string(),
  status: z.nullable(z.string()).meta({ description: "in lower case; null: any" }),
  locale: z.nullable(z.string()).meta({ description: "null: any" }),
  version: wholeNumber,
  is_current: z.boolean().meta({ description: "updates that come in now may be written by it" }),
  is_removed: z.boolean().meta({ description: "this version says that there is none any more" }),
  needs: z.array(z.string()).meta({ description: "what an update has to bring" }),
  created_at: instant,
};

export const listedVersion = z.object(listed).meta({ id: "ListedTemplate" });

export const version = z
  .object({
    ...listed,
    subject: z.nullable(z.string()),
    text: z.nullable(z.string()),
    html: z.nullable(z.string()),
    content_sid: z.nullable(z.string()),
    variables: texts,
  })
  .meta({ id: "Template" });

export const preview = z
  .object({
    subject: z.optional(z.string()),
    text: z.optional(z.string()),
    html: z.optional(z.string()),
    content_sid: z.optional(z.nullable(z.string())),
    content_variables: z.optional(z.record(z.string(), z.string())),
    sms: z
      .optional(
        z.object({
          encoding: z.enum(["GSM-7", "UCS-2"]),
          characters: wholeNumber,
          units: wholeNumber,
          segments: wholeNumber,
        }),
      )
      .meta({ description: "how it goes as an SMS" }),
  })
  .meta({ id: "Preview", description: "The members that the channel's messages are made of." });

export const parts: Notes = {
  subject: "of a mail",
  text: "of an SMS or a mail",
  html: "of a mail, made from its text unless given; what an update brings is escaped",
  content_sid: "Twilio's id of an approved WhatsApp template",
  variables: "those of that template, by their names",
};

export const listedWhole = {
  template_id: "tpl_01a2076cdd2f726fba3d2a35110a7704",
  enterprise_id: null,
  channel_id: "ch_sms",
  status: "shipped",
  locale: "pt",
  version: 1,
  is_current: true,
  is_removed: false,
  needs: ["data.eta"],
  created_at: "2026-11-25T08:00:05.000Z",
};

export const whole = {
  ...listedWhole,
  subject: null,
  text: "O seu pedido {{shipment_id}} chega {{data.eta}}.",
  html: null,
  content_sid: null,
  variables: null,
};
