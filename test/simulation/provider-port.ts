import type { SendOutcome } from "../../src/domain/send-outcome.ts";
import type { Times } from "../../src/domain/times.ts";
import type { OutboundMessage } from "../../src/domain/outbound-message.ts";
import { outcomeOfAnswer } from "../../src/gateways/answer-outcome.ts";
import type { ProviderAnswer } from "../../src/gateways/provider-call.ts";
import { RESEND_ANSWER } from "../../src/gateways/resend/resend-errors.ts";
import { SENDGRID_ANSWER } from "../../src/gateways/sendgrid/sendgrid-errors.ts";
import { TWILIO_ANSWER } from "../../src/gateways/twilio/twilio-answer.ts";
import type { Faults } from "./faults.ts";
import type { Isolate, Isolates } from "./isolates.ts";
import { dialectOf, type Line, type Provider } from "./provider.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Dialect } from "./verdicts.ts";

type Setting = {
  scheduler: Scheduler;
  random: Random;
  faults: Faults;
  isolates: Isolates;
  provider: Provider;
  times: Times;
  /** How long the lease lasts under which a message is sent, in ms. */
  leaseLeft: (message: OutboundMessage) => number;
  /** Called when a call leaves its isolate. */
  onCall: (message: OutboundMessage) => void;
  trace: (line: string) => void;
};

/**
 * Calls providers as an adapter does: one call, bounded in time, read by the rules of src/gateways. What becomes
 * of the request does not depend on what becomes of the isolate.
 *
 * An isolate that freezes here has looked at its lease and not yet written to the socket. The protocol promises
 * nothing beyond the rest of the lease then, so it is frozen for less than a call may take: what it writes then
 * is within the lease, as the last call starts one call's time before the lease ends.
 */
export function createProviderPort(setting: Setting) {
  const { scheduler, random, faults, isolates, provider, times, leaseLeft, onCall, trace } = setting;

  return (isolate: Isolate, line: Line, message: OutboundMessage): Promise<SendOutcome> => {
    const fault = faults.next("provider.send");
    if (fault !== "none") trace(`${isolate.name} provider.send: ${fault}`);
    if (fault === "die_before") {
      isolates.end(isolate);
      return new Promise(() => undefined);
    }
    onCall(message);
    return new Promise((resolve) => {
      const answer = (what: ProviderAnswer) => {
        const read = readAnswer(what, dialectOf(line.adapter), scheduler.now());
        isolates.within(isolate, () => resolve(read));
      };
      const there = random.between(2, 40);
      const takenAt = scheduler.now() + lateness(random, times, leaseLeft(message));
      scheduler.after(times.callTimeout, () => answer({ kind: "timed_out" }));
      if (fault === "lost_before") return scheduler.after(there, () => answer({ kind: "broken" }));
      const frozen = fault === "freeze_before" ? random.between(1_000, times.callTimeout - 100) : 0;
      if (frozen > 0) isolates.freeze(isolate, frozen);
      scheduler.after(frozen + there, () => {
        const verdict = provider.receive(line, message);
        trace(`provider gets ${message.attemptId} of ${isolate.name}, takes it: ${verdict.takes}`);
        const isLate = verdict.takes === "late" || (verdict.takes && fault === "late");
        if (isLate) scheduler.after(takenAt - scheduler.now(), () => verdict.take(true));
        else if (verdict.takes) verdict.take(false);
        if (fault === "die_after") return isolates.end(isolate);
        if (fault === "freeze_after") isolates.freeze(isolate, random.between(61_000, 240_000));
        if (fault === "lost_after") return scheduler.after(1, () => answer({ kind: "broken" }));
        if (fault !== "late" && verdict.afterMs < Infinity)
          scheduler.after(verdict.afterMs, () => answer(verdict.answer));
      });
    });
  };
}

/**
 * How long after its call a message may be taken late, in ms: after the call was given up, and before the second of
 * the looks that prove absence, which is what the protocol counts on; half of the time after the first one.
 */
function lateness(random: Random, { callTimeout, lookAgain }: Times, leaseLeft: number): number {
  const secondLook = leaseLeft + 2 * lookAgain - 1_000;
  return random.between(random.chance(0.5) ? 2 * callTimeout : leaseLeft + lookAgain, secondLook);
}

/** Reads an answer as the adapter of its provider does. */
function readAnswer(answer: ProviderAnswer, dialect: Dialect, now: number): SendOutcome {
  switch (dialect) {
    case "twilio":
      return outcomeOfAnswer(answer, TWILIO_ANSWER, now);
    case "sendgrid":
      return outcomeOfAnswer(answer, SENDGRID_ANSWER, now);
    case "resend":
      return outcomeOfAnswer(answer, RESEND_ANSWER, now);
  }
}
