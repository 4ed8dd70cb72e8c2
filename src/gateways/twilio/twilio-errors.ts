/**
 * Twilio's error codes, those of the answer to a send and those of a later callback.
 *
 * - `retry`: surely not sent; worth another try later.
 * - `config`: surely not sent; an operator must act on the account, the sender or the template.
 * - `final`: will not work for this recipient.
 * - `elsewhere`: will not work for this recipient on this channel; another gateway may carry it.
 *
 * `reason` is ours: Twilio's own messages quote phone numbers.
 */
export type TwilioError = { class: "retry" | "config" | "final" | "elsewhere"; reason: string };

/** The table's entry, or null for a code that it does not hold. */
export function findTwilioError(code: number): TwilioError | null {
  return TABLE[code] ?? null;
}

/** Why a message was not delivered, in words, for a code of the table or any other. */
export function explainTwilioCode(code: number): string {
  return TABLE[code]?.reason ?? `Twilio error ${code}, see https://www.twilio.com/docs/api/errors/${code}`;
}

/** Whether a code says that the recipient wants no messages from us. */
export function isOptOut(code: number): boolean {
  return code === 21610;
}

function retry(reason: string): TwilioError {
  return { class: "retry", reason };
}

function config(reason: string): TwilioError {
  return { class: "config", reason };
}

function final(reason: string): TwilioError {
  return { class: "final", reason };
}

function elsewhere(reason: string): TwilioError {
  return { class: "elsewhere", reason };
}

/** Meanings: https://www.twilio.com/docs/api/errors, one page per code; the classes are our judgement of them. */
const TABLE: Readonly<Record<number, TwilioError>> = {
  // The account and the API
  14107: retry("Twilio limits the rate of messages"),
  20003: config("Twilio refused the account SID and token"),
  20005: config("the Twilio account is not active"),
  20006: config("the Twilio credentials may not use this account"),
  20008: config("Twilio test credentials cannot do this"),
  20404: config("Twilio does not know this account or address of its API"),
  20429: retry("too many requests to Twilio at once"),
  30001: retry("Twilio's queue of this sender is full"),
  30002: config("the Twilio account is suspended"),

  // The recipient
  21211: final("not a valid phone number"),
  21217: final("not a valid phone number"),
  21401: final("not a valid phone number"),
  21408: config("the Twilio account may not send to this country"),
  21604: final("the recipient's number is missing"),
  21608: config("a Twilio trial account sends only to verified numbers"),
  21610: final("the recipient has opted out of messages from this sender"),
  21614: final("not a mobile number"),
  21635: final("a landline, which takes no text messages"),

  // The sender
  21212: config("the sender is not a valid one"),
  21601: config("the sender cannot send text messages"),
  21603: config("no sender was given"),
  21606: config("the sender may not send to this destination"),
  21611: retry("the sender's queue is full"),
  21612: config("this sender cannot reach this number"),
  21659: config("the sender is not a Twilio number, or of another country than its short code"),
  21660: config("the sender belongs to another Twilio account"),
  21661: config("the sender cannot send text messages"),
  21703: config("the Messaging Service has no sender for this message"),
  21704: config("the Messaging Service has no senders"),
  21705: config("the Messaging Service is not a valid one"),
  21910: config("sender and recipient are on different channels"),

  // The text, the template, the callback
  21602: config("the text is empty"),
  21609: config("Twilio cannot use the callback URL: it must be public, and its host without underscores"),
  21617: config("the text is longer than 1600 characters"),
  21619: config("neither a text nor a template was given"),
  21654: config("the content template is missing"),
  21655: config("the content template is not a valid one"),
  21656: config("the variables do not fit the content template"),
  21658: config("the variables do not fit the content template"),

  // Delivery by carriers
  30003: retry("the phone is off or out of reach"),
  30004: elsewhere("the recipient or the carrier blocks this message"),
  30005: elsewhere("the number is unknown or no longer in use"),
  30006: elsewhere("a landline, or a carrier that cannot be reached"),
  30007: config("the carrier filtered the message as unwanted"),
  30008: retry("the carrier gave no reason"),
  30010: retry("the message costs more than the price limit"),
  30017: retry("the carrier's network is congested"),
  30022: retry("the sender's rate limit at US carriers is reached"),
  30023: retry("the sender's daily limit at US carriers is reached"),
  30027: retry("the daily limit of a US carrier is reached"),
  30032: config("the toll-free sender is not verified"),
  30033: config("the sender's US campaign is suspended"),
  30034: config("the sender is not registered for US numbers"),
  30036: final("it could not be delivered while it was still of use"),
  30410: retry("the carrier did not answer in time"),

  // WhatsApp
  63001: config("WhatsApp refused the sender's credentials"),
  63002: config("WhatsApp does not know the sender"),
  63003: elsewhere("the recipient is not on WhatsApp"),
  63005: config("WhatsApp did not take the content"),
  63007: config("the sender is not a WhatsApp sender of this account"),
  63008: config("the WhatsApp sender is not set up completely"),
  63009: retry("WhatsApp reported an error of its own"),
  63010: retry("Twilio reported an error of its own"),
  63012: retry("WhatsApp reported an error of its own"),
  63013: elsewhere("the message breaks a WhatsApp policy"),
  63014: elsewhere("the recipient blocks this sender"),
  63015: config("the recipient has not joined the WhatsApp sandbox"),
  63016: config("WhatsApp takes only templates more than 24 hours after the recipient's last message"),
  63017: retry("the WhatsApp rate limit of the account is reached"),
  63018: retry("WhatsApp limits the rate of messages"),
  63020: config("the Meta business account of the sender has a problem"),
  63021: config("WhatsApp refused the content as invalid"),
  63024: elsewhere("WhatsApp does not accept the recipient"),
  63027: config("the WhatsApp template does not exist in this language"),
  63028: config("the number of variables does not fit the WhatsApp template"),
  63032: elsewhere("WhatsApp holds messages to this recipient back"),
  63033: elsewhere("the recipient blocks this sender"),
  63040: config("the WhatsApp template was rejected"),
  63041: config("the WhatsApp template is paused"),
  63042: config("the WhatsApp template is disabled"),
  63051: config("the WhatsApp business account is locked"),
};
