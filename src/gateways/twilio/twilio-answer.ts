import type { SendOutcome } from "../../domain/send-outcome.ts";
import type { AnswerDialect } from "../answer-outcome.ts";
import { isRecord, parseJson } from "../json-text.ts";
import { explainTwilioCode, findTwilioError, isOptOut } from "./twilio-errors.ts";

/** How Twilio answers a send: 201 with `sid`, or an error body `{ code, message, more_info, status }`. */
export const TWILIO_ANSWER: AnswerDialect<number> = {
  provider: "Twilio",
  providerId: ({ bodyText }) => readSid(bodyText),
  readError: readErrorCode,
  errorCode: String,
  errorOutcome: outcomeOfTwilioCode,
  resetHeader: null,
};

function outcomeOfTwilioCode(number: number, status: number): SendOutcome {
  const code = String(number);
  const reason = explainTwilioCode(number);
  switch (findTwilioError(number)?.class) {
    case "retry":
      return { kind: "refused", code, reason };
    case "config":
      return { kind: "misconfigured", gatewayWide: isAboutAccount(number), code, reason };
    case "final":
      return { kind: "rejected", code, reason, otherGateway: false, ...(isOptOut(number) ? { optedOut: true } : {}) };
    case "elsewhere":
      return { kind: "rejected", code, reason, otherGateway: true };
    case undefined:
      return status === 401 || status === 403
        ? { kind: "misconfigured", gatewayWide: true, code, reason }
        : { kind: "rejected", code, reason, otherGateway: false };
  }
}

/** Codes that refuse every message of the account: credentials, suspension, an API URL that is not one. */
function isAboutAccount(code: number): boolean {
  return (code >= 20003 && code <= 20008) || code === 20404 || code === 30002;
}

function readSid(bodyText: string): string | null {
  const body = parseJson(bodyText);
  return isRecord(body) && typeof body["sid"] === "string" && body["sid"] !== "" ? body["sid"] : null;
}

function readErrorCode(bodyText: string): number | null {
  const body = parseJson(bodyText);
  return isRecord(body) && Number.isSafeInteger(body["code"]) ? Number(body["code"]) : null;
}
