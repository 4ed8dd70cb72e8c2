import * as z from "zod";
import { ADAPTER_NAMES } from "../../../src/domain/adapter-facts.ts";
import { gatewayBody, gatewayChangesBody } from "../../../src/domain/gateway.ts";
import { OWN_CREDENTIALS } from "../../../src/domain/own-credentials.ts";
import { resourceQueries } from "../../../src/domain/resource-query.ts";
import { pageNotes } from "../answers.ts";
import type { Group } from "../operation.ts";
import { operationsOf } from "./kept.ts";

const gateway = z
  .object({
    gateway_id: z.string(),
    channel_id: z.string(),
    gateway_name: z.string(),
    adapter: z.string(),
    sender: z.nullable(z.string()),
    account: z.string(),
    priority: z.int().meta({ minimum: 0, maximum: 1_000_000 }),
    enabled: z.boolean(),
    enterprise_id: z.nullable(z.string()).meta({ description: "the one enterprise that may use it; null: every one" }),
    has_credentials: z.boolean().meta({ description: "whether it has its own; nothing more of them is ever told" }),
    health: z.enum(["well", "poor", "closed"]).meta({ description: "what its calls of the last minutes say" }),
  })
  .meta({ id: "Gateway" });

/** The members of credentials, by adapter; those with a question mark may be left out. */
const credentialsNotes = Object.entries(OWN_CREDENTIALS)
  .map(([adapter, schema]) => {
    const { properties = {}, required = [] } = z.toJSONSchema(schema);
    const members = Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`));
    return `\`${adapter}\`: ${members.join(", ")}`;
  })
  .join("; ");

const whole = {
  gateway_id: "gw_01a2076cdd2f726fba3d2a35110a7702",
  channel_id: "ch_email",
  gateway_name: "Resend",
  adapter: "resend_email",
  sender: "Acme <orders@acme.example>",
  account: "",
  priority: 200,
  enabled: true,
  enterprise_id: null,
  has_credentials: false,
  health: "well",
};

/** Who carries messages. */
export const keptGatewayGroup: Group = {
  name: "Gateways",
  description: "Who carries messages on a channel. Several on one channel are asked in turn until one takes it.",
  operations: operationsOf({
    one: "a gateway",
    id: "Gateway",
    path: "/v1/gateways",
    key: { gateway_id: "the gateway" },
    schema: gateway,
    query: {
      schema: resourceQueries.gateways,
      notes: { ...pageNotes, channel_id: "of this channel", enterprise_id: "that this enterprise may use" },
    },
    add: {
      schema: gatewayBody,
      description: "Enterprises get their messages through it once they subscribe to it.",
      notes: {
        channel_id: "its channel; it is for good",
        gateway_name: "upper and lower case are the same name; unique on its channel",
        adapter: `${ADAPTER_NAMES.map((name) => `\`${name}\``).join(", ")}; may be left out for gateways named Twilio, SendGrid or Twilio Whatsapp`,
        sender: "what it sends from; null: the sender of the configuration",
        account: "one of the configured accounts; empty: the first one; left out for an enterprise's own",
        enterprise_id: "the enterprise whose own it is, with `credentials`; without it, it is everyone's",
        credentials: `of an enterprise's own gateway; kept sealed, never told, and replaced whole. ${credentialsNotes}`,
        priority: "the lowest of a channel is asked first",
        enabled: "`false`: nothing goes through it any more, and what waits for it alone is skipped",
      },
      problems: [
        "gateway_exists",
        "channel_not_found",
        "enterprise_not_found",
        "not_configured",
        "unknown_adapter",
        "unknown_account",
        "adapter_mismatch",
      ],
    },
    change: {
      schema: gatewayChangesBody,
      fixed: ["channel_id", "adapter", "account", "enterprise_id"],
      description: "A JSON merge patch (RFC 7396). What is sent from now on goes by it.",
      problems: ["gateway_exists", "not_configured"],
    },
    remove: { turn: 5, description: "Only one that nobody subscribes to goes.", problems: ["in_use"] },
    missing: "gateway_not_found",
    listed: { query: { channel_id: "ch_email" } },
    example: {
      added: {
        channel_id: "ch_email",
        gateway_name: "Resend",
        adapter: "resend_email",
        sender: "Acme <orders@acme.example>",
        priority: 200,
      },
      whole,
      key: { gateway_id: whole.gateway_id },
      changes: { priority: 50, sender: null },
      changed: { ...whole, priority: 50, sender: null },
    },
  }),
};
