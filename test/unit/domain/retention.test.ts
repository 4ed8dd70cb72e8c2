import { describe, expect, test } from "vitest";
import { DEFAULT_RETENTION, idsBefore, LEAST_DAYS, RETAINED } from "../../../src/domain/retention.ts";
import { readTimestamp } from "../../../src/domain/timestamp.ts";
import { createIds } from "../../../src/ids.ts";

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2026, 5, 15, 12);

describe("how long deliveries are kept", () => {
  /** The update that can be repeated for longest: dated as far ahead as is accepted. */
  const text = new Date(NOW + DAY).toISOString();

  test("is longer than a repeat of their update is accepted, so a purge cannot make a duplicate new", () => {
    expect(readTimestamp(text, NOW)).toMatchObject({ ok: true });
    expect(readTimestamp(text, NOW + LEAST_DAYS["deliveries"] * DAY)).toMatchObject({ ok: false });
  });

  test("leaves a day for clocks that differ, and not more", () => {
    expect(readTimestamp(text, NOW + (LEAST_DAYS["deliveries"] - 1) * DAY)).toMatchObject({ ok: true });
    expect(readTimestamp(text, NOW + (LEAST_DAYS["deliveries"] - 1) * DAY + 1)).toMatchObject({ ok: false });
  });
});

test("nothing is kept for less than it must by default", () => {
  expect(RETAINED.filter((what) => DEFAULT_RETENTION[what] < LEAST_DAYS[what])).toEqual([]);
});

test("suppressions are kept for good", () => {
  expect(RETAINED).not.toContain("suppressions");
});

test("ids made before an instant sort before its text, and later ones after it", () => {
  const ids = createIds();
  const before = ids.next("dlv");
  const now = Date.now();
  expect(before < idsBefore("dlv", now + 1, 0)).toBe(true);
  expect(ids.next("dlv") > idsBefore("dlv", now - 1, 0)).toBe(true);
  expect(idsBefore("att", 0, 0)).toBe("att_000000000000");
});
