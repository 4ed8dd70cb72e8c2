import type { Answer, ApiRequest } from "./http.ts";
import { isRecord, list, recipientsOf } from "./mail.ts";
import type { Mail } from "./mail.ts";
import type { ApiCall, ProviderApi } from "./provider.ts";
import { mailError, sendgridErrors, sendgridStatusError } from "./sendgrid-errors.ts";
import { findMailErrors } from "./sendgrid-rules.ts";
import { acceptMail } from "./sendgrid-accept.ts";
import type { SendgridState } from "./sendgrid-accept.ts";

/** Requests per minute that the rate headers speak of; SendGrid publishes no number, and none is enforced. */
const RATE_LIMIT = 600;

/** SendGrid's Mail Send. `template_id`, attachments, `asm` and substitutions are taken and not looked into. */
export function createSendgridApi(state: SendgridState): ProviderApi {
  const rate = createRate();
  return {
    provider: "sendgrid",
    error: sendgridStatusError,
    understand: (request) => {
      if (request.url.pathname !== "/v3/mail/send") return nowhere(sendgridStatusError(404));
      if (request.method !== "POST") return nowhere(sendgridStatusError(405));
      const mail = readMail(request);
      const run = () => {
        const answer = send(state, request, mail);
        return { ...answer, headers: { ...answer.headers, ...rate() } };
      };
      return { operation: "send", subject: subjectOf(mail), run };
    },
  };
}

/** Statuses in the order in which a request is looked at: key, size, type, JSON, content, sender. */
function send(state: SendgridState, request: ApiRequest, mail: Mail | null): Answer {
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (given === undefined) {
    return sendgridErrors(401, [mailError("Permission denied, wrong credentials", null)]);
  }
  if (!state.options.apiKeys.includes(given)) return sendgridStatusError(401);
  if (request.tooLarge) return sendgridStatusError(413);
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) return sendgridStatusError(415);
  if (mail === null) return sendgridStatusError(400);
  const errors = findMailErrors(mail);
  if (errors.length > 0) return sendgridErrors(400, errors);
  if (isScheduled(mail)) {
    return sendgridErrors(501, [mailError("The sandbox does not play scheduled mail.", "send_at")]);
  }
  if (!isVerified(state, String(mail.from?.email))) {
    return sendgridErrors(403, [mailError(UNVERIFIED, "from")]);
  }
  // Sandbox mode answers 200 and sends nothing: https://docs.sendgrid.com/for-developers/sending-email/sandbox-mode
  if (mail.mail_settings?.sandbox_mode?.enable === true) return { status: 200, headers: {}, body: "" };
  return acceptMail(state, mail, given.split(".")[1] ?? "");
}

/** https://www.twilio.com/docs/sendgrid/for-developers/sending-email/sender-identity */
const UNVERIFIED =
  "The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved. Visit https://sendgrid.com/docs/for-developers/sending-email/sender-identity/ to see the Sender Identity requirements";

function isVerified(state: SendgridState, email: string): boolean {
  const address = email.toLowerCase();
  const domain = address.slice(address.lastIndexOf("@") + 1);
  return state.options.verifiedSenders.some((sender) => [address, domain].includes(sender.toLowerCase()));
}

function isScheduled(mail: Mail): boolean {
  return mail.send_at !== undefined || list(mail.personalizations).some((one) => one.send_at !== undefined);
}

/** Null when the body is no JSON object of the right build. */
function readMail(request: ApiRequest): Mail | null {
  try {
    const value: unknown = JSON.parse(request.body);
    if (!isRecord(value)) return null;
    const parts = [value.personalizations, value.content].filter(Array.isArray).flat();
    const people = parts.flatMap((part) => [part?.to, part?.cc, part?.bcc].filter(Array.isArray)).flat();
    const senders = [value.from, value.reply_to].filter((one) => one !== undefined);
    return [...parts, ...people, ...senders].every(isRecord) ? value : null;
  } catch {
    return null;
  }
}

function subjectOf(mail: Mail | null) {
  return {
    to: list(mail?.personalizations).flatMap(recipientsOf),
    from: typeof mail?.from?.email === "string" ? [mail.from.email] : [],
  };
}

/** X-RateLimit-*; the reset is in epoch seconds (…/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/rate-limits). */
function createRate(): () => Record<string, string> {
  let reset = 0;
  let used = 0;
  return () => {
    const now = Math.floor(Date.now() / 1000);
    if (now >= reset) {
      reset = now + 60;
      used = 0;
    }
    used += 1;
    return {
      "x-ratelimit-limit": String(RATE_LIMIT),
      "x-ratelimit-remaining": String(Math.max(RATE_LIMIT - used, 0)),
      "x-ratelimit-reset": String(reset),
    };
  };
}

function nowhere(answer: Answer): ApiCall {
  return { operation: null, subject: { to: [], from: [] }, run: () => answer };
}
