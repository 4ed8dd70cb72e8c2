import { expect, test } from "vitest";
import { SKIP_REASONS, skipReason } from "../../../src/domain/skip.ts";

test("every code has its own reason, a sentence in words", () => {
  const reasons = Object.keys(SKIP_REASONS).map(skipReason);
  expect(new Set(reasons).size).toBe(reasons.length);
  for (const reason of reasons) expect(reason).toMatch(/^[A-Z].+ .+\.$/);
});

test.each(["", "code_of_tomorrow", "constructor", "toString", "__proto__"])(
  "a stored code that is not known here reads as itself: %j",
  (code) => {
    expect(skipReason(code)).toBe(code);
  },
);
