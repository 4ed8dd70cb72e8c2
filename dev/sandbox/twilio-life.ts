import { SANDBOX_TWILIO_ENDS, TWILIO_END_MESSAGES } from "./magic.ts";
import type { TwilioEnd } from "./magic.ts";
import type { FaultBook } from "./fault-book.ts";
import type { Ledger } from "./ledger.ts";
import type { Scheduler } from "./scheduler.ts";
import { postCallback } from "./twilio-callback.ts";
import type { TwilioMessage } from "./twilio-message.ts";
import { bareNumber, isWhatsapp } from "./twilio-rules.ts";

/** `told`: whether a callback tells of it. */
export type LifeStep = { status: string; code: number | null; told: boolean };

/**
 * The statuses after the initial one, which gets no callback
 * (https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks).
 * `code` is an error that the message is bound to end in, null when the number decides.
 */
export function planLife(message: TwilioMessage, code: number | null): LifeStep[] {
  const end: TwilioEnd | undefined =
    code === null ? SANDBOX_TWILIO_ENDS[bareNumber(message.to)] : { status: "undelivered", code };
  const told = end?.status !== "silent";
  const step = (status: string): LifeStep => ({ status, code: null, told });
  const start = message.messagingServiceSid === null ? [] : [step("queued")];
  if (end === undefined) {
    const read = isWhatsapp(message.to) ? [step("read")] : [];
    return [...start, step("sent"), step("delivered"), ...read];
  }
  if (end.status === "silent" || end.status === "sent") return [...start, step("sent")];
  const last = { status: end.status, code: end.code, told };
  const neverSent = end.status === "failed" || code !== null;
  return neverSent ? [...start, last] : [...start, step("sent"), last];
}

/** Lets the message live, one step every `stepMs`. Callbacks do not wait for each other, as in life. */
export function live(
  message: TwilioMessage,
  steps: readonly LifeStep[],
  stepMs: number,
  parts: { scheduler: Scheduler; ledger: Ledger; faults: FaultBook },
): void {
  steps.forEach((step, index) =>
    parts.scheduler.after(stepMs * (index + 1), () => {
      take(message, step);
      parts.ledger.setStatus(message.sid, message.status);
      if (step.told && message.statusCallback !== null) tell(message, message.statusCallback, parts);
    }),
  );
}

function take(message: TwilioMessage, step: LifeStep): void {
  message.status = step.status;
  message.assigned = true;
  message.updatedAt = Date.now();
  if (step.status === "sent") message.sentAt = message.updatedAt;
  if (step.code === null) return;
  message.errorCode = step.code;
  message.errorMessage = TWILIO_END_MESSAGES[step.code] ?? null;
}

function tell(
  message: TwilioMessage,
  statusCallback: string,
  { scheduler, faults }: { scheduler: Scheduler; faults: FaultBook },
): void {
  const params = callbackParams(message);
  const { copies, delayMs } = faults.fate("twilio", { to: [message.to], from: [message.from] });
  for (let copy = 0; copy < copies; copy += 1) {
    scheduler.after(delayMs, () => postCallback(statusCallback, message.account.authToken, params, scheduler.signal));
  }
}

/**
 * https://www.twilio.com/docs/messaging/guides/track-outbound-message-status, and the WhatsApp additions of
 * https://www.twilio.com/docs/whatsapp/api. RawDlrDoneDate is YYMMDDhhmm, in no stated zone: here UTC.
 */
function callbackParams(message: TwilioMessage): Record<string, string> {
  const { sid, status, to, from } = message;
  const params: Record<string, string> = {
    AccountSid: message.account.accountSid,
    ApiVersion: "2010-04-01",
    From: from,
    MessageSid: sid,
    MessageStatus: status,
    SmsSid: sid,
    SmsStatus: status,
    To: to,
  };
  if (message.messagingServiceSid !== null) params.MessagingServiceSid = message.messagingServiceSid;
  if (message.errorCode !== null) params.ErrorCode = String(message.errorCode);
  if (isWhatsapp(to)) {
    params.ChannelPrefix = "whatsapp";
    params.ChannelToAddress = bareNumber(to);
    params.StructuredMessage = "false";
    if (status !== "sent" && status !== "queued") params.EventType = status.toUpperCase();
    if (message.errorMessage !== null) params.ChannelStatusMessage = message.errorMessage;
  } else if (status === "delivered" || status === "undelivered") {
    params.RawDlrDoneDate = new Date(message.updatedAt).toISOString().replace(/[-T:]/g, "").slice(2, 12);
  }
  return params;
}
