import * as z from "zod";
import { redriveBody } from "../../../src/domain/redrive.ts";
import type { Group } from "../operation.ts";
import { wholeNumber } from "../answers.ts";

const warning = z.optional(z.string()).meta({ description: "where messages may arrive twice" });
const expired = wholeNumber.meta({ description: "deliveries that match and would expire before their turn" });

const counted = z.object({
  status: z.literal(200),
  message: z.string(),
  matching: wholeNumber,
  more: z.boolean().meta({ description: "counting ended at 10000" }),
  expired,
  warning,
});

const redriven = z.object({
  status: z.literal(202),
  message: z.string(),
  redriven: wholeNumber,
  left: wholeNumber.meta({ description: "repeat the call until this is 0" }),
  expired,
  last_due_in_seconds: z.number(),
  warning,
});

const filter = { state: "failed", code: "misconfigured", gateway_id: "gw_twilio" };

/** A new start for what failed. */
export const redriveGroup: Group = {
  name: "Redrive",
  description: "A new start for deliveries that failed.",
  operations: [
    {
      id: "redrive",
      method: "POST",
      path: "/redrive",
      access: "admin",
      summary: "Count failed deliveries, or send them again",
      description: `Without \`"dry_run": false\` it only counts. One call redrives 500 deliveries at most. Whether a delivery is still wanted is decided when it is sent.

Members that are not known are errors, for a misspelt filter would match everything.`,
      body: {
        schema: redriveBody(0),
        notes: {
          filter: "which deliveries are meant",
          "filter.state": "where they stand",
          "filter.enterprise_id": "of this enterprise",
          "filter.shipment_id": "of this shipment; needs its enterprise",
          "filter.channel_id": "on this channel",
          "filter.gateway_id": "last given to this gateway",
          "filter.code": "why they failed",
          "filter.provider_code": "the provider's code of the last attempt",
          "filter.settled_from": "failed or parked at or after this instant; by default 8 days ago",
          "filter.settled_to": "failed or parked before this instant",
          dry_run: "only count",
          expected: "required to redrive: the count that you saw; where more match, nothing happens",
          per_second: "required to redrive: so many per second as the gateway can bear",
          may_send_twice: "must be `true` for `unconfirmed` and the code `dropped`: the provider may have taken these",
        },
      },
      answers: [
        { status: 200, description: "Counted.", schema: counted },
        { status: 202, description: "Redriven.", schema: redriven },
      ],
      problems: ["more_than_expected"],
      examples: [
        {
          name: "count",
          summary: "How many would it be?",
          request: { body: { filter } },
          answer: {
            status: 200,
            body: { status: 200, message: "Counted; nothing was changed.", matching: 0, more: false, expired: 0 },
          },
        },
        {
          name: "redrive",
          summary: "Send them again, ten per second",
          request: { body: { filter, dry_run: false, expected: 740, per_second: 10 } },
          answer: {
            status: 202,
            body: { status: 202, message: "Redriven.", redriven: 0, left: 0, expired: 0, last_due_in_seconds: 0 },
          },
        },
      ],
    },
  ],
};
