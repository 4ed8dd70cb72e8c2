import type { TwilioAccount } from "./options.ts";

/** One message, as the sandbox keeps it. Times in ms since the epoch. */
export type TwilioMessage = {
  sid: string;
  account: TwilioAccount;
  to: string;
  /** The sender that carries it; shown only once `assigned`. */
  from: string;
  assigned: boolean;
  body: string;
  segments: number;
  mediaCount: number;
  status: string;
  errorCode: number | null;
  errorMessage: string | null;
  messagingServiceSid: string | null;
  statusCallback: string | null;
  createdAt: number;
  sentAt: number | null;
  updatedAt: number;
};

/** The resource as the API shows it: `api.v2010.account.message` in twilio-oai. */
export function showMessage(message: TwilioMessage): Record<string, unknown> {
  const uri = messageUri(message.account.accountSid, message.sid);
  return {
    account_sid: message.account.accountSid,
    api_version: "2010-04-01",
    body: message.body,
    date_created: rfc2822(message.createdAt),
    date_sent: message.sentAt === null ? null : rfc2822(message.sentAt),
    date_updated: rfc2822(message.updatedAt),
    direction: "outbound-api",
    error_code: message.errorCode,
    error_message: message.errorMessage,
    from: message.assigned ? message.from : null,
    messaging_service_sid: message.messagingServiceSid,
    num_media: String(message.mediaCount),
    // 0 until a Messaging Service has picked the sender (spec, num_segments)
    num_segments: message.assigned ? String(message.segments) : "0",
    price: null,
    price_unit: null,
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: uri.replace(/\.json$/, "/Media.json") },
    to: message.to,
    uri,
  };
}

export function messageUri(accountSid: string, sid: string): string {
  return `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`;
}

/** `Thu, 24 Aug 2023 05:01:45 +0000`, the form of the specification's examples. RFC 2822, section 3.3. */
function rfc2822(time: number): string {
  return new Date(time).toUTCString().replace("GMT", "+0000");
}
