import { describe, expect, test } from "vitest";
import { afterCall, callsAtOnce, NO_CALLS, nothingGetsThrough } from "../../../src/domain/call-streak.ts";
import type { SendOutcome } from "../../../src/domain/send-outcome.ts";

const because = { code: "20500", reason: "in words" };
const GOOD: SendOutcome = { kind: "accepted", providerId: "SM1" };
const NOT_FOR_THIS_ONE: SendOutcome = { kind: "rejected", ...because, otherGateway: false };
const REFUSED: SendOutcome = { kind: "refused", ...because };
const NO_ACCOUNT: SendOutcome = { kind: "misconfigured", ...because, gatewayWide: true };
const SILENCE: SendOutcome = { kind: "ambiguous", ...because };

const streakOf = (...outcomes: SendOutcome[]) => outcomes.reduce(afterCall, NO_CALLS);
const times = (count: number, ...outcomes: SendOutcome[]) => Array.from({ length: count }, () => outcomes).flat();

describe("nothing gets through", () => {
  test.each([
    ["five refusals", times(5, REFUSED)],
    ["five refusals of the account", times(5, NO_ACCOUNT)],
    ["three calls that may have been sent", times(3, SILENCE)],
    ["three such among refusals", [REFUSED, SILENCE, SILENCE, SILENCE]],
    ["five after any number of good ones", [...times(100, GOOD), ...times(5, REFUSED)]],
    ["five after a few that failed one by one", [...times(3, REFUSED, GOOD), ...times(5, REFUSED)]],
  ])("after %s", (_, outcomes) => {
    expect(nothingGetsThrough(streakOf(...outcomes))).toBe(true);
  });

  test.each([
    ["no calls", []],
    ["four refusals", times(4, REFUSED)],
    ["two that may have been sent", times(2, SILENCE)],
    ["five with a good one among them", [...times(4, REFUSED), GOOD, REFUSED]],
    ["five that failed for their recipients' sake", times(5, NOT_FOR_THIS_ONE)],
    ["five in a row where half of all fail", [...times(20, REFUSED, GOOD), ...times(5, REFUSED)]],
  ])("is not concluded from %s", (_, outcomes) => {
    expect(nothingGetsThrough(streakOf(...outcomes))).toBe(false);
  });
});

describe("calls at once", () => {
  test("are no more than it takes to see that nothing gets through", () => {
    expect(callsAtOnce(NO_CALLS)).toBe(3);
    expect(callsAtOnce(streakOf(REFUSED))).toBe(3);
    expect(callsAtOnce(streakOf(...times(3, REFUSED)))).toBe(2);
    expect(callsAtOnce(streakOf(SILENCE, SILENCE))).toBe(1);
    expect(callsAtOnce(streakOf(...times(9, SILENCE)))).toBe(1);
  });

  test("are not limited after a good answer, nor where half of all fail anyhow", () => {
    expect(callsAtOnce(streakOf(GOOD))).toBe(Number.POSITIVE_INFINITY);
    expect(callsAtOnce(streakOf(REFUSED, GOOD))).toBe(Number.POSITIVE_INFINITY);
    expect(callsAtOnce(streakOf(...times(20, REFUSED, GOOD), REFUSED))).toBe(Number.POSITIVE_INFINITY);
  });
});
