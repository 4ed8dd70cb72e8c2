import { post, type DemoUpdate } from "./demo-update.ts";
import { delivered, everywhere, skipped } from "./endings.ts";

const smsOnly = { SMS: delivered };
const emailOnly = { Email: delivered };
const smsAndWhatsapp = { SMS: delivered, Whatsapp: delivered };

/** Parcels that find their way: every channel, one of them, two of them; statuses of one shipment in their order. */
const ARRIVING: DemoUpdate[] = [
  post("08:00", "bakery", "B-1 packed", "all three channels", everywhere),
  post("08:05", "bakery", "B-2 packed", "all three channels", everywhere),
  post("08:10", "bakery", "B-3 packed", "all three channels", everywhere),
  post("08:15", "florist", "F-1 packed", "SMS alone", smsOnly),
  post("08:20", "printer", "P-1 packed", "e-mail alone", emailOnly),
  post("08:25", "dairy", "D-1 packed", "two channels", smsAndWhatsapp),
  post("09:00", "bakery", "B-1 shipped", "the next status goes after the first", everywhere),
  post("09:05", "bakery", "B-2 shipped", "all three channels", everywhere),
  post("09:10", "florist", "F-2 packed", "SMS alone", smsOnly),
  post("09:15", "printer", "P-2 packed", "e-mail alone", emailOnly),
  post("09:20", "dairy", "D-2 packed", "two channels", smsAndWhatsapp),
  post("10:00", "bakery", "B-3 shipped", "all three channels", everywhere),
  post("10:05", "florist", "F-1 out for delivery", "SMS alone", smsOnly),
  post("10:10", "printer", "P-1 out for delivery", "e-mail alone", emailOnly),
  post("10:15", "dairy", "D-1 out for delivery", "two channels", smsAndWhatsapp),
  post("11:00", "bakery", "B-1 delivered", "the last of three in order", everywhere),
  post("11:05", "bakery", "B-2 delivered", "all three channels", everywhere),
  post("11:10", "bakery", "B-3 delivered", "all three channels", everywhere),
  post("11:15", "florist", "F-2 <left & signed>", "a status is text, never markup", smsOnly),
  post("11:20", "printer", "P-2 <left & signed>", "a status is text, never markup", emailOnly),
  post("11:25", "dairy", "D-2 zugestellt für Łódź", "letters of every language", smsAndWhatsapp),
];

/** What cannot be sent at all, known when it comes in. */
const NOT_SENT: DemoUpdate[] = [
  post(
    "12:00",
    "museum",
    "M-1 packed",
    "not subscribed",
    { "": skipped("not_subscribed") },
    {
      answer: { status: 422, code: "not_subscribed" },
    },
  ),
  post(
    "12:00",
    "museum",
    "M-1 packed",
    "the same again: the same answer",
    {},
    {
      answer: { status: 422, code: "not_subscribed", replayed: true },
    },
  ),
  post(
    "12:05",
    "kiosk",
    "K-1 packed",
    "subscribes to no channel",
    { "": skipped("no_channels") },
    {
      answer: { status: 422, code: "no_channels" },
    },
  ),
  post("12:10", "orchard", "O-1 packed", "a phone that is none", {
    SMS: skipped("no_address"),
    Email: delivered,
    Whatsapp: skipped("no_address"),
  }),
  post("12:15", "tollgate", "T-1 packed", "a channel that is switched off", {
    SMS: delivered,
    Pager: skipped("channel_disabled"),
  }),
  post(
    "12:20",
    "nobody",
    "N-1 packed",
    "an enterprise that does not exist",
    {},
    {
      answer: { status: 404, code: "enterprise_not_found" },
    },
  ),
  post(
    "12:25",
    "bakery",
    "B-4 packed",
    "every field wrong, all named at once",
    {},
    {
      body: { shipment_id: "", status: 5, timestamp: "yesterday", data: "none" },
      answer: {
        status: 400,
        code: "invalid_request",
        pointers: ["/data", "/enterprise_id", "/shipment_id", "/status", "/timestamp"],
      },
    },
  ),
];

const key = { idempotencyKey: "demo-key-1" };
const mismatch = { status: 422, code: "content_mismatch" } as const;
const replay = { status: 202, replayed: true } as const;

/** Clients that post again. */
const REPEATED: DemoUpdate[] = [
  post("13:00", "bakery", "B-5 packed", "with an Idempotency-Key", everywhere, key),
  post("13:00", "bakery", "B-5 packed", "the same key again", {}, { ...key, answer: replay }),
  post("13:00", "bakery", "B-5 packed", "the same update without a key", {}, { answer: replay }),
  post("13:05", "bakery", "B-5 shipped", "the key with other content", {}, { ...key, answer: mismatch }),
  post(
    "13:00",
    "bakery",
    "B-5 packed",
    "the same update with other data",
    {},
    { data: { pallet: 7 }, answer: mismatch },
  ),
];

export const QUIET_UPDATES: DemoUpdate[] = [...ARRIVING, ...NOT_SENT, ...REPEATED];
