import { expect, test } from "vitest";
import { optOutBy } from "../../../src/domain/delivery-result.ts";
import type { SendOutcome } from "../../../src/domain/send-outcome.ts";
import { suppressionKey } from "../../../src/domain/suppression.ts";

test.each([
  ["+34600111222", "+34600111222"],
  [" Orders@Shop.Example ", "orders@shop.example"],
  ["", null],
  ["  ", null],
  [`${"a".repeat(243)}@shop.example`, null],
])("the list knows %j as %j", (address, key) => {
  expect(suppressionKey(address)).toBe(key);
});

const REFUSAL = { kind: "rejected", code: "21610", reason: "", otherGateway: false } as const;
const DELIVERY = { enterpriseId: "ent_1", channelId: "ch_sms", now: 1_000 };

test("a refusal by which the recipient has opted out bars the address on the channel, as of before the call", () => {
  expect(optOutBy({ ...REFUSAL, optedOut: true }, "+34600111222", DELIVERY)).toEqual({
    enterpriseId: "ent_1",
    channelId: "ch_sms",
    address: "+34600111222",
    wish: "stopped",
    at: 1_000,
  });
});

test.each<SendOutcome | { kind: "not_started" }>([
  REFUSAL,
  { kind: "accepted", providerId: null },
  { kind: "refused", code: "429", reason: "" },
  { kind: "misconfigured", code: "20003", reason: "" },
  { kind: "ambiguous", code: "timeout", reason: "" },
  { kind: "not_started" },
])("no other outcome bars an address: %j", (outcome) => {
  expect(optOutBy(outcome, "+34600111222", DELIVERY)).toBeUndefined();
});
