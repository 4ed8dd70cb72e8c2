import { post, type DemoUpdate } from "./demo-update.ts";
import {
  delivered,
  deliveredAfter,
  everywhere,
  failed,
  skipped,
  unconfirmed,
  undelivered,
  type Endings,
} from "./endings.ts";

const allSuperseded: Endings = {
  SMS: skipped("superseded"),
  Email: skipped("superseded"),
  Whatsapp: skipped("superseded"),
};

/** A 429 that asks for `seconds` of patience. */
function tooMany(provider: "twilio" | "sendgrid", seconds: number) {
  return { provider, kind: "status", status: 429, headers: { "retry-after": String(seconds) } } as const;
}

/** Providers that are disturbed, statuses in the wrong order, and time that passes. */
const DISTURBED: DemoUpdate[] = [
  post("14:00", "zephyr", "Z-1 delivered", "a status that overtakes its elder", everywhere),
  post(
    "14:05",
    "quartz",
    "Q-1 packed",
    "429, then another attempt",
    { SMS: deliveredAfter("refused", "Twilio") },
    {
      fault: tooMany("twilio", 1),
    },
  ),
  post(
    "14:10",
    "reef",
    "R-1 packed",
    "503 in its own words, then another attempt",
    {
      Email: deliveredAfter("refused", "SendGrid"),
    },
    { fault: { provider: "sendgrid", kind: "status", status: 503, headers: { "retry-after": "1" } } },
  ),
  post(
    "14:15",
    "sierra",
    "S-1 packed",
    "taken, but the answer is lost: proved by the callback, not sent again",
    {
      SMS: delivered,
    },
    { fault: { provider: "twilio", kind: "accept_then_drop" } },
  ),
  post(
    "14:20",
    "tundra",
    "T-1 packed",
    "taken, but the answer is lost: proved by the event, not sent again",
    {
      Email: delivered,
    },
    { fault: { provider: "sendgrid", kind: "accept_then_drop" } },
  ),
  post(
    "14:25",
    "umbra",
    "U-1 packed",
    "the connection breaks and nothing is ever heard",
    { SMS: unconfirmed },
    {
      fault: { provider: "twilio", kind: "reset" },
      meanwhile: { kind: "set_clock_back", when: "unknown", hours: 1 },
    },
  ),
  post(
    "14:30",
    "vale",
    "V-1 packed",
    "unsubscribes while it waits for another attempt",
    {
      SMS: skipped("unsubscribed", ["refused"]),
    },
    { fault: tooMany("twilio", 5), meanwhile: { kind: "unsubscribe", when: "retrying" } },
  ),
  post(
    "14:35",
    "willow",
    "W-1 packed",
    "could not be sent for 24 hours",
    { SMS: skipped("expired", ["refused"]) },
    {
      fault: tooMany("twilio", 3_600),
      meanwhile: { kind: "set_clock_back", when: "retrying", hours: 24 },
    },
  ),
  post(
    "14:40",
    "yarrow",
    "Y-1 packed",
    "a newer status goes while this one waits",
    {
      SMS: skipped("superseded", ["refused"]),
    },
    { fault: tooMany("twilio", 5) },
  ),
  post("14:45", "yarrow", "Y-1 shipped", "the newer status", { SMS: delivered }, { once: "retrying" }),
];

/** Gateways that an operator has to see to. */
const MISCONFIGURED: DemoUpdate[] = [
  post("15:00", "nimbus", "N-1 packed", "the first gateway cannot send, the second one does", {
    SMS: deliveredAfter("misconfigured", "Twilio"),
  }),
  post("15:05", "onyx", "O-1 packed", "a sender that may not send", { SMS: failed("misconfigured", "21606") }),
  post("15:10", "pebble", "P-1 packed", "a sender that is not verified", { Email: failed("misconfigured", "403") }),
  post("15:15", "delta", "D-1 packed", "a country that the account may not send to", {
    SMS: failed("misconfigured", "21408"),
  }),
  post("15:20", "echo", "E-1 packed", "a number that the sender cannot reach", {
    SMS: failed("misconfigured", "21612"),
  }),
];

/** Recipients that the provider does not take, or gives up on later. */
const UNREACHED: DemoUpdate[] = [
  post("16:00", "atlas", "A-1 packed", "not a valid number", { SMS: failed("rejected", "21211") }),
  post("16:05", "beacon", "B-1 packed", "has opted out", { SMS: failed("rejected", "21610") }),
  post("16:10", "cedar", "C-1 packed", "not a mobile number", { SMS: failed("rejected", "21614") }),
  post("16:15", "fable", "F-1 packed", "phone off; mail bounces", {
    SMS: undelivered("30003"),
    Email: undelivered("bounce"),
  }),
  post("16:20", "garnet", "G-1 packed", "blocked by the carrier; by the mail server", {
    SMS: undelivered("30004"),
    Email: undelivered("blocked"),
  }),
  post("16:25", "hazel", "H-1 packed", "number not in use; address bounced before", {
    SMS: undelivered("30005"),
    Email: undelivered("dropped"),
  }),
  post("16:30", "iris", "I-1 packed", "a landline; unsubscribed at SendGrid", {
    SMS: undelivered("30006"),
    Email: undelivered("dropped"),
  }),
  post("16:35", "jade", "J-1 packed", "filtered; reported as spam before", {
    SMS: undelivered("30007"),
    Email: undelivered("dropped"),
  }),
  post("16:40", "karst", "K-1 packed", "no reason given; invalid for SendGrid", {
    SMS: undelivered("30008"),
    Email: undelivered("dropped"),
  }),
  post("16:45", "lagoon", "L-1 packed", "a recipient that WhatsApp does not take", { Whatsapp: undelivered("63024") }),
];

/** Comes last: by now its newer sibling, posted first of all these, has arrived. */
const STRAGGLER = post("13:55", "zephyr", "Z-1 shipped", "the elder comes in late", allSuperseded, {
  once: "delivered",
});

export const TROUBLED_UPDATES: DemoUpdate[] = [...DISTURBED, ...MISCONFIGURED, ...UNREACHED, STRAGGLER];
