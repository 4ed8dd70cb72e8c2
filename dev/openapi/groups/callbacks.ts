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
