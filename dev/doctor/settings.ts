import { createPublicKey } from "node:crypto";
import { isAddress } from "../../src/domain/address.ts";
import { error, good, warning, type Finding, type Settings } from "./finding.ts";

const isPhone = (text: string) => isAddress(text, "phone");
const isMail = (text: string) => isAddress(text, "email");
const like = (form: RegExp) => (text: string) => form.test(text);

/** What is to be said of settings, by themselves. */
export function judgeSettings(settings: Settings): Finding[] {
  return [
    ...judgeAddress(settings),
    ...judgeTwilio(settings),
    ...judgeSendgrid(settings),
    ...judgeResend(settings),
    ...judgeCredentials(settings),
    ...["EXPIRES_AFTER", "TIMES", "RETENTION_DAYS", "ACCOUNTS"].flatMap((name) => judgeJson(settings, name)),
  ];
}

function judgeAddress({ PUBLIC_URL = "" }: Settings): Finding[] {
  const url = URL.parse(PUBLIC_URL);
  if (url === null) return [error("PUBLIC_URL", "is no URL", "set it to the address that providers reach")];
  const isLocal = /^(127\.|localhost$)/.test(url.hostname);
  if (isLocal) {
    const advice = "set it to the Worker's public https address before deploying";
    return [warning("PUBLIC_URL", "is this machine, which no provider reaches", advice)];
  }
  if (url.protocol !== "https:") return [error("PUBLIC_URL", "is not https", "providers call by https only")];
  if (url.hostname.includes("_")) {
    return [
      error("PUBLIC_URL", "has an underscore in its host name", "Twilio does not call such hosts: choose another"),
    ];
  }
  return [good("PUBLIC_URL", "is an https address")];
}

function judgeTwilio(settings: Settings): Finding[] {
  const { TWILIO_ACCOUNT_SID: sid = "", TWILIO_AUTH_TOKEN: token = "", TWILIO_FROM: from = "" } = settings;
  const { TWILIO_MESSAGING_SERVICE_SID: service = "", TWILIO_WHATSAPP_FROM: whatsapp = "" } = settings;
  const { TWILIO_WHATSAPP_CONTENT_SID: content = "" } = settings;
  if (sid === "" && token === "") {
    return [
      warning("Twilio", "is not configured", "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN to send SMS or WhatsApp"),
    ];
  }
  return [
    ...formed("TWILIO_ACCOUNT_SID", sid, like(/^AC[0-9a-f]{32}$/), "AC and 32 hexadecimal digits"),
    ...formed(
      "TWILIO_AUTH_TOKEN",
      token,
      like(/^\S{16,}$/),
      "the account's primary auth token, which also signs callbacks",
    ),
    ...(from === "" && service === ""
      ? [error("TWILIO_FROM", "there is no sender for SMS", "set it to a number, or TWILIO_MESSAGING_SERVICE_SID")]
      : []),
    ...optional("TWILIO_FROM", from, isPhone, "a number in E.164, like +15005550006"),
    ...optional("TWILIO_MESSAGING_SERVICE_SID", service, like(/^MG[0-9a-f]{32}$/), "MG and 32 hexadecimal digits"),
    ...optional("TWILIO_WHATSAPP_FROM", whatsapp, isPhone, "a number in E.164, without whatsapp: before it"),
    ...optional("TWILIO_WHATSAPP_CONTENT_SID", content, like(/^HX[0-9a-f]{32}$/), "HX and 32 hexadecimal digits"),
    ...(whatsapp !== "" && content === ""
      ? [
          warning(
            "TWILIO_WHATSAPP_CONTENT_SID",
            "is not set",
            "without it, or a template, WhatsApp takes messages only within 24 h of a reply",
          ),
        ]
      : []),
  ];
}

function judgeSendgrid(settings: Settings): Finding[] {
  const {
    SENDGRID_API_KEY: key = "",
    SENDGRID_FROM_EMAIL: from = "",
    SENDGRID_WEBHOOK_PUBLIC_KEY: signs = "",
  } = settings;
  if (key === "") return [warning("SendGrid", "is not configured", "set SENDGRID_API_KEY to send mails by it")];
  return [
    ...formed("SENDGRID_API_KEY", key, like(/^SG\.\S+\.\S+$/), "SG. and two parts"),
    ...formed("SENDGRID_FROM_EMAIL", from, isMail, "a verified sender's address"),
    signs === ""
      ? warning(
          "SENDGRID_WEBHOOK_PUBLIC_KEY",
          "is not set: receipts are answered 503, and nobody learns whether mails arrive",
          "turn on signature verification of the Event Webhook and copy its key",
        )
      : isPublicKey(signs)
        ? good("SENDGRID_WEBHOOK_PUBLIC_KEY", "is a key")
        : error("SENDGRID_WEBHOOK_PUBLIC_KEY", "is no public key", "copy it as SendGrid shows it, in base64"),
  ];
}

function judgeResend(settings: Settings): Finding[] {
  const { RESEND_API_KEY: key = "", RESEND_FROM_EMAIL: from = "", RESEND_WEBHOOK_SECRET: secret = "" } = settings;
  if (key === "") return [];
  return [
    ...formed("RESEND_API_KEY", key, like(/^re_\S+$/), "re_ and what follows"),
    ...formed("RESEND_FROM_EMAIL", from, isMail, "a sender of a verified domain"),
    secret === ""
      ? warning("RESEND_WEBHOOK_SECRET", "is not set: receipts are answered 503", "copy it from Resend's webhook page")
      : /^whsec_[A-Za-z0-9+/=]+$/.test(secret)
        ? good("RESEND_WEBHOOK_SECRET", "is a secret")
        : error("RESEND_WEBHOOK_SECRET", "is no secret", "it begins with whsec_"),
  ];
}

function judgeCredentials({ CREDENTIALS_KEYS: text = "" }: Settings): Finding[] {
  if (text === "") {
    const advice = 'set it to {"2026a":"<32 random bytes in base64>"}: openssl rand -base64 32';
    return [warning("CREDENTIALS_KEYS", "is not set, so enterprises cannot bring gateways of their own", advice)];
  }
  const keys = parsed(text);
  const isFine =
    typeof keys === "object" &&
    keys !== null &&
    Object.values(keys).every((key) => typeof key === "string" && Buffer.from(key, "base64").length === 32);
  if (isFine && Object.keys(keys).length > 0) return [good("CREDENTIALS_KEYS", "has keys of 32 bytes")];
  return [
    error("CREDENTIALS_KEYS", "is no JSON object of 32-byte keys in base64", "openssl rand -base64 32 makes one"),
  ];
}

function judgeJson(settings: Settings, name: string): Finding[] {
  const text = settings[name] ?? "";
  if (text === "" || parsed(text) !== undefined) return [];
  return [error(name, "is no JSON", "see README, Configuration")];
}

function formed(name: string, value: string, isRight: (text: string) => boolean, wanted: string): Finding[] {
  if (value === "") return [error(name, "is not set", `set it to ${wanted}`)];
  return optional(name, value, isRight, wanted);
}

function optional(name: string, value: string, isRight: (text: string) => boolean, wanted: string): Finding[] {
  if (value === "") return [];
  return [isRight(value) ? good(name, "has its form") : error(name, "has not its form", `it is ${wanted}`)];
}

function isPublicKey(text: string): boolean {
  try {
    return (
      createPublicKey({ key: Buffer.from(text, "base64"), format: "der", type: "spki" }).asymmetricKeyType === "ec"
    );
  } catch {
    return false;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
