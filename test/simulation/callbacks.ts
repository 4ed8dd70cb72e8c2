import { ADAPTERS } from "../../src/domain/adapter-facts.ts";
import type { OutboundMessage } from "../../src/domain/outbound-message.ts";
import { isOutage } from "../../src/domain/outage.ts";
import type { Receipt, ReceiptKind } from "../../src/domain/receipt.ts";
import type { Services } from "../../src/services.ts";
import { applyReceipts } from "../../src/usecases/apply-receipts.ts";
import { heedInbound } from "../../src/usecases/heed-inbound.ts";
import { errorText } from "./error-text.ts";
import type { Isolate, Isolates } from "./isolates.ts";
import { key, type MemoryDatabase } from "./memory/tables.ts";
import type { Stops } from "./monitors.ts";
import { canBeAsked, type Acceptance, type Line } from "./provider.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import { ACCOUNTS } from "./town.ts";
import type { Violations } from "./violations.ts";

type Setting = {
  scheduler: Scheduler;
  random: Random;
  isolates: Isolates;
  database: MemoryDatabase;
  violations: Violations;
  trace: (line: string) => void;
  /** The share of acceptances of which nothing is ever told, by providers that can be asked. */
  lost: () => number;
  /** Whether nothing is told of messages that go this way. */
  isSilent: (line: Line) => boolean;
  /** Whether another enterprise has the very same message at the same address: then only receipts tell them apart. */
  hasTwin: (message: OutboundMessage) => boolean;
  stops: Stops;
  /** Whether everything that bars an address has been undone: what was heeded before counts no more. */
  isUndone: () => boolean;
  servicesOf: (isolate: Isolate, door: "http") => Services;
};

/** A receipt with the account whose signature it bears. */
type Told = { receipt: Receipt; account: string };

/** Marks what no provider has ever said. */
export const FORGED = "forged:";

/** Longer than an isolate stands still and a callback is repeated, in ms. */
const HEARD_WITHIN_MS = 600_000;

const WEEK_MS = 7 * 24 * 3_600_000;

/** Plays what providers tell of the messages they have taken, and what others tell in their names. */
export function createCallbacks(setting: Setting) {
  const {
    scheduler,
    random,
    isolates,
    database,
    violations,
    trace,
    lost,
    isSilent,
    hasTwin,
    stops,
    isUndone,
    servicesOf,
  } = setting;
  const told: Told[] = [];
  const lastWish = new Map<string, string>();
  const startedAt = new Map<string, number>();
  let forged = 0;

  /**
   * Tells of a message: that it is on its way, at once or within minutes, and how it ended, sometimes weeks later.
   * A provider that cannot be asked always tells the first within a quarter of an hour, as the protocol trusts it to.
   */
  function tellOf(acceptance: Acceptance): void {
    const end: ReceiptKind | null = random.chance(0.85) ? "delivered" : random.chance(0.7) ? "undelivered" : null;
    const firstMs = random.chance(0.3) ? random.between(1, 30) : random.between(30, 120_000);
    const mayBeLost = canBeAsked(acceptance.line.adapter) && !hasTwin(acceptance.message);
    const isLost = isSilent(acceptance.line) || (mayBeLost && random.chance(lost()));
    acceptance.isTold = !isLost;
    if (!isLost) tell(acceptance, "progress", firstMs);
    if (end === null) return;
    const endMs = random.chance(0.03) ? random.between(1, 3) * WEEK_MS : firstMs + random.between(-firstMs, 90_000);
    scheduler.after(endMs, () => {
      acceptance.standing = end;
    });
    if (!isLost) tell(acceptance, end, endMs);
  }

  function tell({ line, message, providerId }: Acceptance, kind: ReceiptKind, afterMs: number): void {
    const isBad = kind === "undelivered";
    const address = ADAPTERS[line.adapter].address;
    const isBounce = isBad && address === "email" && random.chance(0.3);
    const receipt: Receipt = {
      enterpriseId: message.enterpriseId,
      attemptId: message.attemptId,
      eventId: `${providerId}:${kind}`,
      kind,
      providerId,
      occurredAt: random.chance(0.5) ? scheduler.now() + afterMs : null,
      code: isBad ? "30005" : null,
      reason: isBad ? "the number is unknown" : null,
      ...(isBounce ? { wish: { wish: "bounced", address: message.to, kind: address } } : {}),
    };
    const copies = random.chance(0.2) ? random.between(2, random.chance(0.05) ? 46 : 4) : 1;
    for (let copy = 0; copy < copies; copy++) {
      scheduler.after(afterMs + (copy === 0 ? 0 : random.between(0, 60_000)), () => {
        deliver({ receipt, account: line.account });
      });
    }
  }

  /** Sends a receipt, often together with others that were sent before. */
  function deliver(one: Told): void {
    const company = random.chance(0.2) ? receiptsOf(one.account).slice(-2) : [];
    told.push(one);
    send(random.chance(0.5) ? [one.receipt, ...company] : [...company, one.receipt], one.account, true);
  }

  function receiptsOf(account: string): Receipt[] {
    return told.filter((one) => one.account === account).map(({ receipt }) => receipt);
  }

  /** What is not answered with success is sent again. */
  function send(receipts: Receipt[], account: string, isRepeated: boolean): void {
    runUntilDone((services) => applyReceipts(services, receipts, [account]), isRepeated);
  }

  function runUntilDone(work: (services: Services) => Promise<unknown>, isRepeated: boolean): void {
    const isolate = isolates.pick();
    let isOpen = true;
    const again = () => {
      if (isOpen && isRepeated) scheduler.after(random.between(1_000, 20_000), () => runUntilDone(work, true));
      isOpen = false;
    };
    isolate.mourners.push(again);
    scheduler.after(15_000, again);
    isolates.within(isolate, () => {
      work(servicesOf(isolate, "http")).then(
        () => {
          isOpen = false;
        },
        (error: unknown) => {
          if (!isOutage(error)) violations.report("I10", `a callback failed with ${errorText(error)}`);
          again();
        },
      );
    });
  }

  /** Tells in a provider's name what it never said: of a stranger's attempt, or under an account that is not its own. */
  function forge(): void {
    const attempts = [...database.attempts.values()];
    const victim = attempts.length === 0 ? null : random.pick(attempts);
    const account = database.gateways.get(victim?.gatewayId ?? "")?.account ?? "";
    const others = [...database.customers.keys()].filter((id) => id !== victim?.enterpriseId);
    const isOtherAccount = victim !== null && random.chance(0.3);
    const isKnown = victim !== null && random.chance(0.8);
    forged += 1;
    const receipt: Receipt = {
      enterpriseId: isOtherAccount ? victim.enterpriseId : random.pick(others),
      attemptId: isOtherAccount || isKnown ? (victim?.attemptId ?? "") : `att_never_made_${forged}`,
      eventId: `${FORGED}${forged}`,
      kind: random.pick(["progress", "delivered", "undelivered"]),
      providerId: `F${forged}`,
      occurredAt: null,
      code: null,
      reason: null,
    };
    trace(`somebody forges a receipt of ${receipt.attemptId} for ${receipt.enterpriseId}`);
    if (isOtherAccount) return send([receipt], ACCOUNTS.find((other) => other !== account) ?? "", false);
    // Among real ones of the victim's enterprise, its name is in the statement as well.
    const real = receiptsOf(account).filter((one) => one.enterpriseId === victim?.enterpriseId);
    send(random.chance(0.7) ? [receipt, ...real.slice(0, 2)] : [receipt], account, false);
  }

  /** Somebody writes STOP or START to one of the senders; the provider tells of it once or twice. */
  function write(wish: "stop" | "start"): void {
    forged += 1;
    const customer = random.pick([...database.customers.values()]);
    const adapter = random.pick(["twilio_sms", "twilio_whatsapp"] as const);
    const message = { messageId: `IN${forged}`, adapter, from: customer.phone ?? "", wish };
    trace(`somebody at ${customer.enterpriseId} writes ${wish} to ${adapter}`);
    const stop = key(message.from, adapter);
    if (wish === "start") stops.delete(stop);
    // A START that a frozen isolate still holds may be heard after the STOP that came later: nobody can tell then.
    const isSure = scheduler.now() - (startedAt.get(stop) ?? -Infinity) > HEARD_WITHIN_MS;
    if (wish === "start") startedAt.set(stop, scheduler.now());
    const wasUndone = isUndone();
    const heed = async (services: Services) => {
      await heedInbound(services, message);
      if (wish === "stop" && isLatest() && isSure && wasUndone === isUndone()) stops.set(stop, scheduler.now());
    };
    lastWish.set(stop, message.messageId);
    const isLatest = () => lastWish.get(stop) === message.messageId;
    for (let copy = random.between(1, 2); copy > 0; copy--) runUntilDone(heed, true);
  }

  return { tellOf, forge, write };
}
