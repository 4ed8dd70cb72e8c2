import { randomBytes } from "node:crypto";
import type { TwilioAccount } from "./options.ts";
import { countSegments } from "./segments.ts";
import { postCallback } from "./twilio-callback.ts";
import type { TwilioState } from "./twilio-create.ts";
import { bareNumber, isWhatsapp } from "./twilio-rules.ts";

/** A message from a recipient to one of our senders; addresses of WhatsApp with their prefix. */
export type InboundText = { from: string; to: string; body: string; optOutType: string | null };

/**
 * Takes a message in: heeds what it says about opting out, and posts it to the account's inbound webhook. Ends when that
 * has answered, unless a fault delays it.
 */
export async function receiveText(state: TwilioState, text: InboundText): Promise<void> {
  const { options, optOuts, faults, scheduler } = state;
  const { from, to, body, optOutType } = text;
  optOuts.heed(to, from, body, optOutType);
  const { inboundUrl } = options;
  if (inboundUrl === undefined) return;
  const account = [options, ...(options.extraAccounts ?? [])].find((one) => owns(one, to)) ?? options;
  const params = inboundParams(account, text);
  const { copies, delayMs } = faults.fate("twilio", { to: [to], from: [from] });
  const posted = Array.from({ length: copies }, () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    scheduler.after(delayMs, () =>
      postCallback(inboundUrl, account.authToken, params, scheduler.signal).finally(resolve),
    );
    return promise;
  });
  if (delayMs === 0) await Promise.all(posted);
}

function owns(account: TwilioAccount, address: string): boolean {
  const senders = isWhatsapp(address) ? (account.whatsappSenders ?? []) : account.senders;
  return senders.some((sender) => bareNumber(sender) === bareNumber(address));
}

/** https://www.twilio.com/docs/messaging/guides/webhook-request */
function inboundParams({ accountSid }: TwilioAccount, { from, to, body, optOutType }: InboundText) {
  const sid = `SM${randomBytes(16).toString("hex")}`;
  const params: Record<string, string> = {
    AccountSid: accountSid,
    ApiVersion: "2010-04-01",
    Body: body,
    From: from,
    MessageSid: sid,
    NumMedia: "0",
    NumSegments: String(countSegments(body)),
    SmsMessageSid: sid,
    SmsSid: sid,
    SmsStatus: "received",
    To: to,
  };
  if (optOutType !== null) params.OptOutType = optOutType;
  if (isWhatsapp(from)) params.WaId = bareNumber(from).slice(1);
  return params;
}
