import { isEmailAddress, isRecord, list, recipientsOf } from "./mail.ts";
import type { Mail, MailAddress, Personalization } from "./mail.ts";
import { mailError } from "./sendgrid-errors.ts";
import type { MailError } from "./sendgrid-errors.ts";

/**
 * What is wrong with a mail: all errors at once, as SendGrid tells them. Limits and texts come from
 * https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors and the fields' descriptions in
 * sendgrid-oai, tsg_mail_v3.json; where the page has no text, the words are the sandbox's.
 */
export function findMailErrors(mail: Mail): MailError[] {
  return RULES.flatMap((rule) => rule(mail));
}

type Rule = (mail: Mail) => MailError[];

const RULES: readonly Rule[] = [
  personalizationRule,
  recipientCountRule,
  fromRule,
  replyToRule,
  subjectRule,
  contentRule,
  categoryRule,
  headerRule,
  (mail) => customArgsRule(mail.custom_args, "custom_args"),
];

function personalizationRule(mail: Mail): MailError[] {
  const all = list(mail.personalizations);
  if (all.length === 0) {
    const text = "The personalizations field is required and must have at least one personalization.";
    return [mailError(text, "personalizations")];
  }
  if (all.length > 1000) {
    return [
      mailError(
        `The personalization block is limited to 1000 personalizations per API request. You have provided ${all.length} personalizations. Please consider splitting this into multiple requests and resending your request.`,
        "personalizations",
      ),
    ];
  }
  return all.flatMap((one, index) => onePersonalization(one, `personalizations.${index}`));
}

function onePersonalization(one: Personalization, field: string): MailError[] {
  if (list(one.to).length === 0) {
    const text =
      "The to array is required for all personalization objects, and must have at least one email object with a valid email address.";
    return [mailError(text, `${field}.to`)];
  }
  return [
    ...addressesRule(one.to, `${field}.to`),
    ...addressesRule(one.cc, `${field}.cc`),
    ...addressesRule(one.bcc, `${field}.bcc`),
    ...uniqueRule(one, field),
    ...customArgsRule(one.custom_args, `${field}.custom_args`),
  ];
}

function addressesRule(addresses: MailAddress[] | undefined, field: string): MailError[] {
  return list(addresses).flatMap((address, index) =>
    isEmailAddress(address.email) ? [] : [mailError("Does not contain a valid address.", `${field}.${index}.email`)],
  );
}

function uniqueRule(one: Personalization, field: string): MailError[] {
  const seen = new Set<string>();
  for (const email of recipientsOf(one)) {
    if (seen.has(email.toLowerCase())) {
      const text = `Each email address in the personalization block should be unique between to, cc, and bcc. We found the first duplicate instance of [${email}] in the ${field}.to field.`;
      return [mailError(text, field)];
    }
    seen.add(email.toLowerCase());
  }
  return [];
}

function recipientCountRule(mail: Mail): MailError[] {
  const count = list(mail.personalizations).flatMap(recipientsOf).length;
  if (count <= 1000) return [];
  return [mailError("There is a limit of 1000 total recipients (to + cc + bcc) per request.", "personalizations")];
}

function fromRule(mail: Mail): MailError[] {
  if (mail.from?.email === undefined) {
    const text =
      'The from object must be provided for every email send. It is an object that requires the email parameter, but may also contain a name parameter.  e.g. {"email" : "example@example.com"}  or {"email" : "example@example.com", "name" : "Example Recipient"}.';
    return [mailError(text, "from.email")];
  }
  if (isEmailAddress(mail.from.email)) return [];
  return [mailError("The from email does not contain a valid address.", "from.email")];
}

function replyToRule(mail: Mail): MailError[] {
  const both = mail.reply_to !== undefined && mail.reply_to_list !== undefined;
  if (both) return [mailError("Only one of reply_to and reply_to_list may be given.", "reply_to")];
  if (mail.reply_to === undefined || isEmailAddress(mail.reply_to.email)) return [];
  return [mailError("The reply_to email does not contain a valid address.", "reply_to.email")];
}

function subjectRule(mail: Mail): MailError[] {
  const filled = (subject: unknown) => typeof subject === "string" && subject !== "";
  const everywhere = list(mail.personalizations).every((one) => filled(one.subject));
  if (filled(mail.subject) || mail.template_id !== undefined || everywhere) return [];
  const text =
    "The subject is required. You can get around this requirement if you use a template with a subject defined or if every personalization has a subject defined.";
  return [mailError(text, "subject")];
}

function contentRule(mail: Mail): MailError[] {
  const content = list(mail.content);
  if (content.length === 0) {
    if (mail.template_id !== undefined) return [];
    const text =
      "Unless a valid template_id is provided, the content parameter is required. There must be at least one defined content block. We typically suggest both text/plain and text/html blocks are included, but only one block is required.";
    return [mailError(text, "content")];
  }
  const types = content.map((block) => block.type);
  const parts = content.flatMap((block, index) => {
    const wrongType = typeof block.type !== "string" || !/^[\w.+-]+\/[\w.+-]+/.test(block.type);
    const empty = typeof block.value !== "string" || block.value === "";
    return [
      ...(wrongType ? [mailError("The content type must be a MIME type.", `content.${index}.type`)] : []),
      ...(empty ? [mailError(EMPTY_VALUE, `content.${index}.value`)] : []),
    ];
  });
  return isOrdered(types) ? parts : [...parts, mailError(ORDER, "content")];
}

const EMPTY_VALUE = "The content value must be a string at least one character in length.";
const ORDER =
  "If present, text/plain and text/html may only be provided once, and text/plain must be first, followed by text/html, followed by any other content.";

function isOrdered(types: readonly unknown[]): boolean {
  const plain = types.indexOf("text/plain");
  const html = types.indexOf("text/html");
  const once = types.lastIndexOf("text/plain") === plain && types.lastIndexOf("text/html") === html;
  return once && plain <= 0 && html <= (plain < 0 ? 0 : 1);
}

/** At most 10, each at most 255 characters, no repeats. */
function categoryRule(mail: Mail): MailError[] {
  const categories = list(mail.categories);
  const wrong =
    categories.length > 10 ||
    new Set(categories).size < categories.length ||
    categories.some((one) => typeof one !== "string" || one.length > 255);
  if (!wrong) return [];
  return [mailError("There may be at most 10 unique categories of at most 255 characters each.", "categories")];
}

/** Headers that a mail may not set (spec, `headers`). */
function headerRule(mail: Mail): MailError[] {
  const reserved = Object.keys(mail.headers ?? {}).find((name) => RESERVED.has(name.toLowerCase()));
  if (reserved === undefined) return [];
  return [mailError(`The header ${reserved} is reserved and cannot be used.`, "headers")];
}

const RESERVED = new Set(
  "x-sg-id x-sg-eid received dkim-signature content-type content-transfer-encoding to from subject reply-to cc bcc".split(
    " ",
  ),
);

/** An object of texts, 10,000 bytes together (spec, `custom_args`). */
function customArgsRule(args: unknown, field: string): MailError[] {
  if (args === undefined) return [];
  if (!isRecord(args) || Object.values(args).some((value) => typeof value !== "string")) {
    return [mailError("custom_args must be an object of strings.", field)];
  }
  if (Buffer.byteLength(JSON.stringify(args)) <= 10_000) return [];
  return [mailError("The custom_args may not exceed 10000 bytes.", field)];
}
