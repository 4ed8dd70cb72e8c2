import { randomBytes } from "node:crypto";
import type { FaultBook } from "./fault-book.ts";
import { json } from "./http.ts";
import type { Answer } from "./http.ts";
import type { Ledger } from "./ledger.ts";
import type { OptOutBook } from "./opt-out-book.ts";
import type { TwilioAccount, TwilioOptions } from "./options.ts";
import type { Scheduler } from "./scheduler.ts";
import { countSegments } from "./segments.ts";
import { hasStrangeVariables, readVariables, renderTemplate } from "./twilio-content.ts";
import { twilioError } from "./twilio-errors.ts";
import { live, planLife } from "./twilio-life.ts";
import { showMessage } from "./twilio-message.ts";
import type { TwilioMessage } from "./twilio-message.ts";
import { bareNumber, findFault, isWhatsapp, pickSender } from "./twilio-rules.ts";
import type { WindowBook } from "./whatsapp-window.ts";

/** Everything that the Twilio side keeps. `messages` in the order of creation. */
export type TwilioState = {
  options: TwilioOptions;
  messages: TwilioMessage[];
  bySid: Map<string, TwilioMessage>;
  windows: WindowBook;
  optOuts: OptOutBook;
  faults: FaultBook;
  ledger: Ledger;
  scheduler: Scheduler;
  stepMs: number;
};

/** Carries out a create request: an error answer, or 201 with the new message, whose life begins. */
export function createMessage(state: TwilioState, form: URLSearchParams, account: TwilioAccount): Answer {
  const request = { form, account, options: state.options };
  const fault = findFault(request);
  if (fault !== null) return fault;

  const [from, to] = [pickSender(request) ?? "", form.get("To") ?? ""];
  if (state.optOuts.isOut(from, to)) return twilioError(21610, { to, from });

  const content = readContent(form, account);
  const message = newMessage(form, account, from, content.text);
  state.messages.push(message);
  state.bySid.set(message.sid, message);
  state.ledger.add({
    channel: isWhatsapp(message.to) ? "whatsapp" : "sms",
    to: bareNumber(message.to),
    from: bareNumber(message.from),
    subject: null,
    text: message.body,
    html: null,
    attempt: readAttempt(message.statusCallback),
    time: new Date(message.createdAt).toISOString(),
    id: message.sid,
    provider: "twilio",
    account: account.accountSid,
    status: message.status,
    contentSid: content.sid,
    contentVariables: content.variables,
  });
  const answer = json(201, showMessage(message));
  live(message, planLife(message, doom(state, message, content)), state.stepMs, state);
  return answer;
}

type Content = {
  text: string;
  sid: string | null;
  variables: Record<string, string> | null;
  strange: boolean;
};

function readContent(form: URLSearchParams, account: TwilioAccount): Content {
  const sid = form.get("ContentSid");
  const template = account.contentTemplates?.find((one) => one.sid === sid);
  if (template === undefined) {
    return { text: form.get("Body") ?? "", sid: null, variables: null, strange: false };
  }
  const variables = readVariables(form.get("ContentVariables")) ?? {};
  const text = renderTemplate(template, variables) ?? "";
  return { text, sid, variables, strange: hasStrangeVariables(template, variables) };
}

/**
 * The error that a WhatsApp message is bound to end in: free text outside of the 24-hour window (63016),
 * or variables that the template does not have (63028). https://www.twilio.com/docs/api/errors/63016
 */
function doom(state: TwilioState, message: TwilioMessage, content: Content): number | null {
  if (!isWhatsapp(message.to)) return null;
  if (content.sid === null) return state.windows.isOpen(message.from, message.to) ? null : 63016;
  return content.strange ? 63028 : null;
}

function newMessage(form: URLSearchParams, account: TwilioAccount, from: string, text: string): TwilioMessage {
  const now = Date.now();
  const service = form.get("MessagingServiceSid") || null;
  const mediaCount = form.getAll("MediaUrl").length;
  return {
    sid: `${mediaCount > 0 ? "MM" : "SM"}${randomBytes(16).toString("hex")}`,
    account,
    to: form.get("To") ?? "",
    from,
    assigned: service === null,
    body: text,
    segments: countSegments(text),
    mediaCount,
    status: service === null ? "queued" : "accepted",
    errorCode: null,
    errorMessage: null,
    messagingServiceSid: service,
    statusCallback: form.get("StatusCallback") || null,
    createdAt: now,
    sentAt: null,
    updatedAt: now,
  };
}

function readAttempt(statusCallback: string | null): string | null {
  return statusCallback === null ? null : new URL(statusCallback).searchParams.get("attempt");
}
