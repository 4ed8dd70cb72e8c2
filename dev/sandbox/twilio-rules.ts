import type { Answer } from "./http.ts";
import { TWILIO_MAGIC_FROM, TWILIO_MAGIC_TO, TWILIO_MAGIC_VALID_FROM } from "./magic.ts";
import type { TwilioAccount, TwilioOptions } from "./options.ts";
import { readVariables, renderTemplate } from "./twilio-content.ts";
import { notPlayed, twilioError } from "./twilio-errors.ts";
import type { Fill } from "./twilio-errors.ts";

/** Form parameters of a create request; a repeated key keeps all its values. */
export type CreateRequest = { form: URLSearchParams; account: TwilioAccount; options: TwilioOptions };

/**
 * What is wrong with a create request, as Twilio's answer, or null. The first rule that is broken answers.
 * Parameters: `CreateMessage` in twilio-oai, spec/json/twilio_api_v2010.json.
 */
export function findFault(request: CreateRequest): Answer | null {
  for (const rule of RULES) {
    const answer = rule(request);
    if (answer !== null) return answer;
  }
  return null;
}

/** Whether an address belongs to WhatsApp (https://www.twilio.com/docs/messaging/channels). */
export function isWhatsapp(address: string): boolean {
  return address.startsWith("whatsapp:");
}

/** The address without its channel prefix. */
export function bareNumber(address: string): string {
  return address.replace(/^whatsapp:/, "");
}

/** The sender that carries the message: `From`, or the first of the service's pool on the right channel. */
export function pickSender({ form, account }: CreateRequest): string | null {
  const from = form.get("From");
  if (from !== null && from !== "") return from;
  const service = serviceOf(form, account);
  const whatsapp = isWhatsapp(form.get("To") ?? "");
  return service?.senders.find((sender) => isWhatsapp(sender) === whatsapp) ?? null;
}

type Rule = (request: CreateRequest) => Answer | null;

const RULES: readonly Rule[] = [
  ({ form }) => (has(form, "ScheduleType") || has(form, "SendAt") ? notPlayed("message scheduling") : null),
  ({ form }) => refuse(!has(form, "To"), 21604, form),
  ({ form }) => refuse(!has(form, "From") && !has(form, "MessagingServiceSid"), 21603, form),
  toRule,
  serviceRule,
  fromRule,
  contentRule,
  bodyRule,
  validityRule,
  callbackRule,
];

/** E.164 (ITU-T E.164: 15 digits at most); numbers of country code 1 have ten digits after it. */
function isPhoneNumber(text: string): boolean {
  return /^\+(1\d{10}|[2-9]\d{6,14})$/.test(text);
}

function toRule({ form }: CreateRequest): Answer | null {
  const to = form.get("To") ?? "";
  const magic = TWILIO_MAGIC_TO[bareNumber(to)];
  if (magic !== undefined) return refuse(true, magic, form);
  return refuse(!isPhoneNumber(bareNumber(to)), 21211, form);
}

function serviceRule({ form, account }: CreateRequest): Answer | null {
  const sid = form.get("MessagingServiceSid") ?? "";
  if (sid === "") return null;
  if (!/^MG[0-9a-fA-F]{32}$/.test(sid)) return refuse(true, 21705, form, sid); // pattern in the spec
  const service = serviceOf(form, account);
  if (service === undefined) return refuse(true, 21701, form);
  if (has(form, "From")) return null;
  const whatsapp = isWhatsapp(form.get("To") ?? "");
  return refuse(!service.senders.some((sender) => isWhatsapp(sender) === whatsapp), 21703, form);
}

function fromRule({ form, account, options }: CreateRequest): Answer | null {
  const from = form.get("From") ?? "";
  if (from === "") return null;
  const magic = TWILIO_MAGIC_FROM[from];
  if (magic !== undefined) return refuse(true, magic, form);
  if (isWhatsapp(from) !== isWhatsapp(form.get("To") ?? "")) return refuse(true, 21910, form);
  if (isWhatsapp(from)) return refuse(!ownsWhatsapp(account, from), 63007, form);
  if (from === TWILIO_MAGIC_VALID_FROM || account.senders.includes(from)) return null;
  const sender = isPhoneNumber(from) || /^\d{5,6}$/.test(from) || /^(?=.*[A-Za-z])[\w -]{1,11}$/.test(from);
  if (!sender) return refuse(true, 21212, form);
  const others = [options, ...(options.extraAccounts ?? [])];
  const foreign = others.some((other) => other.senders.includes(from));
  return refuse(true, foreign ? 21660 : 21659, form, account.accountSid);
}

function contentRule({ form, account }: CreateRequest): Answer | null {
  const sid = form.get("ContentSid") ?? "";
  if (sid === "") return refuse(has(form, "ContentVariables"), 21654, form);
  const template = account.contentTemplates?.find((one) => one.sid === sid);
  if (template === undefined) return refuse(true, 21655, form);
  const variables = readVariables(form.get("ContentVariables"));
  return refuse(variables === null || renderTemplate(template, variables) === null, 21656, form);
}

/** 21619 when there is nothing to send at all, 21602 when `Body` is there and empty. */
function bodyRule({ form }: CreateRequest): Answer | null {
  const body = form.get("Body");
  if (body !== null && body.length > 1600) return refuse(true, 21617, form);
  if (has(form, "Body") || has(form, "MediaUrl") || has(form, "ContentSid")) return null;
  return refuse(true, body === null ? 21619 : 21602, form);
}

function validityRule({ form }: CreateRequest): Answer | null {
  const period = form.get("ValidityPeriod");
  if (period === null) return null;
  const valid = /^\d+$/.test(period) && Number(period) >= 1 && Number(period) <= 36_000;
  return refuse(!valid, 21624, form);
}

/** "Must contain a valid hostname and underscores are not allowed" (spec). Local hosts pass here only. */
function callbackRule({ form }: CreateRequest): Answer | null {
  const text = form.get("StatusCallback");
  if (text === null || text === "") return null;
  const url = URL.parse(text);
  const valid = url !== null && /^https?:$/.test(url.protocol) && !url.hostname.includes("_");
  return refuse(!valid, 21609, form, text);
}

function ownsWhatsapp(account: TwilioAccount, address: string): boolean {
  return (account.whatsappSenders ?? []).some((own) => bareNumber(own) === bareNumber(address));
}

function serviceOf(form: URLSearchParams, account: TwilioAccount) {
  return account.messagingServices?.find((one) => one.sid === form.get("MessagingServiceSid"));
}

function has(form: URLSearchParams, name: string): boolean {
  return (form.get(name) ?? "") !== "";
}

function refuse(broken: boolean, code: number, form: URLSearchParams, value = ""): Answer | null {
  if (!broken) return null;
  const fill: Fill = { to: form.get("To") ?? "", from: form.get("From") ?? "", value };
  return twilioError(code, fill);
}
