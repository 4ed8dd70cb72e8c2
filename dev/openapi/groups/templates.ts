import { draftBody } from "../../../src/domain/template-draft.ts";
import { previewBody } from "../../../src/domain/template-preview.ts";
import { templatesQuery } from "../../../src/domain/template-query.ts";
import { pageNotes, pageOf } from "../answers.ts";
import type { Group } from "../operation.ts";
import { listedVersion, listedWhole, parts, preview, version, whole } from "./template-answers.ts";

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
