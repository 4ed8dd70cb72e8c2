import { describe, expect, test } from "vitest";
import { readHealth, reviewHealth, type GatewayTally } from "../../../src/domain/gateway-health.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";

const aTally = (changes: Partial<GatewayTally>): GatewayTally => ({
  gatewayId: "gw_a",
  health: "well",
  changeId: "chg_1",
  good: 0,
  failed: 0,
  failedInRow: 0,
  unheardInRow: 0,
  lastCode: null,
  goodSinceTrial: 0,
  ...changes,
});
const review = (changes: Partial<GatewayTally>) => reviewHealth(aTally(changes), DEFAULT_TIMES);

describe("a gateway that works well", () => {
  test("is poor when half of 20 calls or more failed, and the reason has the figures", () => {
    expect(review({ good: 9, failed: 31, failedInRow: 1 })).toEqual({
      changeId: "chg_1",
      gatewayId: "gw_a",
      health: "poor",
      reason: "31 of 40 calls in the last 60 s were not accepted.",
    });
    expect(review({ good: 10, failed: 10 })?.health).toBe("poor");
  });

  test("stays so with fewer calls, or fewer failures", () => {
    expect(review({})).toBeNull();
    expect(review({ good: 9, failed: 10, failedInRow: 4 })).toBeNull();
    expect(review({ good: 11, failed: 10, failedInRow: 4 })).toBeNull();
  });

  test("is closed when nothing gets through, and the reason says what came last", () => {
    const failing = { failed: 6, failedInRow: 6, lastCode: "timeout" };
    expect(review(failing)).toMatchObject({
      health: "closed",
      reason: "The last 6 calls failed, most recently with timeout.",
    });
    expect(review({ ...failing, good: 1_000 })?.health).toBe("closed");
    expect(review({ ...failing, failed: 100 })?.health).not.toBe("closed");
  });

  test("is closed after three calls that may have been sent", () => {
    expect(review({ failed: 3, failedInRow: 3, unheardInRow: 3 })?.health).toBe("closed");
    expect(review({ failed: 3, failedInRow: 3, unheardInRow: 2 })).toBeNull();
  });

  test("is named with its failures even where the provider gave no code", () => {
    expect(review({ failed: 5, failedInRow: 5 })?.reason).toBe("The last 5 calls failed, most recently with no code.");
  });
});

describe("a poor gateway", () => {
  test("comes back by a trial that got through, unless half of its calls still fail", () => {
    expect(review({ health: "poor", good: 1, goodSinceTrial: 1 })).toMatchObject({
      health: "well",
      reason: "A trial got through.",
    });
    expect(review({ health: "poor", good: 12, failed: 12, goodSinceTrial: 3 })).toBeNull();
  });

  test("does not come back without a trial, however well its calls go", () => {
    expect(review({ health: "poor", good: 100 })).toBeNull();
  });

  test("is closed when nothing gets through any more, and not called poor twice", () => {
    expect(review({ health: "poor", failed: 7, failedInRow: 7 })?.health).toBe("closed");
    expect(review({ health: "poor", good: 20, failed: 20 })).toBeNull();
  });
});

describe("a closed gateway", () => {
  test("comes back by a trial that got through, whatever failed before", () => {
    expect(review({ health: "closed", failed: 40, good: 1, goodSinceTrial: 1 })?.health).toBe("well");
  });

  test("stays closed while its trials fail, or none was made", () => {
    expect(review({ health: "closed", failed: 1, failedInRow: 1 })).toBeNull();
    expect(review({ health: "closed", failed: 9, failedInRow: 9, good: 5 })).toBeNull();
  });
});

test("a stored health that this version does not know counts as well", () => {
  expect([readHealth("poor"), readHealth("closed"), readHealth("odd"), readHealth(null)]).toEqual([
    "poor",
    "closed",
    "well",
    "well",
  ]);
});
