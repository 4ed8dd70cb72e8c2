/**
 * Addresses that choose how a message ends: one table per provider and moment.
 *
 * The first two are Twilio's own (https://www.twilio.com/docs/iam/test-credentials, "Test SMS messages"),
 * which here work on every account. All others are the sandbox's own: no provider knows them.
 */

/** Twilio's `From` numbers: refused at once, with this error code. +15005550006 passes. */
export const TWILIO_MAGIC_FROM: Readonly<Record<string, number>> = {
  "+15005550001": 21212, // not a valid number
  "+15005550007": 21606, // not owned, or cannot send SMS
  "+15005550008": 21611, // its queue is full
};

/** The `From` number that passes on every account, owned or not. */
export const TWILIO_MAGIC_VALID_FROM = "+15005550006";

/** Twilio's `To` numbers: refused at once, with this error code. */
export const TWILIO_MAGIC_TO: Readonly<Record<string, number>> = {
  "+15005550001": 21211, // not a valid number
  "+15005550002": 21612, // cannot be routed to
  "+15005550003": 21408, // region is not enabled
  "+15005550004": 21610, // unsubscribed
  "+15005550009": 21614, // cannot receive SMS
};

/** How an accepted message ends. `sent`: no delivery report ever comes. `silent`: not one callback comes. */
export type TwilioEnd = { status: "undelivered" | "failed"; code: number } | { status: "sent" } | { status: "silent" };

/** The sandbox's own `To` numbers: accepted with 201, then this end. The last four digits recall the code. */
export const SANDBOX_TWILIO_ENDS: Readonly<Record<string, TwilioEnd>> = {
  "+15005553000": { status: "silent" },
  "+15005553001": { status: "sent" },
  "+15005553003": { status: "undelivered", code: 30003 },
  "+15005553004": { status: "undelivered", code: 30004 },
  "+15005553005": { status: "undelivered", code: 30005 },
  "+15005553006": { status: "undelivered", code: 30006 },
  "+15005553007": { status: "undelivered", code: 30007 },
  "+15005553008": { status: "failed", code: 30008 },
  "+15005553024": { status: "undelivered", code: 63024 },
};

/** Texts of codes that end an accepted message: https://www.twilio.com/docs/api/errors/<code>. */
export const TWILIO_END_MESSAGES: Readonly<Record<number, string>> = {
  30003: "Unreachable destination handset",
  30004: "Message blocked",
  30005: "Unknown destination handset",
  30006: "Landline or unreachable carrier",
  30007: "Message filtered",
  30008: "Unknown error",
  63016: "Failed to send freeform message because you are outside the allowed window.",
  63024: "Invalid message recipient",
  63028: "Number of parameters provided does not match the expected number of parameters",
};

/** One event of a mail's life, as SendGrid names it, with the fields that belong to it. */
export type MailStep = { event: string; fields: Readonly<Record<string, string | number>> };

const PROCESSED: MailStep = { event: "processed", fields: {} };
const DELIVERED: MailStep = { event: "delivered", fields: { response: "250 2.0.0 OK", tls: 1 } };

/** What becomes of a mail to any other address. */
export const MAIL_DELIVERED: readonly MailStep[] = [PROCESSED, DELIVERED];

/**
 * The sandbox's own local parts: `bounce@…`, or `bounce+anything@…`. Fields and reasons follow
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event, "Delivery events".
 */
export const SANDBOX_MAIL_ENDS: Readonly<Record<string, readonly MailStep[]>> = {
  bounce: [PROCESSED, bounced("bounce", "5.1.1", "550 5.1.1 The account does not exist", "Invalid Address")],
  blocked: [PROCESSED, bounced("blocked", "4.7.1", "421 4.7.1 Sender is rate limited", "Reputation")],
  dropped: [dropped("Bounced Address")],
  unsubscribed: [dropped("Unsubscribed Address")],
  spamreported: [dropped("Spam Reporting Address")],
  invalid: [dropped("Invalid")],
  deferred: [PROCESSED, { event: "deferred", fields: { response: "400 try again later", attempt: "1" } }, DELIVERED],
  spamreport: [PROCESSED, DELIVERED, { event: "spamreport", fields: {} }],
  processed: [PROCESSED], // no delivery event ever comes
  silent: [], // not one event comes
};

function bounced(type: string, status: string, reason: string, bounce_classification: string): MailStep {
  return { event: "bounce", fields: { type, status, reason, bounce_classification } };
}

function dropped(reason: string): MailStep {
  return { event: "dropped", fields: { reason, status: "5.0.0" } };
}

/** One event of a mail's life, as Resend names it behind `email.`, with the members that belong to it. */
export type ResendStep = { event: string; fields: Readonly<Record<string, unknown>> };

const RESEND_SENT: ResendStep = { event: "sent", fields: {} };

/** What becomes of a mail to any other address. */
export const RESEND_DELIVERED: readonly ResendStep[] = [RESEND_SENT, { event: "delivered", fields: {} }];

/**
 * By local part, `bounced@…` or `bounced+anything@…`, at any domain. The first four are Resend's own at resend.dev
 * (https://resend.com/docs/dashboard/emails/send-test-emails); members follow the pages of the webhook's events.
 */
export const SANDBOX_RESEND_ENDS: Readonly<Record<string, readonly ResendStep[]>> = {
  delivered: RESEND_DELIVERED,
  bounced: [RESEND_SENT, resendBounced("Permanent", "General", "smtp; 550 5.1.1 user unknown")],
  complained: [...RESEND_DELIVERED, { event: "complained", fields: {} }],
  suppressed: [
    { event: "suppressed", fields: { suppressed: { type: "OnAccountSuppressionList", message: "Suppressed." } } },
  ],
  blocked: [RESEND_SENT, resendBounced("Transient", "MailboxFull", "smtp; 452 4.2.2 mailbox full")],
  deferred: [RESEND_SENT, { event: "delivery_delayed", fields: {} }, { event: "delivered", fields: {} }],
  failed: [{ event: "failed", fields: { failed: { reason: "reached_daily_quota" } } }],
  processed: [RESEND_SENT], // no delivery event ever comes
  silent: [], // not one event comes
};

function resendBounced(type: string, subType: string, diagnosticCode: string): ResendStep {
  return {
    event: "bounced",
    fields: { bounce: { type, subType, message: "Bounced.", diagnosticCode: [diagnosticCode] } },
  };
}
