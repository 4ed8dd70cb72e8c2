import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import sendgridMail from "@sendgrid/mail";
import twilio from "twilio";
import {
  DEMO_SENDGRID,
  DEMO_TWILIO,
  DEMO_TWILIO_OPTIONS,
  demoResendOptions,
  demoSendgridOptions,
} from "../../dev/sandbox/accounts.ts";
import type { SandboxOptions } from "../../dev/sandbox/options.ts";
import { startSandbox } from "../../dev/sandbox/server.ts";
import type { Sandbox } from "../../dev/sandbox/server.ts";

/** A request that a receiver got; `url` as the sender was told it. */
export type Received = { url: string; headers: IncomingHttpHeaders; body: string };

/** A status, a connection broken without an answer, or no answer at all. */
export type Reaction = number | "break" | "hang";

/** A local server that keeps what is posted to it, and reacts as `react` says (`n` counts from 1). */
export async function startReceiver(react: (n: number) => Reaction = () => 200) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      received.push({ url: `${url}${request.url ?? ""}`, headers: request.headers, body });
      const reaction = react(received.length);
      if (reaction === "break") request.socket.destroy();
      else if (reaction !== "hang") response.writeHead(reaction).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, received, stop };
}

/** A sandbox with the demo accounts, on free ports. */
export function startDemoSandbox(
  options: Partial<SandboxOptions> & { eventWebhookUrl?: string } = {},
): Promise<Sandbox> {
  const { eventWebhookUrl = null, ...rest } = options;
  return startSandbox({
    port: 0,
    twilio: DEMO_TWILIO_OPTIONS,
    sendgrid: demoSendgridOptions(eventWebhookUrl),
    resend: demoResendOptions(eventWebhookUrl),
    ...rest,
  });
}

/** Twilio's own client, sent to the sandbox instead of api.twilio.com. */
export function twilioClient(
  sandbox: Sandbox,
  user: string = DEMO_TWILIO.accountSid,
  password: string = DEMO_TWILIO.authToken,
) {
  class LocalClient extends twilio.RequestClient {
    override request<T>(options: Parameters<typeof twilio.RequestClient.prototype.request<T>>[0]) {
      const { pathname, search } = new URL(options.uri);
      return super.request<T>({ ...options, uri: `${sandbox.twilioUrl}${pathname}${search}` });
    }
  }
  return twilio(user, password, {
    accountSid: DEMO_TWILIO.accountSid,
    httpClient: new LocalClient({ timeout: 5_000 }),
  });
}

/** SendGrid's own mail service, sent to the sandbox instead of api.sendgrid.com. */
export function mailService(sandbox: Sandbox, apiKey: string = DEMO_SENDGRID.apiKey): MailService {
  const { MailService } = sendgridMail as unknown as { MailService: new () => MailService };
  const service = new MailService();
  service.setApiKey(apiKey);
  service.client.setDefaultRequest("baseUrl", `${sandbox.sendgridUrl}/`);
  return service;
}

/** The package's class, with the client that its types keep to themselves. */
type MailService = typeof sendgridMail & {
  client: { setDefaultRequest: (name: string, value: string) => void };
};

/** A mail to one recipient that breaks no rule. */
export function goodMail(to: string) {
  return {
    personalizations: [{ to: [{ email: to }] }],
    from: { email: DEMO_SENDGRID.fromEmail },
    subject: "Shipment",
    content: [
      { type: "text/plain", value: "plain" },
      { type: "text/html", value: "<p>html</p>" },
    ],
  };
}

/** Posts a mail as it stands, for bodies that SendGrid's client would not send. */
export function postMail(
  sandbox: Sandbox,
  body: unknown,
  headers: Record<string, string> = {},
  init: RequestInit = {},
) {
  return fetch(`${sandbox.sendgridUrl}/v3/mail/send`, {
    ...init,
    method: "POST",
    headers: {
      authorization: `Bearer ${DEMO_SENDGRID.apiKey}`,
      "content-type": "application/json",
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** Creates a message with the given form, as the demo account. */
export function postMessage(sandbox: Sandbox, form: Record<string, string> | URLSearchParams) {
  return fetch(`${messagesUrl(sandbox)}.json`, {
    method: "POST",
    headers: { authorization: demoBasic() },
    body: new URLSearchParams(form),
  });
}

/** The demo account's Messages, without `.json`. */
export function messagesUrl(sandbox: Sandbox): string {
  return `${sandbox.twilioUrl}/2010-04-01/Accounts/${DEMO_TWILIO.accountSid}/Messages`;
}

export function demoBasic(): string {
  return `Basic ${btoa(`${DEMO_TWILIO.accountSid}:${DEMO_TWILIO.authToken}`)}`;
}

/** A plain SMS that breaks no rule. */
export function goodSms(to: string = newNumber()): { To: string; From: string; Body: string } {
  return { To: to, From: DEMO_TWILIO.smsFrom, Body: "Shipment S-1 is shipped" };
}

/** Arms a fault through the control API. */
export async function armFault(sandbox: Sandbox, fault: Record<string, unknown>): Promise<void> {
  const answer = await fetch(`${sandbox.url}/faults`, { method: "POST", body: JSON.stringify(fault) });
  if (answer.status !== 201) throw new Error(`fault refused: ${await answer.text()}`);
}

/** A number that no other test uses. */
export function newNumber(): string {
  lastNumber += 1;
  return `+1415${String(lastNumber).padStart(7, "0")}`;
}

let lastNumber = 5_550_000;

/** Waits until `get` gives something; fails after 5 s. */
export async function until<T>(get: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const value = await get();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error("waited for 5 s in vain");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
