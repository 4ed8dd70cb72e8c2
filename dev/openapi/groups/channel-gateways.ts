import * as z from "zod";
import { ADAPTER_NAMES } from "../../../src/domain/adapter-facts.ts";
import { channelGatewayBody } from "../../../src/domain/channel-gateway.ts";
import { KINDS } from "../../../src/domain/lane.ts";
import type { Group } from "../operation.ts";
import { problem } from "../problems.ts";

const ADAPTERS = ADAPTER_NAMES.join(", ");

const listed = z
  .object({
    channel_id: z.string(),
    channel_name: z.string(),
    gateway_id: z.string(),
    gateway_name: z.string(),
    adapter: z.string(),
    account: z.string().meta({ description: "the provider account; empty: the first one" }),
    enabled: z.boolean(),
  })
  .meta({ id: "ChannelGateway" });

const added = z
  .object({
    status: z.literal(201),
    message: z.string(),
    channel_id: z.string(),
    channel_name: z.string(),
    kind: z.enum(KINDS),
    gateway_id: z.string(),
    gateway_name: z.string(),
    adapter: z.string(),
    account: z.string(),
  })
  .meta({ id: "AddedGateway" });

/** The original's two routes for gateways. */
export const gatewayGroup: Group = {
  name: "Channels and gateways, as the original has them",
  description: "How recipients are reached, and who carries it.",
  operations: [
    {
      id: "addChannelGateway",
      method: "POST",
      path: "/add-channel-gateway",
      access: "admin",
      summary: "Put a gateway on a channel",
      description: "Makes the channel if there is none of that name.",
      body: {
        schema: channelGatewayBody,
        notes: {
          channel_name: "upper and lower case are the same name",
          gateway_name: "upper and lower case are the same name; unique on its channel",
          adapter: `${ADAPTER_NAMES.map((name) => `\`${name}\``).join(", ")}; may be left out for gateways named Twilio, SendGrid or Twilio Whatsapp`,
          kind: "of a new channel; by default that of the adapter",
          sender: "what it sends from; by default the sender of the configuration",
          account: "one of the configured accounts; by default the first one",
          priority: "the lowest is asked first",
        },
      },
      answers: [{ status: 201, description: "It is there.", schema: added }],
      problems: ["gateway_exists", "unknown_adapter", "unknown_account", "adapter_mismatch"],
      examples: [
        {
          name: "backup",
          summary: "A second gateway for SMS, through another account",
          request: {
            body: {
              channel_name: "SMS",
              gateway_name: "Twilio backup",
              adapter: "twilio_sms",
              account: "backup",
              priority: 200,
            },
          },
          answer: {
            status: 201,
            body: {
              status: 201,
              message: "Added.",
              channel_id: "ch_sms",
              channel_name: "SMS",
              kind: "sms",
              gateway_id: "gw_01a2076cdd2f726fba3d2a35110a76f9",
              gateway_name: "Twilio backup",
              adapter: "twilio_sms",
              account: "backup",
            },
          },
        },
        {
          name: "unknown_adapter",
          summary: "An adapter that does not exist",
          request: { body: { channel_name: "SMS", gateway_name: "Carrier pigeon", adapter: "pigeon" } },
          answer: {
            status: 422,
            body: problem("unknown_adapter", `There is no such adapter. Adapters: ${ADAPTERS}.`, {
              errors: [{ pointer: "/adapter", message: `must be one of ${ADAPTERS}` }],
              adapters: ADAPTER_NAMES,
            }),
          },
        },
      ],
    },
    {
      id: "fetchChannelsGateways",
      method: "GET",
      path: "/fetch-channels-gateways",
      access: "read",
      summary: "List channels and gateways",
      description: "All of them, by channel and then in the order in which they are asked.",
      answers: [
        {
          status: 200,
          description: "The list.",
          schema: z.object({ status: z.literal(200), message: z.array(listed) }),
        },
      ],
      problems: [],
      examples: [
        {
          name: "all",
          summary: "The original's three",
          turn: -1,
          request: {},
          answer: {
            status: 200,
            body: {
              status: 200,
              message: [
                {
                  channel_id: "ch_email",
                  channel_name: "Email",
                  gateway_id: "gw_sendgrid",
                  gateway_name: "SendGrid",
                  adapter: "sendgrid_email",
                  account: "",
                  enabled: true,
                },
                {
                  channel_id: "ch_sms",
                  channel_name: "SMS",
                  gateway_id: "gw_twilio",
                  gateway_name: "Twilio",
                  adapter: "twilio_sms",
                  account: "",
                  enabled: true,
                },
                {
                  channel_id: "ch_whatsapp",
                  channel_name: "Whatsapp",
                  gateway_id: "gw_twilio_whatsapp",
                  gateway_name: "Twilio Whatsapp",
                  adapter: "twilio_whatsapp",
                  account: "",
                  enabled: true,
                },
              ],
            },
          },
        },
      ],
    },
  ],
};
