/** What an account has of its own; an empty string is "not configured". */
export type AccountSettings = Record<
  | "TWILIO_ACCOUNT_SID"
  | "TWILIO_AUTH_TOKEN"
  | "TWILIO_FROM"
  | "TWILIO_MESSAGING_SERVICE_SID"
  | "TWILIO_WHATSAPP_FROM"
  | "TWILIO_WHATSAPP_CONTENT_SID"
  | "SENDGRID_API_KEY"
  | "SENDGRID_FROM_EMAIL"
  | "SENDGRID_FROM_NAME"
  | "SENDGRID_WEBHOOK_PUBLIC_KEY"
  | "RESEND_API_KEY"
  | "RESEND_FROM_EMAIL"
  | "RESEND_FROM_NAME"
  | "RESEND_WEBHOOK_SECRET",
  string
>;

/** An account of which nothing is configured. */
export const NO_SETTINGS: AccountSettings = {
  TWILIO_ACCOUNT_SID: "",
  TWILIO_AUTH_TOKEN: "",
  TWILIO_FROM: "",
  TWILIO_MESSAGING_SERVICE_SID: "",
  TWILIO_WHATSAPP_FROM: "",
  TWILIO_WHATSAPP_CONTENT_SID: "",
  SENDGRID_API_KEY: "",
  SENDGRID_FROM_EMAIL: "",
  SENDGRID_FROM_NAME: "",
  SENDGRID_WEBHOOK_PUBLIC_KEY: "",
  RESEND_API_KEY: "",
  RESEND_FROM_EMAIL: "",
  RESEND_FROM_NAME: "",
  RESEND_WEBHOOK_SECRET: "",
};

type ApiUrls = Record<"TWILIO_API_URL" | "SENDGRID_API_URL" | "RESEND_API_URL", string>;

/** The settings of all providers: those of the first account, and in `ACCOUNTS` further ones by their names. */
export type ProviderSettings = AccountSettings &
  ApiUrls & {
    PUBLIC_URL: string;
    ACCOUNTS: Readonly<Record<string, AccountSettings & { [Name in keyof ApiUrls]?: string | undefined }>>;
  };

/**
 * One set of provider accounts that gateways may send through; the first one's name is empty. `gatewayId`: the one gateway
 * that it is for, where an enterprise has it of its own.
 */
export type ProviderAccount = AccountSettings & ApiUrls & { name: string; PUBLIC_URL: string; gatewayId?: string };

/** Nothing is inherited from the first account but where the providers' APIs are, and where we are. */
export function readAccounts({ ACCOUNTS, ...first }: ProviderSettings): [ProviderAccount, ...ProviderAccount[]] {
  const further = Object.entries(ACCOUNTS).map(([name, account]) => ({
    ...account,
    name,
    PUBLIC_URL: first.PUBLIC_URL,
    TWILIO_API_URL: account.TWILIO_API_URL ?? first.TWILIO_API_URL,
    SENDGRID_API_URL: account.SENDGRID_API_URL ?? first.SENDGRID_API_URL,
    RESEND_API_URL: account.RESEND_API_URL ?? first.RESEND_API_URL,
  }));
  return [{ ...first, name: "" }, ...further];
}
