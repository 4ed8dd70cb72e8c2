/** Who is played. */
export type Provider = "twilio" | "sendgrid" | "resend";

/** `fast`: tens of milliseconds between the steps of a message's life. `real`: seconds, as in life. */
export type PaceName = "fast" | "real";

export type TwilioAccount = {
  /** `AC` + 32 hex digits. */
  accountSid: string;
  /** Password of the account, and the key of its callback signatures. */
  authToken: string;
  /** Keys that may be used instead of sid and token: `SK` + 32 hex digits, and a secret. */
  apiKeys?: readonly { sid: string; secret: string }[];
  /** Numbers (E.164) and alphanumeric sender ids that the account owns. */
  senders: readonly string[];
  /** `senders` is the sender pool: numbers, or `whatsapp:` addresses. */
  messagingServices?: readonly { sid: string; senders: readonly string[] }[];
  /** E.164, with or without the `whatsapp:` prefix. */
  whatsappSenders?: readonly string[];
  contentTemplates?: readonly ContentTemplate[];
};

/** `body` has placeholders `{{1}}`, `{{2}}` …; `defaults` stands in for variables that a request leaves out. */
export type ContentTemplate = {
  sid: string;
  body: string;
  defaults?: Readonly<Record<string, string>>;
};

/** `inboundUrl`: where messages from recipients are posted to; nowhere when absent. May have connection overrides. */
export type TwilioOptions = TwilioAccount & { extraAccounts?: readonly TwilioAccount[]; inboundUrl?: string };

export type SendgridOptions = {
  /** `SG.<id>.<secret>` */
  apiKeys: readonly string[];
  /** Addresses, or whole domains. */
  verifiedSenders: readonly string[];
  /** Where events are posted to; null posts none. */
  eventWebhookUrl: string | null;
  /** P-256 private key, base64 PKCS#8 DER; generated when absent. */
  eventSigningKey?: string;
};

export type ResendOptions = {
  /** `re_<id>_<secret>`, with full access. */
  apiKeys: readonly string[];
  /** Keys that may send and nothing else. */
  sendOnlyKeys?: readonly string[];
  verifiedDomains: readonly string[];
  /** Where events are posted to; null posts none. */
  webhookUrl: string | null;
  /** `whsec_` and base64; made when absent. */
  webhookSecret?: string;
};

/** One message that a provider has taken. Live: `status` follows the message's life. */
export type LedgerEntry = {
  channel: "sms" | "whatsapp" | "email";
  /** E.164 or e-mail address; WhatsApp numbers without their prefix, for `channel` says it. */
  to: string;
  from: string;
  subject: string | null;
  /** For a content template: the template with its variables filled in. */
  text: string | null;
  html: string | null;
  /** `attempt` of the StatusCallback's query, custom_args.attempt_id, or the tag attempt_id. */
  attempt: string | null;
  /** When it was taken, ISO 8601 in UTC. */
  time: string;
  /** MessageSid, X-Message-Id, or Resend's id. */
  id: string;
  provider: Provider;
  /** AccountSid, or the id part of the API key. */
  account: string;
  /** Twilio's status of the message, or the name of the last event of a mail (`accepted` before any). */
  status: string;
  contentSid: string | null;
  contentVariables: Readonly<Record<string, string>> | null;
};

export type SandboxOptions = {
  /** Of the control API; Twilio, SendGrid and Resend get the next ones. 0 takes free ones. */
  port: number;
  twilio: TwilioOptions;
  sendgrid: SendgridOptions;
  /** When absent, no key is good. */
  resend?: ResendOptions;
  pace?: PaceName;
  /** Called at every acceptance, before the provider answers. */
  onMessage?: (entry: LedgerEntry) => void;
};
