import type { Operation } from "./fault.ts";
import { json } from "./http.ts";
import type { Answer, ApiRequest } from "./http.ts";
import { isRecord } from "./mail.ts";
import type { ApiCall, ProviderApi } from "./provider.ts";
import { acceptResendMail, type KeptMail, type ResendState } from "./resend-accept.ts";
import { resendError, resendStatusError } from "./resend-errors.ts";
import { addressList, bareAddress, findResendFault, type ResendMail } from "./resend-rules.ts";

/** How long an idempotency key is kept: https://resend.com/docs/dashboard/emails/idempotency-keys. */
const KEY_KEPT_MS = 24 * 3_600_000;

const EMAILS = /^\/emails(?:\/([^/]+))?$/;

/** Resend's e-mails: send, list and retrieve. Attachments, templates and topics are taken and not looked into. */
export function createResendApi(state: ResendState): ProviderApi {
  return {
    provider: "resend",
    error: resendStatusError,
    understand: (request) => {
      const match = EMAILS.exec(request.url.pathname);
      if (match === null) return nowhere(resendStatusError(404));
      const id = match[1];
      if (id !== undefined)
        return request.method === "GET" ? onMail(state, request, id) : nowhere(resendStatusError(405));
      if (request.method === "POST") return onSend(state, request);
      return request.method === "GET" ? onList(state, request) : nowhere(resendStatusError(405));
    },
  };
}

function onSend(state: ResendState, request: ApiRequest): ApiCall {
  const mail = readMail(request);
  const to = addressList(mail?.to).map(bareAddress);
  const from = typeof mail?.from === "string" ? [bareAddress(mail.from)] : [];
  return {
    operation: "send",
    subject: { to, from },
    run: () => authorized(state, request, "send", (account) => sendOnce(state, request, mail, account)),
  };
}

/** The same request under the same key is answered again and not carried out again; keys belong to the team. */
function sendOnce(state: ResendState, request: ApiRequest, mail: ResendMail | null, account: string): Answer {
  const key = request.headers["idempotency-key"];
  if (typeof key !== "string") return send(state, mail, account);
  if (key.length < 1 || key.length > 256) return resendError(400, "invalid_idempotency_key", KEY_LENGTH);
  const kept = state.keys.get(key);
  if (kept !== undefined && Date.now() - kept.usedAt < KEY_KEPT_MS) {
    return kept.body === request.body ? kept.answer : resendError(409, "invalid_idempotent_request", OTHER_BODY);
  }
  const answer = send(state, mail, account);
  if (answer.status === 200) state.keys.set(key, { body: request.body, answer, usedAt: Date.now() });
  return answer;
}

const KEY_LENGTH = "Idempotency keys, if present, must have between 1 and 256 characters.";
const OTHER_BODY =
  "This idempotency key has been used with this HTTP method and endpoint within the last 24 hours, but the request body was modified and doesn't match the original request.";

function send(state: ResendState, mail: ResendMail | null, account: string): Answer {
  if (mail === null) return resendStatusError(400);
  return findResendFault(mail, state.options.verifiedDomains) ?? acceptResendMail(state, mail, account);
}

function onList(state: ResendState, request: ApiRequest): ApiCall {
  const query = request.url.searchParams;
  return {
    operation: "list",
    subject: { to: [], from: [] },
    run: () => authorized(state, request, "list", () => listMails(state, query)),
  };
}

/** Newest first; the cursor is an id, and is not shown again: https://resend.com/docs/api-reference/pagination. */
function listMails(state: ResendState, query: URLSearchParams): Answer {
  const limit = Number(query.get("limit") ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    return resendError(422, "validation_error", "The `limit` must be between 1 and 100.");
  }
  const newest = state.mails.filter((mail) => isVisible(state, mail, "list")).toReversed();
  const after = query.get("after");
  const start = after === null ? 0 : newest.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0) return resendError(422, "validation_error", "The `after` is no email.");
  const shown = newest.slice(start, start + limit);
  const data = shown.map((mail) => showListed(mail));
  return json(200, { object: "list", has_more: start + limit < newest.length, data });
}

function onMail(state: ResendState, request: ApiRequest, id: string): ApiCall {
  const mail = state.mails.find((one) => one.id === id);
  const subject = { to: mail?.to.map(bareAddress) ?? [], from: mail === undefined ? [] : [bareAddress(mail.from)] };
  const run = () =>
    authorized(state, request, "fetch", () => {
      if (!/^[0-9a-f-]{36}$/.test(id)) return resendError(422, "invalid_parameter", "The `id` must be a valid UUID.");
      if (mail === undefined || !isVisible(state, mail, "fetch"))
        return resendError(404, "not_found", "Email not found");
      const { html, text, tags } = mail;
      return json(200, { ...showListed(mail), object: "email", html, text, tags });
    });
  return { operation: "fetch", subject, run };
}

function showListed({ id, to, from, subject, createdAt, lastEvent }: KeptMail): Record<string, unknown> {
  const created_at = new Date(createdAt).toISOString().replace("T", " ").replace("Z", "000+00");
  const nobody = { bcc: null, cc: null, reply_to: null };
  return { id, to, from, created_at, subject, ...nobody, last_event: lastEvent, scheduled_at: null };
}

function isVisible(state: ResendState, mail: KeptMail, operation: Operation): boolean {
  const subject = { to: mail.to.map(bareAddress), from: [bareAddress(mail.from)] };
  return Date.now() - mail.createdAt >= state.faults.lookupLagMs("resend", operation, subject);
}

/** `account` is the id part of the key, `re_<id>_<secret>`. A key that may only send gets 401 for all else. */
function authorized(
  { options }: ResendState,
  request: ApiRequest,
  operation: Operation,
  work: (account: string) => Answer,
): Answer {
  const key = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (key === undefined) return resendStatusError(401);
  const sendOnly = options.sendOnlyKeys?.includes(key) === true;
  if (!sendOnly && !options.apiKeys.includes(key)) return resendError(401, "validation_error", "API key is invalid");
  if (sendOnly && operation !== "send") {
    return resendError(401, "restricted_api_key", "This API key is restricted to only send emails");
  }
  return work(key.split("_")[1] ?? "");
}

/** Null when the body is no JSON object. */
function readMail(request: ApiRequest): ResendMail | null {
  try {
    const value: unknown = JSON.parse(request.body);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function nowhere(answer: Answer): ApiCall {
  return { operation: null, subject: { to: [], from: [] }, run: () => answer };
}
