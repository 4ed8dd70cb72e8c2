import { createMessage } from "./twilio-create.ts";
import type { TwilioState } from "./twilio-create.ts";
import type { Answer, ApiRequest } from "./http.ts";
import { json } from "./http.ts";
import type { TwilioAccount } from "./options.ts";
import type { ApiCall, ProviderApi } from "./provider.ts";
import { notPlayed, twilioError, twilioStatusError } from "./twilio-errors.ts";
import { listMessages } from "./twilio-list.ts";
import { showMessage } from "./twilio-message.ts";
import type { TwilioMessage } from "./twilio-message.ts";
import type { Operation } from "./fault.ts";

const MESSAGES = /^\/2010-04-01\/Accounts\/([^/]+)\/Messages(?:\/([^/]+))?\.json$/;

/**
 * Twilio's Messages resource: create, fetch and list. Cancelling, redacting and deleting are answered 501,
 * for they are not played.
 */
export function createTwilioApi(state: TwilioState): ProviderApi {
  return {
    provider: "twilio",
    error: twilioStatusError,
    understand: (request) => {
      const [, accountSid, sid] = MESSAGES.exec(request.url.pathname) ?? [];
      if (accountSid === undefined) return nowhere(twilioError(20404, { value: request.url.pathname }));
      const authorized = (work: (account: TwilioAccount) => Answer) => () => {
        const account = authenticate(state, request, accountSid);
        return account === null ? twilioError(20003) : work(account);
      };
      if (sid === undefined) return onList(state, request, authorized);
      return onMessage(state, request, sid, authorized);
    },
  };
}

type Authorized = (work: (account: TwilioAccount) => Answer) => () => Answer;

function onList(state: TwilioState, request: ApiRequest, authorized: Authorized): ApiCall {
  if (request.method === "POST") {
    const form = readForm(request);
    const from = [form.get("From"), form.get("MessagingServiceSid")].filter((one) => one !== null);
    return {
      operation: "send",
      subject: { to: form.getAll("To"), from },
      run: authorized((account) => createMessage(state, form, account)),
    };
  }
  if (request.method !== "GET") return nowhere(twilioError(20004));
  const query = request.url.searchParams;
  return {
    operation: "list",
    subject: { to: query.getAll("To"), from: query.getAll("From") },
    run: authorized((account) => {
      const visible = state.messages.filter(
        (message) => message.account === account && isVisible(state, message, "list"),
      );
      return listMessages(visible, request.url.pathname, query);
    }),
  };
}

function onMessage(state: TwilioState, request: ApiRequest, sid: string, authorized: Authorized): ApiCall {
  if (request.method !== "GET") {
    const played = request.method !== "POST" && request.method !== "DELETE";
    return nowhere(played ? twilioError(20004) : notPlayed("changing or deleting a message"));
  }
  const message = state.bySid.get(sid);
  return {
    operation: "fetch",
    subject: { to: message === undefined ? [] : [message.to], from: message === undefined ? [] : [message.from] },
    run: authorized((account) =>
      message?.account === account && isVisible(state, message, "fetch")
        ? json(200, showMessage(message))
        : twilioError(20404, { value: request.url.pathname }),
    ),
  };
}

function isVisible(state: TwilioState, message: TwilioMessage, operation: Operation): boolean {
  const subject = { to: [message.to], from: [message.from] };
  return Date.now() - message.createdAt >= state.faults.lookupLagMs("twilio", operation, subject);
}

/**
 * HTTP Basic with the account's sid and token, or one of its API keys; the account stays in the path
 * (https://www.twilio.com/docs/usage/requests-to-twilio).
 */
function authenticate(state: TwilioState, request: ApiRequest, accountSid: string): TwilioAccount | null {
  const [scheme, encoded] = (request.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() !== "basic" || encoded === undefined) return null;
  const given = Buffer.from(encoded, "base64").toString("utf8");
  const accounts = [state.options, ...(state.options.extraAccounts ?? [])];
  const account = accounts.find((one) => one.accountSid === accountSid);
  if (account === undefined) return null;
  const keys = (account.apiKeys ?? []).map((key) => `${key.sid}:${key.secret}`);
  return [`${account.accountSid}:${account.authToken}`, ...keys].includes(given) ? account : null;
}

function readForm(request: ApiRequest): URLSearchParams {
  const type = request.headers["content-type"] ?? "";
  return new URLSearchParams(type.startsWith("application/x-www-form-urlencoded") ? request.body : "");
}

function nowhere(answer: Answer): ApiCall {
  return { operation: null, subject: { to: [], from: [] }, run: () => answer };
}
