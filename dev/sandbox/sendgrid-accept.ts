import { randomBytes } from "node:crypto";
import type { FaultBook } from "./fault-book.ts";
import type { Answer } from "./http.ts";
import type { Ledger } from "./ledger.ts";
import { MAIL_DELIVERED, SANDBOX_MAIL_ENDS } from "./magic.ts";
import type { MailStep } from "./magic.ts";
import { list, recipientsOf } from "./mail.ts";
import type { Mail, Personalization } from "./mail.ts";
import type { SendgridOptions } from "./options.ts";
import type { Scheduler } from "./scheduler.ts";
import type { EventWebhook, MailEvent } from "./sendgrid-webhook.ts";

/** Everything that the SendGrid side keeps. */
export type SendgridState = {
  options: SendgridOptions;
  webhook: EventWebhook;
  faults: FaultBook;
  ledger: Ledger;
  scheduler: Scheduler;
  stepMs: number;
};

/** Takes a mail that broke no rule: 202, empty, with X-Message-Id. Each recipient is a ledger entry. */
export function acceptMail(state: SendgridState, mail: Mail, account: string): Answer {
  const id = randomBytes(16).toString("base64url");
  for (const one of list(mail.personalizations)) {
    const args = { ...mail.custom_args, ...one.custom_args } as Record<string, string>;
    for (const to of recipientsOf(one)) {
      enter(state, mail, one, { id, account, to, attempt: args.attempt_id ?? null });
      live(state, mail, { id, to, args });
    }
  }
  return { status: 202, headers: { "x-message-id": id }, body: "" };
}

function enter(
  state: SendgridState,
  mail: Mail,
  one: Personalization,
  which: { id: string; account: string; to: string; attempt: string | null },
): void {
  state.ledger.add({
    channel: "email",
    to: which.to,
    from: String(mail.from?.email),
    subject: one.subject ?? mail.subject ?? null,
    text: part(mail, "text/plain"),
    html: part(mail, "text/html"),
    attempt: which.attempt,
    time: new Date().toISOString(),
    id: which.id,
    provider: "sendgrid",
    account: which.account,
    status: "accepted",
    contentSid: null,
    contentVariables: null,
  });
}

function part(mail: Mail, type: string): string | null {
  const found = list(mail.content).find((block) => block.type === type);
  return found === undefined ? null : String(found.value);
}

function live(state: SendgridState, mail: Mail, which: { id: string; to: string; args: Record<string, string> }): void {
  const steps = stepsFor(which.to);
  const tail = `filterdrecv-sandbox-1-${randomBytes(4).toString("hex").toUpperCase()}-1.0`;
  steps.forEach((step, index) =>
    state.scheduler.after(state.stepMs * (index + 1), () => {
      state.ledger.setStatus(which.id, step.event, which.to);
      const event = buildEvent(step, mail, { ...which, tail });
      const { copies, delayMs } = state.faults.fate("sendgrid", {
        to: [which.to],
        from: [String(mail.from?.email)],
      });
      for (let copy = 0; copy < copies; copy += 1) {
        state.scheduler.after(delayMs, () => state.webhook.add(event));
      }
    }),
  );
}

function stepsFor(address: string): readonly MailStep[] {
  const local = address.slice(0, address.lastIndexOf("@")).split("+")[0] ?? "";
  return Object.hasOwn(SANDBOX_MAIL_ENDS, local) ? (SANDBOX_MAIL_ENDS[local] ?? []) : MAIL_DELIVERED;
}

/**
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event: custom arguments come back as
 * keys beside the event's own; sg_message_id begins with X-Message-Id and a dot.
 */
function buildEvent(
  step: MailStep,
  mail: Mail,
  which: { id: string; to: string; args: Record<string, string>; tail: string },
): MailEvent {
  const categories = list(mail.categories);
  return {
    ...which.args,
    email: which.to,
    timestamp: Math.floor(Date.now() / 1000),
    "smtp-id": `<${which.id}@geopod-ismtpd-sandbox>`,
    event: step.event,
    ...(categories.length > 0 ? { category: categories } : {}),
    sg_event_id: randomBytes(18).toString("base64url"),
    sg_message_id: `${which.id}.${which.tail}`,
    ...step.fields,
  };
}
