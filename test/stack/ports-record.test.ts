import { expect } from "vitest";
import type { AttemptOutcome, DeliveryResult, ResultStep } from "../../src/domain/delivery-result.ts";
import { onEveryDatabase, times, useEveryDatabase, type Port } from "./ports-kit.ts";
import { anUpdate, called, claimed, nameOf, SETTINGS, sorted, statesOf } from "./ports-settings.ts";

useEveryDatabase();

const refused: AttemptOutcome = { kind: "refused", code: "20429", reason: "too many" };
const ambiguous: AttemptOutcome = { kind: "ambiguous", code: "timeout", reason: "it did not answer" };
const STEPS: [id: string, outcome: AttemptOutcome | null, step: ResultStep][] = [
  ["sent", { kind: "accepted", providerId: "SM1" }, { state: "sent" }],
  ["sent_unread", { kind: "accepted", providerId: null }, { state: "sent" }],
  ["retrying", refused, { state: "retrying", delayMs: 30_000, lane: "sms_2" }],
  ["unknown", ambiguous, { state: "unknown" }],
  ["failed", { kind: "misconfigured", code: "20003", reason: "bad key", gatewayWide: true }, failed("misconfigured")],
  ["rejected", { kind: "rejected", code: "21211", reason: "bad number", otherGateway: false }, failed("rejected")],
  ["expired", null, { state: "skipped", code: "expired" }],
  ["given_back", { kind: "not_started" }, { state: "given_back", delayMs: 20_000 }],
];

function failed(code: "misconfigured" | "rejected"): ResultStep {
  return { state: "failed", code, reason: "it does not work", providerCode: "20003" };
}

async function resultsOfAll(port: Port): Promise<DeliveryResult[]> {
  const results: DeliveryResult[] = [];
  for (const [id, outcome, step] of STEPS) {
    const { delivery, attempt } = await called(port, `dlv_${id}`, { shipmentId: id });
    results.push({ delivery, attempt: outcome === null ? null : { ...attempt, outcome }, step });
  }
  return results;
}

onEveryDatabase("each result is recorded with its facts, and recording it again changes nothing", async (port) => {
  await port.settle(SETTINGS);
  const results = await resultsOfAll(port);
  await port.updates.insert(anUpdate("dlv_skip", { shipmentId: "skip", skip: "no_address" }));
  const [skip] = await port.sending.load([nameOf("dlv_skip")], "lse_0");
  if (skip) results.push({ delivery: skip, attempt: null, step: { state: "skip_logged", code: "no_address" } });
  await port.sending.record(results);
  const once = await statesOf(port);
  expect(once).toEqual({
    dlv_sent: "sent",
    dlv_sent_unread: "sent",
    dlv_retrying: "retrying",
    dlv_unknown: "unknown",
    dlv_failed: "failed",
    dlv_rejected: "failed",
    dlv_expired: "skipped",
    dlv_given_back: "queued",
    dlv_skip: "skipped",
  });
  expect(sorted((await port.rows("logs")).map((row) => row["providerId"]))).toEqual(["SM1", "null"]);
  expect(sorted((await port.rows("failures")).map((row) => row["code"]))).toEqual([
    "expired",
    "misconfigured",
    "no_address",
    "rejected",
  ]);
  await port.sending.record(results);
  expect(await statesOf(port)).toEqual(once);
  expect(await port.rows("failures")).toHaveLength(4);
});

onEveryDatabase("a result of an earlier claim counts only if it is an acceptance", async (port) => {
  const late = await called(port, "dlv_1");
  await port.sending.record([
    {
      delivery: late.delivery,
      attempt: { ...late.attempt, outcome: refused },
      step: { state: "retrying", delayMs: 0, lane: "sms" },
    },
  ]);
  await claimed(port, "dlv_1");
  const record = (outcome: AttemptOutcome, step: ResultStep) =>
    port.sending.record([{ delivery: late.delivery, attempt: { ...late.attempt, outcome }, step }]);
  await record(refused, failed("rejected"));
  expect(await statesOf(port)).toEqual({ dlv_1: "sending" });
  await record({ kind: "accepted", providerId: "SM1" }, { state: "sent" });
  expect(await statesOf(port)).toEqual({ dlv_1: "sent" });
  await record(ambiguous, { state: "unknown" });
  expect(await statesOf(port)).toEqual({ dlv_1: "sent" });
  expect(sorted((await port.rows("attempts")).map((row) => row["outcome"]))).toEqual(["accepted", "null"]);
});

onEveryDatabase("what a sender tells late is kept, and a guess about it is not put in its place", async (port) => {
  const { delivery, attempt } = await called(port, "dlv_1");
  const guess: AttemptOutcome = { kind: "ambiguous", code: "lease_expired", reason: "gone" };
  const record = (outcome: AttemptOutcome, step: ResultStep) =>
    port.sending.record([{ delivery, attempt: { ...attempt, outcome }, step }]);
  await record(guess, { state: "unknown" });
  await record(refused, { state: "retrying", delayMs: 0, lane: "sms" });
  await record(guess, { state: "unknown" });
  expect(
    (await port.rows("attempts")).map(({ outcome, code, gatewayFailed }) => [outcome, code, gatewayFailed]),
  ).toEqual([["refused", "20429", true]]);
  expect(await statesOf(port)).toEqual({ dlv_1: "retrying" });
});

onEveryDatabase("an opt-out that a refusal tells of is on the list before the delivery fails", async (port) => {
  const { delivery, attempt } = await called(port, "dlv_1");
  const outcome = {
    kind: "rejected",
    code: "21610",
    reason: "opted out",
    otherGateway: false,
    optedOut: true,
  } as const;
  const optOut = {
    enterpriseId: "ent_a",
    channelId: "ch_sms",
    address: "+34600000001",
    wish: "stopped",
    at: 1_000,
  } as const;
  await port.sending.record([{ delivery, attempt: { ...attempt, outcome }, optOut, step: failed("rejected") }]);
  expect((await port.rows("suppressions")).map((row) => row["code"])).toEqual(["stopped"]);
});

onEveryDatabase("recording an ambiguous call again does not bring its first look forward", async (port) => {
  const { delivery, attempt } = await called(port, "dlv_1");
  const result: DeliveryResult = { delivery, attempt: { ...attempt, outcome: ambiguous }, step: { state: "unknown" } };
  await port.sending.record([result]);
  await port.sending.record([result]);
  const [row] = await port.rows("deliveries");
  expect(Number(row?.["lookAt"]) - (await port.now())).toBeGreaterThan(times.lease + times.lookAgain - 10_000);
});
