import { describe, expect, test } from "vitest";
import type { DueDelivery } from "../../../src/domain/due-delivery.ts";
import { decideSend } from "../../../src/domain/send-decision.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import { aCandidate, aDueDelivery } from "./builders.ts";

const decide = (delivery: DueDelivery, trials: string[] = []) => decideSend(delivery, DEFAULT_TIMES, new Set(trials));

const skip = (code: string) => ({ kind: "skip", code });

/** A delivery that was accepted this many ms before it is looked at. */
function waited(ms: number, changes: Parameters<typeof aDueDelivery>[0] = {}) {
  const now = Date.UTC(2026, 5, 15, 12);
  return aDueDelivery({ now, acceptedAt: now - ms, expiresAt: now + 86_400_000, ...changes });
}

describe("what is true at sending time", () => {
  test("lets a delivery go to the enterprise's present address", () => {
    const gateway = aCandidate();
    const customer = { isSubscribed: true, phone: " +34611000999 ", email: null };
    expect(decide(aDueDelivery({ candidates: [gateway], customer }))).toEqual({
      kind: "send",
      gateway,
      to: "+34611000999",
    });
  });

  test("drops what is not wanted any more, and fails over to no gateway through which it is not wanted", () => {
    const [tried, unwanted] = [aCandidate({ tries: 1 }), aCandidate({ statuses: ["lost"] })];

    expect(decide(aDueDelivery({ status: "shipped", candidates: [unwanted] }))).toEqual(skip("status_not_wanted"));
    expect(decide(aDueDelivery({ status: "shipped", candidates: [tried, unwanted] }))).toMatchObject({
      gateway: tried,
    });
  });

  test("drops what has expired, from that very ms on", () => {
    const { expiresAt } = aDueDelivery();
    expect(decide(aDueDelivery({ now: expiresAt - 1, expiresAt }))).toMatchObject({ kind: "send" });
    expect(decide(aDueDelivery({ now: expiresAt, expiresAt }))).toEqual(skip("expired"));
  });

  test.each([
    ["is gone", null],
    ["has unsubscribed", { isSubscribed: false, phone: "+34600111222", email: null }],
  ])("drops a delivery whose enterprise %s", (_, customer) => {
    expect(decide(aDueDelivery({ customer }))).toEqual(skip("not_subscribed"));
  });

  test("drops a delivery on a channel that is no longer subscribed to", () => {
    expect(decide(aDueDelivery({ candidates: [] }))).toEqual(skip("unsubscribed"));
  });

  test.each([
    ["disabled", { enabled: false }],
    ["unknown to this version", { adapter: null }],
    ["barred for this delivery", { barred: true }],
  ])("drops a delivery whose gateways are all %s", (_, flaw) => {
    expect(decide(aDueDelivery({ candidates: [aCandidate(flaw), aCandidate(flaw)] }))).toEqual(
      skip("channel_disabled"),
    );
  });

  test("drops a delivery whose usable gateways have no address to send to", () => {
    const candidates = [aCandidate(), aCandidate({ adapter: "sendgrid_email", barred: true })];
    const customer = { isSubscribed: true, phone: null, email: "ops@shop.test" };
    expect(decide(aDueDelivery({ candidates, customer }))).toEqual(skip("no_address"));
  });
});

describe("a later status is never followed by an older one", () => {
  test("once the newer one is sent, the older one is superseded", () => {
    expect(decide(aDueDelivery({ newerSent: true }))).toEqual(skip("superseded"));
  });

  test("a newer one that is still to be sent does not stop an older one that is young and untried", () => {
    expect(decide(waited(59_999, { newerPending: true }))).toMatchObject({ kind: "send" });
    expect(decide(waited(60_000, { newerPending: true }))).toMatchObject({ kind: "send" });
  });

  test("an older one gives way once it has waited for more than 60 s", () => {
    expect(decide(waited(60_001, { newerPending: true }))).toEqual(skip("superseded"));
  });

  test("an older one gives way once an attempt has failed, through whichever gateway", () => {
    const candidates = [aCandidate(), aCandidate({ tries: 1 })];
    expect(decide(waited(10, { newerPending: true, candidates }))).toEqual(skip("superseded"));
  });

  test("neither age nor failure supersedes the newest", () => {
    const candidates = [aCandidate({ tries: 3 })];
    expect(decide(waited(3_600_000, { candidates }))).toMatchObject({ kind: "send" });
  });

  test("a newer one waits while an older one is to go first", () => {
    expect(decide(aDueDelivery({ olderWaiting: true }))).toEqual({ kind: "wait" });
  });

  test("one in the middle that is overtaken does not wait for an older one", () => {
    expect(decide(aDueDelivery({ olderWaiting: true, newerSent: true }))).toEqual(skip("superseded"));
  });

  test("what is dropped for good does not wait first", () => {
    const { expiresAt } = aDueDelivery();
    expect(decide(aDueDelivery({ olderWaiting: true, now: expiresAt, expiresAt }))).toEqual(skip("expired"));
    expect(decide(aDueDelivery({ olderWaiting: true, customer: null }))).toEqual(skip("not_subscribed"));
    expect(decide(aDueDelivery({ olderWaiting: true, candidates: [] }))).toEqual(skip("unsubscribed"));
  });
});

describe("the gateway", () => {
  const chosen = (...candidates: ReturnType<typeof aCandidate>[]) => {
    const decision = decide(aDueDelivery({ candidates }));
    return decision.kind === "send" ? candidates.findIndex((one) => one === decision.gateway) : decision.kind;
  };

  test.each([
    ["the first in order when none was tried", [{}, {}, {}], 0],
    ["the next one after the first has failed", [{ tries: 1 }, {}, {}], 1],
    ["the third after two have failed", [{ tries: 1 }, { tries: 1 }, {}], 2],
    ["the first again once all were tried", [{ tries: 1 }, { tries: 1 }, { tries: 1 }], 0],
    ["a later one that was tried less", [{ tries: 3 }, { tries: 2 }], 1],
    ["not a disabled one", [{ enabled: false }, {}], 1],
    ["not one that is unknown here", [{ adapter: null }, {}], 1],
    ["not a barred one, however little it was tried", [{ barred: true, tries: 1 }, { tries: 5 }], 1],
  ] as const)("is %s", (_, candidates, index) => {
    expect(chosen(...candidates.map((changes) => aCandidate(changes)))).toBe(index);
  });

  test("is one that the enterprise has an address for, and gets that address", () => {
    const email = aCandidate({ adapter: "sendgrid_email", tries: 4 });
    const customer = { isSubscribed: true, phone: null, email: "ops@shop.test" };
    expect(decide(aDueDelivery({ candidates: [aCandidate(), email], customer }))).toEqual({
      kind: "send",
      gateway: email,
      to: "ops@shop.test",
    });
  });
});

describe("the health of gateways", () => {
  const well = aCandidate();
  const poor = aCandidate({ health: "poor", trialInMs: 30_000 });
  const closed = aCandidate({ health: "closed", trialInMs: 30_000 });
  const chosen = (candidates: DueDelivery["candidates"], trials: string[] = []) => {
    const decision = decide(aDueDelivery({ candidates }), trials);
    return decision.kind === "send" ? decision.gateway.gatewayId : decision.kind;
  };

  test("puts one that does badly last, while another does well", () => {
    expect(chosen([poor, well])).toBe(well.gatewayId);
    expect(chosen([closed, well])).toBe(well.gatewayId);
  });

  test("changes nothing while all of them do badly", () => {
    const other = aCandidate({ health: "poor", trialInMs: 30_000 });
    expect(chosen([poor, other])).toBe(poor.gatewayId);
    expect(chosen([other, poor])).toBe(other.gatewayId);
  });

  test("lets deliveries wait without a call while nothing gets through", () => {
    expect(chosen([closed])).toBe("closed");
    expect(chosen([closed, poor])).toBe(poor.gatewayId);
  });

  test("lets one delivery try a gateway that has rested", () => {
    expect(chosen([closed, well], [closed.gatewayId])).toBe(closed.gatewayId);
    expect(chosen([closed], [closed.gatewayId])).toBe(closed.gatewayId);
  });

  test("asks another gateway before one that was tried already", () => {
    const tried = aCandidate({ tries: 1 });
    expect(chosen([tried, poor])).toBe(poor.gatewayId);
  });
});

describe("an address on the list of those not to use", () => {
  test("is not sent to", () => {
    expect(decide(aDueDelivery({ suppressed: { phone: true, email: false } }))).toEqual(skip("opted_out"));
  });

  test("does not keep another address from being used", () => {
    const candidates = [aCandidate({ adapter: "sendgrid_email" })];
    expect(decide(aDueDelivery({ candidates, suppressed: { phone: true, email: false } }))).toMatchObject({
      kind: "send",
      to: "ops@shop.test",
    });
  });
});
