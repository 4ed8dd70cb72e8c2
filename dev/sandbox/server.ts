import { control } from "./control.ts";
import { createFaultBook } from "./fault-book.ts";
import { listen } from "./http.ts";
import type { Listener } from "./http.ts";
import { createLedger } from "./ledger.ts";
import type { LedgerEntry, Provider, SandboxOptions } from "./options.ts";
import { createOptOutBook } from "./opt-out-book.ts";
import { PACES } from "./pace.ts";
import { serve } from "./provider.ts";
import { createResendApi } from "./resend-api.ts";
import { createResendWebhook, createWebhookSecret } from "./resend-webhook.ts";
import { createScheduler } from "./scheduler.ts";
import { createSendgridApi } from "./sendgrid-api.ts";
import { createEventKey, createEventWebhook } from "./sendgrid-webhook.ts";
import { createTwilioApi } from "./twilio-api.ts";
import type { TwilioState } from "./twilio-create.ts";
import { receiveText } from "./twilio-inbound.ts";
import type { InboundText } from "./twilio-inbound.ts";
import { createWindowBook } from "./whatsapp-window.ts";

/** Twilio, SendGrid and Resend, played on this machine. URLs are without a trailing slash. */
export type Sandbox = {
  /** Control API: /ledger, /faults, /inbound. */
  url: string;
  twilioUrl: string;
  sendgridUrl: string;
  /** Verifies the event webhook: base64 SPKI DER, P-256. */
  sendgridPublicKey: string;
  resendUrl: string;
  /** Verifies Resend's webhook: `whsec_…`. */
  resendWebhookSecret: string;
  ledger: () => LedgerEntry[];
  /** Ends all connections and everything planned. Throws what went wrong inside the sandbox meanwhile. */
  stop: () => Promise<void>;
};

/** SendGrid's limit of 30 MB for a whole message (https://www.twilio.com/docs/sendgrid/api-reference/mail-send). */
const LARGEST_BODY = 30 * 1024 * 1024;

/** Starts the sandbox on 127.0.0.1. Fails with EADDRINUSE when one of its four ports is taken. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const pace = PACES[options.pace ?? "fast"];
  const scheduler = createScheduler();
  const faults = createFaultBook();
  const windows = createWindowBook();
  const ledger = createLedger(options.onMessage ?? (() => undefined));
  const key = createEventKey(options.sendgrid.eventSigningKey);
  const shared = { faults, ledger, scheduler, stepMs: pace.step };

  const twilioState: TwilioState = {
    ...shared,
    options: options.twilio,
    messages: [],
    bySid: new Map(),
    windows,
    optOuts: createOptOutBook(),
  };
  const twilio = createTwilioApi(twilioState);
  const webhook = createEventWebhook(options.sendgrid.eventWebhookUrl, key, pace, scheduler);
  const sendgrid = createSendgridApi({ ...shared, options: options.sendgrid, webhook });

  const resendOptions = options.resend ?? { apiKeys: [], verifiedDomains: [], webhookUrl: null };
  const secret = resendOptions.webhookSecret ?? createWebhookSecret();
  const resend = createResendApi({
    ...shared,
    options: resendOptions,
    webhook: createResendWebhook(resendOptions.webhookUrl, secret, pace, scheduler),
    mails: [],
    keys: new Map(),
  });

  const at = (offset: number) => (options.port === 0 ? 0 : options.port + offset);
  const listeners: Listener[] = [];
  const open = async (offset: number, handle: Parameters<typeof listen>[2]) => {
    const listener = await listen(at(offset), LARGEST_BODY, handle);
    listeners.push(listener);
    return listener;
  };
  const stop = async () => {
    const ends = await Promise.allSettled([scheduler.stop(), ...listeners.map((one) => one.close())]);
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  };
  try {
    const doors: Record<Provider, Listener> = {
      twilio: await open(1, (request, response) => serve(twilio, faults, scheduler, request, response)),
      sendgrid: await open(2, (request, response) => serve(sendgrid, faults, scheduler, request, response)),
      resend: await open(3, (request, response) => serve(resend, faults, scheduler, request, response)),
    };
    const setDoor = (provider: Provider): Promise<void> =>
      doors[provider].setDoor(faults.door(provider), () => {
        faults.refused(provider);
        scheduler.run(() => setDoor(provider));
      });
    const setDoors = async () => {
      await Promise.all([setDoor("twilio"), setDoor("sendgrid"), setDoor("resend")]);
    };
    const receive = (text: InboundText) => receiveText(twilioState, text);
    const parts = { ledger, faults, windows, receive, setDoors };
    const own = await open(0, (request, response) => control(parts, request, response));
    return {
      url: own.url,
      twilioUrl: doors.twilio.url,
      sendgridUrl: doors.sendgrid.url,
      sendgridPublicKey: key.publicKey,
      resendUrl: doors.resend.url,
      resendWebhookSecret: secret,
      ledger: () => ledger.entries(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
