import { ADAPTERS, type AdapterName } from "../../src/domain/adapter-facts.ts";
import type { LookUp, LookUpAnswer } from "../../src/domain/look-up.ts";
import type { OutboundMessage } from "../../src/domain/outbound-message.ts";
import type { ReceiptKind } from "../../src/domain/receipt.ts";
import type { Random } from "./random.ts";
import { OUTAGES, TROUBLES, verdictOf, type Dialect, type Verdict, type Way } from "./verdicts.ts";

/** Through which adapter and which of its accounts a call goes. */
export type Line = { adapter: AdapterName; account: string };

/** One line of the provider's ledger: a message that it has taken, as it got it. */
export type Acceptance = {
  line: Line;
  message: OutboundMessage;
  providerId: string;
  acceptedAt: number;
  /** Taken only after the caller had given the call up: nothing that the caller does can put that in order. */
  isLate: boolean;
  /** The last that the provider has come to know of it. */
  standing: ReceiptKind;
  /** Whether the provider tells of it. */
  isTold: boolean;
};

/** A call as it reached the provider. */
export type ProviderCall = { attemptId: string; at: number; way: Way };

/** Minutes in which everything that goes through a sender goes wrong in one way. */
type BadSpell = { sender: string; from: number; to: number; way: Way };

export type Provider = ReturnType<typeof createProvider>;

/** A provider asked for its messages looks this far further back than the attempt, in ms. */
const LOOK_BACK_MS = 60_000;

/** Within this time a quick provider answers, in ms. */
const QUICK_MS = 400;

type Setting = {
  now: () => number;
  random: Random;
  /** The share of calls that go wrong, while the weather lasts. */
  trouble: () => number;
  onAcceptance: (acceptance: Acceptance) => void;
};

/** Plays all providers: takes each message that reaches it once per call, and keeps a ledger of what it took. */
export function createProvider({ now, random, trouble, onAcceptance }: Setting) {
  const ledger: Acceptance[] = [];
  const calls: ProviderCall[] = [];
  const badSpells: BadSpell[] = [];
  const script: Way[] = [];
  const manner = { listedAfterMs: 0, unansweredLooks: 0, isQuick: false };
  let count = 0;

  function wayOf({ sender }: OutboundMessage): Way {
    const scripted = script.shift();
    if (scripted) return scripted;
    const spell = badSpells.find((one) => one.sender === sender && one.from <= now() && now() < one.to);
    if (spell) return spell.way;
    return random.chance(trouble()) ? random.pick(TROUBLES) : "accepted";
  }

  /** A call reaches the provider. A message that is taken late is taken by calling `take` of what it returns. */
  function receive(line: Line, message: OutboundMessage): Verdict & { take: (isLate: boolean) => void } {
    count += 1;
    const providerId = `P${count}`;
    const way = wayOf(message);
    calls.push({ attemptId: message.attemptId, at: now(), way });
    const take = (isLate: boolean) => {
      const acceptance = {
        line,
        message,
        providerId,
        acceptedAt: now(),
        isLate,
        standing: "progress" as const,
        isTold: true,
      };
      ledger.push(acceptance);
      onAcceptance(acceptance);
    };
    const verdict = verdictOf(way, dialectOf(line.adapter), providerId, random);
    const isCapped = manner.isQuick && verdict.afterMs !== Infinity;
    return { ...verdict, afterMs: isCapped ? Math.min(verdict.afterMs, QUICK_MS) : verdict.afterMs, take };
  }

  /** The messages that fit a question: by id, or by sender, recipient and text since the attempt. */
  function lookUp(line: Line, { message, startedAt, providerId }: LookUp): LookUpAnswer {
    manner.unansweredLooks -= 1;
    if (manner.unansweredLooks >= 0 || random.chance(trouble() / 2)) {
      return { kind: "unanswered", code: "503", reason: "the provider did not answer" };
    }
    const isTagged = dialectOf(line.adapter) === "resend";
    const fits = (one: Acceptance) =>
      providerId === null
        ? (!isTagged || one.message.attemptId === message.attemptId) &&
          one.message.to === message.to &&
          one.message.sender === message.sender &&
          one.message.text === message.text &&
          one.acceptedAt >= startedAt - LOOK_BACK_MS &&
          one.acceptedAt + manner.listedAfterMs <= now()
        : one.providerId === providerId;
    const found = ledger.filter((one) => one.line.account === line.account && fits(one));
    return { kind: "found", messages: found.map(toFound) };
  }

  return {
    ledger,
    calls,
    receive,
    lookUp,
    /**
     * How long after its acceptance a message is listed, in ms; how many look-ups from now on are not answered;
     * whether no answer takes seconds.
     */
    manner,
    badSpells,
    /** How the next calls go, whatever the weather. */
    script,
  };
}

function toFound({ providerId, standing }: Acceptance) {
  const isLost = standing === "undelivered";
  return { providerId, kind: standing, code: isLost ? "30005" : null, reason: isLost ? "it was not delivered" : null };
}

/** A few minutes of trouble for some of the senders. */
export function drawBadSpells(random: Random, senders: string[], from: number, to: number): BadSpell[] {
  return senders
    .filter(() => random.chance(0.2))
    .map((sender) => {
      const start = random.between(from, to);
      return { sender, from: start, to: random.between(start, to), way: random.pick(OUTAGES) };
    });
}

/** Resend is the one that keeps a tag with each message, by which a look-up tells attempts apart. */
export function dialectOf(adapter: AdapterName): Dialect {
  if (adapter === "resend_email") return "resend";
  return ADAPTERS[adapter].address === "email" ? "sendgrid" : "twilio";
}

/** Whether the provider behind an adapter can be asked for a message. */
export function canBeAsked(adapter: AdapterName): boolean {
  return dialectOf(adapter) !== "sendgrid";
}
