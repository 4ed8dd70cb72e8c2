import { randomUUID } from "node:crypto";
import type { FaultBook } from "./fault-book.ts";
import { json } from "./http.ts";
import type { Answer } from "./http.ts";
import type { Ledger } from "./ledger.ts";
import { RESEND_DELIVERED, SANDBOX_RESEND_ENDS } from "./magic.ts";
import type { ResendStep } from "./magic.ts";
import { isRecord } from "./mail.ts";
import type { ResendOptions } from "./options.ts";
import { addressList, bareAddress, type ResendMail } from "./resend-rules.ts";
import type { ResendWebhook } from "./resend-webhook.ts";
import type { Scheduler } from "./scheduler.ts";

/** A mail as the sandbox keeps it. Times in ms since the epoch. */
export type KeptMail = {
  id: string;
  to: string[];
  from: string;
  subject: string;
  html: string | null;
  text: string | null;
  tags: { name: string; value: string }[];
  createdAt: number;
  lastEvent: string;
};

/** What a key was used for: the body, compared whole, and the answer that it got. */
export type KeptKey = { body: string; answer: Answer; usedAt: number };

/** Everything that the Resend side keeps. `mails` in the order of creation; `keys` by idempotency key. */
export type ResendState = {
  options: ResendOptions;
  webhook: ResendWebhook;
  mails: KeptMail[];
  keys: Map<string, KeptKey>;
  faults: FaultBook;
  ledger: Ledger;
  scheduler: Scheduler;
  stepMs: number;
};

/** Takes a mail that broke no rule: 200 with its id. Each recipient is a ledger entry. */
export function acceptResendMail(state: ResendState, sent: ResendMail, account: string): Answer {
  const mail = keep(sent);
  state.mails.push(mail);
  for (const to of mail.to) {
    state.ledger.add({
      channel: "email",
      to: bareAddress(to),
      from: bareAddress(mail.from),
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      attempt: mail.tags.find(({ name }) => name === "attempt_id")?.value ?? null,
      time: new Date(mail.createdAt).toISOString(),
      id: mail.id,
      provider: "resend",
      account,
      status: "accepted",
      contentSid: null,
      contentVariables: null,
    });
  }
  live(state, mail);
  return json(200, { id: mail.id });
}

function keep(sent: ResendMail): KeptMail {
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  const tags: unknown[] = Array.isArray(sent.tags) ? sent.tags : [];
  return {
    id: randomUUID(),
    to: addressList(sent.to),
    from: String(sent.from),
    subject: String(sent.subject),
    html: text(sent.html),
    text: text(sent.text),
    tags: tags.filter(isRecord).map(({ name, value }) => ({ name: String(name), value: String(value) })),
    createdAt: Date.now(),
    lastEvent: "queued",
  };
}

/** The first recipient decides, for a message of ours has one. */
function live(state: ResendState, mail: KeptMail): void {
  stepsFor(bareAddress(mail.to[0] ?? "")).forEach((step, index) =>
    state.scheduler.after(state.stepMs * (index + 1), () => {
      mail.lastEvent = step.event;
      state.ledger.setStatus(mail.id, step.event);
      const subject = { to: mail.to.map(bareAddress), from: [bareAddress(mail.from)] };
      const { copies, delayMs } = state.faults.fate("resend", subject);
      const event = buildEvent(step, mail);
      state.scheduler.after(delayMs, () => state.webhook.post(event, copies));
    }),
  );
}

function stepsFor(address: string): readonly ResendStep[] {
  const local = address.slice(0, address.lastIndexOf("@")).split("+")[0] ?? "";
  return Object.hasOwn(SANDBOX_RESEND_ENDS, local) ? (SANDBOX_RESEND_ENDS[local] ?? []) : RESEND_DELIVERED;
}

/** https://resend.com/docs/webhooks/event-types, one page per event: tags come back as an object. */
function buildEvent(step: ResendStep, mail: KeptMail): Record<string, unknown> {
  return {
    type: `email.${step.event}`,
    created_at: new Date().toISOString(),
    data: {
      created_at: new Date(mail.createdAt).toISOString(),
      email_id: mail.id,
      from: mail.from,
      to: mail.to,
      subject: mail.subject,
      tags: Object.fromEntries(mail.tags.map(({ name, value }) => [name, value])),
      ...step.fields,
    },
  };
}
