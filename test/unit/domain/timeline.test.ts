import { expect, it, test } from "vitest";
import type { FailureCode } from "../../../src/domain/delivery.ts";
import { ENTRY_TYPES, tellRow, whyState, type TimelineRow } from "../../../src/domain/timeline.ts";

const row = (set: Partial<TimelineRow>): TimelineRow => ({
  at: "2026-11-23T07:30:05.120Z",
  type: "accepted",
  delivery_id: "dlv_1",
  status: "shipped",
  channel: "SMS",
  gateway: "Twilio",
  attempt_id: null,
  attempt_no: null,
  outcome: null,
  code: null,
  provider_code: null,
  provider_id: null,
  source: null,
  reason: null,
  ...set,
});

test.each(ENTRY_TYPES)("what is %s is told in a sentence", (type) => {
  expect(tellRow(row({ type, outcome: "delivered", reason: "too many requests" }))).toMatch(/^[A-Z].*[a-z].*[.]$/);
});

it("tells what an attempt came to, with the provider's reason", () => {
  expect(tellRow(row({ type: "attempt", outcome: "refused", reason: "too many requests" }))).toBe(
    "The provider did not take the message for now: too many requests.",
  );
});

it("tells an attempt without an answer as open, neither as taken nor as not taken", () => {
  expect(tellRow(row({ type: "attempt" }))).toBe("The provider was to be asked; no answer has been recorded yet.");
});

test.each([
  ["provider", "The provider says: the message could not be delivered: mailbox full."],
  ["look_up", "Found at the provider: the message could not be delivered: mailbox full."],
])("tells from whom a receipt is: %s", (source, told) => {
  expect(tellRow(row({ type: "receipt", outcome: "undelivered", source, reason: "mailbox full" }))).toBe(told);
});

test.each([
  ["delivered", null, "It was delivered."],
  ["failed", "rejected", "It failed: The provider does not take it for this recipient or content."],
  ["skipped", "superseded", "It is not sent: A newer status of the same shipment went first on this channel."],
  ["unconfirmed", "unconfirmed", "It is parked: Whether the provider took it is not known, and no proof was found."],
])("tells how a delivery came to rest: %s", (outcome, code, told) => {
  expect(tellRow(row({ type: "settled", outcome, code }))).toBe(told);
});

it("tells words of a later version as they are", () => {
  expect(tellRow(row({ type: "settled", outcome: "recalled", code: "by_law" }))).toBe("Recalled: by_law.");
  expect(tellRow(row({ type: "attempt", outcome: "constructor" }))).toBe("Constructor.");
});

test.each(["rejected", "misconfigured", "undelivered", "unconfirmed", "dropped"] satisfies FailureCode[])(
  "has words for the code %s",
  (code) => {
    expect(whyState("failed", code)).toMatch(/^[A-Z].+\.$/);
  },
);

it("says nothing more of a delivery whose state says all", () => {
  expect(whyState("sent", null)).toBeNull();
});
