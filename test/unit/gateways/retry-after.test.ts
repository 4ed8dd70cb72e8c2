import { expect, test } from "vitest";
import { parseResetTime, parseRetryAfter } from "../../../src/gateways/retry-after.ts";

const NOW = Date.parse("2026-01-02T03:04:05Z");

test.each([
  ["0", 0],
  ["30", 30_000],
  [" 30 ", 30_000],
  ["3601", 3_600_000],
  ["9".repeat(400), 3_600_000],
  ["Fri, 02 Jan 2026 03:05:05 GMT", 60_000],
  ["Friday, 02-Jan-26 03:05:05 GMT", 60_000],
  ["Fri, 02 Jan 2026 03:00:00 GMT", 0],
  ["Sat, 03 Jan 2026 03:04:05 GMT", 3_600_000],
])("waits as Retry-After %j asks, for an hour at most", (value, expected) => {
  expect(parseRetryAfter(value, NOW)).toBe(expected);
});

test.each([null, "", "-5", "1.5", "soon", "Fri, 99 Foo 2026 GMT", "2026-01-02T03:05:05Z", "Fri Jan  2 03:05:05 2026"])(
  "takes no wait from an absent or unreadable Retry-After: %j",
  (value) => {
    expect(parseRetryAfter(value, NOW)).toBeUndefined();
  },
);

test.each([
  [String(NOW / 1000 + 20), 20_000],
  [String(NOW / 1000 - 20), 0],
  [String(NOW / 1000 + 7200), 3_600_000],
  ["x", undefined],
  [null, undefined],
])("waits until the reset time %j", (value, expected) => {
  expect(parseResetTime(value, NOW)).toBe(expected);
});
