/** Body of POST /v3/mail/send, as far as the sandbox plays it: `PostMailSend` in sendgrid-oai, tsg_mail_v3.json. */
export type Mail = {
  personalizations?: Personalization[];
  from?: MailAddress;
  reply_to?: MailAddress;
  reply_to_list?: MailAddress[];
  subject?: string;
  content?: { type?: unknown; value?: unknown }[];
  template_id?: string;
  categories?: unknown[];
  headers?: Record<string, unknown>;
  custom_args?: Record<string, unknown>;
  send_at?: number;
  mail_settings?: { sandbox_mode?: { enable?: boolean } };
};

export type MailAddress = { email?: unknown; name?: string };

export type Personalization = {
  to?: MailAddress[];
  cc?: MailAddress[];
  bcc?: MailAddress[];
  subject?: string;
  headers?: Record<string, unknown>;
  custom_args?: Record<string, unknown>;
  send_at?: number;
};

/** Everybody that one personalization goes to. */
export function recipientsOf(one: Personalization): string[] {
  return [...list(one.to), ...list(one.cc), ...list(one.bcc)].map((address) => String(address.email));
}

/** The list, or an empty one for anything that is none. */
export function list<T>(value: T[] | undefined): T[] {
  return Array.isArray(value) ? value : [];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Length ≤ 254 (RFC 5321, section 4.5.3.1.3), ASCII local part, a domain with a dot. */
export function isEmailAddress(value: unknown): value is string {
  return typeof value === "string" && value.length <= 254 && EMAIL.test(value);
}

const EMAIL = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[^\s@<>()[\],;:"\\]+\.[^\s@<>()[\],;:"\\.]{2,}$/;
