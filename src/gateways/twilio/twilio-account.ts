import { encodeBase64 } from "../base64.ts";

/** Settings that all of Twilio's channels share; "" means not configured. URLs without a trailing slash. */
export type TwilioAccount = {
  apiUrl: string;
  accountSid: string;
  authToken: string;
  /** Where Twilio reaches this service; status callbacks go to `/callbacks/twilio` there. */
  publicUrl: string;
  /** The gateway whose own account it is, where it is one's: then its callbacks go to a path that names it. */
  gatewayId?: string;
  /** Longest time for one call, in ms; see `callProvider`. */
  callTimeoutMs?: number;
};

/** Names the first setting without which Twilio cannot be asked anything, or null. */
export function missingSetting({ apiUrl, accountSid, authToken }: TwilioAccount): string | null {
  if (apiUrl === "") return "the Twilio API URL";
  if (accountSid === "") return "the Twilio account SID";
  if (authToken === "") return "the Twilio auth token";
  return null;
}

/** The path of the account's Messages, without `.json`. */
export function messagesPath({ accountSid }: TwilioAccount): string {
  return `/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages`;
}

export function accountHeaders({ accountSid, authToken }: TwilioAccount) {
  return { authorization: `Basic ${encodeBase64(`${accountSid}:${authToken}`)}`, accept: "application/json" };
}
