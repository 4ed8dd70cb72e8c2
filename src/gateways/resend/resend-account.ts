/** `apiUrl` without a trailing slash; `fromName` may be "". "" is not configured. */
export type ResendAccount = {
  apiUrl: string;
  apiKey: string;
  fromEmail: string;
  fromName: string;
  /** Longest time for one send or one look-up, in ms; see `callProvider`. */
  callTimeoutMs?: number;
};

/** The name of the setting without which nothing can be asked of Resend, or null when all are there. */
export function missingSetting({ apiUrl, apiKey }: ResendAccount): string | null {
  if (apiUrl === "") return "the Resend API URL";
  return apiKey === "" ? "the Resend API key" : null;
}

/** Headers of every request; Resend refuses requests that name no client. */
export function accountHeaders({ apiKey }: ResendAccount): Record<string, string> {
  return { authorization: `Bearer ${apiKey}`, accept: "application/json", "user-agent": "notify-api" };
}
