import { describe, expect, test } from "vitest";
import { readTimestamp } from "../../../src/domain/timestamp.ts";

const NOON = Date.UTC(2026, 5, 15, 12);
const DAY = 86_400_000;

function instantOf(text: string, now = NOON): number | string {
  const reading = readTimestamp(text, now);
  return reading.ok ? reading.instant : reading.message;
}

describe("a timestamp", () => {
  test.each([
    ["the original's form is UTC", "2026-06-15 12:00:00", NOON],
    ["Z", "2026-06-15T12:00:00Z", NOON],
    ["lower case t and z", "2026-06-15t12:00:00z", NOON],
    ["a space and an offset", "2026-06-15 12:00:00Z", NOON],
    ["an offset to the east", "2026-06-15T14:00:00+02:00", NOON],
    ["an offset to the west", "2026-06-15T08:30:00-03:30", NOON],
    ["an offset over midnight", "2026-06-16T02:00:00+14:00", NOON],
    ["an unknown local offset", "2026-06-15T12:00:00-00:00", NOON],
    ["the widest offset", "2026-06-16T11:59:00+23:59", NOON],
    ["tenths", "2026-06-15T12:00:00.5Z", NOON + 500],
    ["milliseconds", "2026-06-15T12:00:00.007Z", NOON + 7],
    ["finer fractions are cut off, not rounded", "2026-06-15T12:00:00.123999999Z", NOON + 123],
  ])("%s: %s", (_, text, instant) => {
    expect(instantOf(text)).toBe(instant);
  });

  test.each([
    "",
    "today",
    "1781524800",
    "2026-06-15",
    "2026-06-15 12:00",
    "2026-06-15T12:00:00",
    "2026-06-15t12:00:00",
    "2026-06-15 12:00:00.5",
    "2026-6-15 12:00:00",
    "26-06-15 12:00:00",
    "+002026-06-15 12:00:00",
    "-2026-06-15 12:00:00",
    " 2026-06-15 12:00:00",
    "2026-06-15 12:00:00 ",
    "2026-06-15 12:00:00\n",
    "2026-06-15  12:00:00",
    "2026-06-15\u00a012:00:00",
    "2026-06-15T12:00:00.Z",
    "2026-06-15T12:00:00,5Z",
    "2026-06-15T12:00:00.1234567890Z",
    "2026-06-15T12:00:00 Z",
    "2026-06-15T12:00:00+2",
    "2026-06-15T12:00:00+0200",
    "2026-06-15T12:00:00+02",
    "2026-06-15T12:00:00\u221202:00",
    "2026-W25-1 12:00:00",
    "2026/06/15 12:00:00",
    "٢٠٢٦-٠٦-١٥ ١٢:٠٠:٠٠",
  ])("may not be written as %j", (text) => {
    expect(instantOf(text)).toMatch(/^must be /);
  });

  test.each([
    "2026-02-29 12:00:00",
    "2026-02-30 12:00:00",
    "2026-04-31 12:00:00",
    "2026-00-15 12:00:00",
    "2026-13-15 12:00:00",
    "2026-06-00 12:00:00",
    "2026-06-32 12:00:00",
    "2026-06-14 24:00:00",
    "2026-06-15 12:60:00",
    "2026-06-15 12:00:60",
    "2026-06-15T23:59:60Z",
    "2026-06-15T12:00:00+24:00",
    "2026-06-15T12:00:00+02:60",
    "0000-01-01 00:00:00",
    "0099-01-01 00:00:00",
  ])("that does not exist is refused: %s", (text) => {
    expect(instantOf(text)).toBe("is not a date and time that exists");
  });

  test.each([
    [2024, true],
    [2025, false],
    [2028, true],
    [2000, true],
    [2100, false],
  ])("29 February %i exists: %s", (year, exists) => {
    const instant = Date.UTC(year, 1, 29, 12);
    expect(instantOf(`${year}-02-29 12:00:00`, instant) === instant).toBe(exists);
  });

  test("reads every day of four years as itself, in both forms", () => {
    for (let day = Date.UTC(2024, 0, 1, 23, 59, 59); day < Date.UTC(2028, 0, 1); day += DAY) {
      const iso = new Date(day).toISOString();
      expect(instantOf(iso, day)).toBe(day);
      expect(instantOf(iso.slice(0, 19).replace("T", " "), day)).toBe(day);
    }
  });
});

describe("the window around our clock", () => {
  const iso = (instant: number) => new Date(instant).toISOString();

  test("reaches 24 hours ahead, to the millisecond", () => {
    expect(instantOf(iso(NOON + DAY))).toBe(NOON + DAY);
    expect(instantOf(iso(NOON + DAY + 1))).toBe("is more than 24 hours ahead");
  });

  test("reaches 400 days back, to the millisecond", () => {
    expect(instantOf(iso(NOON - 400 * DAY))).toBe(NOON - 400 * DAY);
    expect(instantOf(iso(NOON - 400 * DAY - 1))).toBe("is more than 400 days ago");
  });

  test("counts the instant, not the local time that was written", () => {
    expect(instantOf("2026-06-17T01:00:00+14:00")).toBe(Date.UTC(2026, 5, 16, 11));
    expect(instantOf("2026-06-16T11:00:00-02:00")).toBe("is more than 24 hours ahead");
  });
});
