import { describe, expect, test } from "vitest";
import {
  DEFAULT_RETENTION,
  idsBefore,
  isPurgeTime,
  leastDays,
  RETAINED,
  spansToBlank,
} from "../../../src/domain/retention.ts";
import { readTimestamp } from "../../../src/domain/timestamp.ts";
import { createIds } from "../../../src/ids.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 5, 15, 12);

describe("how long deliveries are kept", () => {
  /** The update that can be repeated for longest: dated as far ahead as is accepted. */
  const text = new Date(NOW + DAY).toISOString();

  test("is longer than a repeat of their update is accepted, so a purge cannot make a duplicate new", () => {
    expect(readTimestamp(text, NOW)).toMatchObject({ ok: true });
    expect(readTimestamp(text, NOW + leastDays("deliveries") * DAY)).toMatchObject({ ok: false });
  });

  test("leaves a day for clocks that differ, and not more", () => {
    expect(readTimestamp(text, NOW + (leastDays("deliveries") - 1) * DAY)).toMatchObject({ ok: true });
    expect(readTimestamp(text, NOW + (leastDays("deliveries") - 1) * DAY + 1)).toMatchObject({ ok: false });
  });
});

test("nothing is kept for less than it must by default", () => {
  expect(RETAINED.filter((what) => DEFAULT_RETENTION[what] < leastDays(what))).toEqual([]);
});

test("suppressions are kept for good", () => {
  expect(RETAINED).not.toContain("suppressions");
});

test("ids made before an instant sort before its text, and later ones after it", () => {
  const ids = createIds();
  const before = ids.next("dlv");
  const now = Date.now();
  expect(before < idsBefore("dlv", now + 1)).toBe(true);
  expect(ids.next("dlv") > idsBefore("dlv", now - 1)).toBe(true);
  expect(idsBefore("att", 0)).toBe("att_000000000000");
});

describe("the days whose content is blanked", () => {
  const retention = { ...DEFAULT_RETENTION, data: 30, deliveries: 402 };
  const daysOf = (now: number) =>
    spansToBlank(now, retention).map(({ from, to }) => [(now - from) / DAY, (now - to) / DAY]);

  test("are always the one that has just become old enough", () => {
    for (let hour = 0; hour < 800; hour++) {
      expect(daysOf(NOW + hour * HOUR)).toContainEqual([31, 30]);
    }
  });

  test("and every earlier one in turn, until its rows go", () => {
    const seen = new Set<number>();
    for (let hour = 0; hour < 372; hour++) for (const [from] of daysOf(NOW + hour * HOUR)) seen.add(from ?? 0);
    expect([...seen].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 372 }, (_, day) => 31 + day));
  });
});

test("old rows go in the run of the full hour", () => {
  const minutes = Array.from({ length: 120 }, (_, minute) => NOW + minute * 60_000 + 17);
  expect(minutes.filter(isPurgeTime)).toEqual([NOW + 17, NOW + HOUR + 17]);
});
