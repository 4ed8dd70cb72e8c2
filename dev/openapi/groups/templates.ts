import * as z from "zod";
import { draftBody } from "../../../src/domain/template-draft.ts";
import { previewBody } from "../../../src/domain/template-preview.ts";
import { templatesQuery } from "../../../src/domain/template-query.ts";
import { id, instant, pageNotes, pageOf, wholeNumber } from "../answers.ts";
import type { Group, Notes } from "../operation.ts";

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

const listedVersion = z.object(listed).meta({ id: "ListedTemplate" });

const version = z
  .object({
    ...listed,
    subject: z.nullable(z.string()),
    text: z.nullable(z.string()),
    html: z.nullable(z.string()),
    content_sid: z.nullable(z.string()),
    variables: texts,
  })
  .meta({ id: "Template" });

const preview = z
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

const parts: Notes = {
  subject: "of a mail",
  text: "of an SMS or a mail",
  html: "of a mail, made from its text unless given; what an update brings is escaped",
  content_sid: "Twilio's id of an approved WhatsApp template",
  variables: "those of that template, by their names",
};

const listedWhole = {
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

const whole = {
  ...listedWhole,
  subject: null,
  text: "O seu pedido {{shipment_id}} chega {{data.eta}}.",
  html: null,
  content_sid: null,
  variables: null,
};

/** What messages say. */
export const templateGroup: Group = {
  name: "Templates",
  description: "What messages say. Without a template it is the original's sentence.",
  operations: [
    {
      id: "saveTemplate",
      method: "POST",
      path: "/v1/templates",
      access: "admin",
      summary: "Save a version of a template",
      description: `It counts from now on; what was accepted before is sent by the version that counted then.

Texts are Mustache: \`{{shipment_id}}\`, \`{{status}}\`, \`{{timestamp}}\`, \`{{enterprise_id}}\` and \`{{data.<name>}}\`, sections included. Other names are refused. What is used outside of sections is needed: an update without it is refused.`,
      body: {
        schema: draftBody,
        notes: {
          enterprise_id: "whose; null or left out: every enterprise's",
          channel_id: "on which channel; its kind says which parts there are",
          status: "of which status, in any case; null or left out: any",
          locale: "in which locale; null or left out: any",
          ...parts,
        },
      },
      answers: [
        {
          status: 201,
          description: "It is saved.",
          schema: version,
          headers: { Location: { description: "where it is" } },
        },
      ],
      problems: ["channel_not_found", "invalid_template"],
      examples: [
        {
          name: "portuguese",
          summary: "The SMS of one status in one language",
          turn: 2,
          request: {
            body: { channel_id: "ch_sms", status: "Shipped", locale: "pt", text: whole.text },
          },
          answer: { status: 201, body: whole },
          varies: true,
        },
      ],
    },
    {
      id: "previewTemplate",
      method: "POST",
      path: "/v1/templates/preview",
      access: "read",
      summary: "See what would be sent",
      description: "Of parts as they would be saved. Of a saved version send `template_id` and `update` alone.",
      body: {
        schema: previewBody,
        notes: {
          enterprise_id: "as it would be saved",
          channel_id: "as it would be saved",
          status: "as it would be saved",
          locale: "as it would be saved",
          ...parts,
          update: "what it is filled with; what is not given is made up",
          "update.shipment_id": "of the update",
          "update.status": "of the update",
          "update.timestamp": "of the update",
          "update.data": "of the update",
        },
      },
      answers: [{ status: 200, description: "What would be sent.", schema: preview }],
      problems: ["channel_not_found", "template_not_found", "invalid_template", "missing_variables"],
      examples: [
        {
          name: "sms",
          summary: "An SMS and its size",
          request: {
            body: {
              channel_id: "ch_sms",
              text: "{{shipment_id}} arrives {{data.eta}}",
              update: { shipment_id: "SH-1001", data: { eta: "today" } },
            },
          },
          answer: {
            status: 200,
            body: { text: "SH-1001 arrives today", sms: { encoding: "GSM-7", characters: 21, units: 21, segments: 1 } },
          },
        },
      ],
    },
    {
      id: "listTemplates",
      method: "GET",
      path: "/v1/templates",
      access: "read",
      summary: "List templates",
      description: "Pages in the order in which they were saved, of the versions that count.",
      query: {
        schema: templatesQuery,
        notes: {
          ...pageNotes,
          enterprise_id: "of this enterprise; empty: every enterprise's",
          channel_id: "on this channel",
          status: "of this status; empty: of any",
          locale: "in this locale; empty: in any",
          versions: "`all`: also those that do not count any more",
        },
      },
      answers: [{ status: 200, description: "A page.", schema: pageOf(listedVersion) }],
      problems: [],
      examples: [
        {
          name: "page",
          summary: "Those of a channel",
          turn: 3,
          request: { query: { channel_id: "ch_sms" } },
          answer: { status: 200, body: { data: [listedWhole], next: null } },
          varies: true,
        },
      ],
    },
    {
      id: "getTemplate",
      method: "GET",
      path: "/v1/templates/{template_id}",
      access: "read",
      summary: "Show a version",
      description: "Answers a version as it was saved, whether it counts or not.",
      path_parameters: { template_id: "the version" },
      answers: [{ status: 200, description: "As it was saved.", schema: version }],
      problems: ["template_not_found"],
      examples: [
        {
          name: "one",
          summary: "Show a version",
          turn: 3,
          request: { path: { template_id: whole.template_id } },
          answer: { status: 200, body: whole },
          varies: true,
        },
      ],
    },
    {
      id: "removeTemplate",
      method: "DELETE",
      path: "/v1/templates/{template_id}",
      access: "admin",
      summary: "End a template",
      description: "What it was for falls back to the next one that fits. Versions stay, for they tell what was sent.",
      path_parameters: { template_id: "the version that counts" },
      answers: [{ status: 204, description: "It has ended." }],
      problems: ["template_not_found"],
      examples: [
        {
          name: "end",
          summary: "End a template",
          turn: 4,
          request: { path: { template_id: whole.template_id } },
          answer: { status: 204 },
        },
      ],
    },
  ],
};
