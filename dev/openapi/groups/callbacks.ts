import * as z from "zod";
import type { Group, Operation } from "../operation.ts";
import { problem } from "../problems.ts";

const unsigned: Operation["examples"][number] = {
  name: "unsigned",
  summary: "Without a signature nothing is believed",
  request: { path: { provider: "twilio" } },
  answer: {
    status: 403,
    body: problem("forged_callback", "The signature does not fit this request."),
  },
};

const unsignedOwn: typeof unsigned = {
  ...unsigned,
  request: { path: { provider: "twilio", gateway_id: "gw_01a2076cdd2f726fba3d2a35110a76f9" } },
};

const problems: Operation["problems"] = ["forged_callback", "not_found", "not_configured", "body_too_large"];

/** What providers call. */
export const callbackGroup: Group = {
  name: "Callbacks",
  description:
    "What providers call. Bodies and signatures are those of each provider; nobody else has a use for these.",
  operations: [
    {
      id: "postCallback",
      method: "POST",
      path: "/callbacks/{provider}",
      access: "signed",
      summary: "Take receipts",
      description: "Takes what a provider tells of messages that it was given. Its signature is checked first.",
      path_parameters: { provider: "`twilio`, `sendgrid` or `resend`" },
      answers: [{ status: 204, description: "What could be used is committed." }],
      problems: [...problems, "database_unavailable"],
      examples: [unsigned],
    },
    {
      id: "postOwnCallback",
      method: "POST",
      path: "/callbacks/{provider}/gateways/{gateway_id}",
      access: "signed",
      summary: "Take receipts of an enterprise's own gateway",
      description:
        "As above, but signed with the key that is in that gateway's credentials, and about its messages only.",
      path_parameters: { provider: "`twilio`, `sendgrid` or `resend`", gateway_id: "The gateway." },
      answers: [{ status: 204, description: "What could be used is committed." }],
      problems: [...problems, "database_unavailable"],
      examples: [unsignedOwn],
    },
    {
      id: "postOwnInbound",
      method: "POST",
      path: "/callbacks/{provider}/gateways/{gateway_id}/inbound",
      access: "signed",
      summary: "Take what recipients write to an enterprise's own sender",
      description: "As below, but it concerns that enterprise alone.",
      path_parameters: { provider: "`twilio`", gateway_id: "The gateway." },
      answers: [
        {
          status: 200,
          description: "A TwiML script that does nothing: no reply.",
          mediaType: "text/xml",
          schema: z.string(),
        },
      ],
      problems: [...problems, "database_unavailable"],
      examples: [unsignedOwn],
    },
    {
      id: "postInbound",
      method: "POST",
      path: "/callbacks/{provider}/inbound",
      access: "signed",
      summary: "Take what recipients write",
      description: "STOP and its like opt a recipient out of the channel, START lifts that.",
      path_parameters: { provider: "`twilio`" },
      answers: [
        {
          status: 200,
          description: "A TwiML script that does nothing: no reply.",
          mediaType: "text/xml",
          schema: z.string(),
        },
      ],
      problems: [...problems, "database_unavailable"],
      examples: [unsigned],
    },
  ],
};
