import { expect, test } from "vitest";
import { measureSms } from "../../../src/domain/sms-segments.ts";

test.each([
  ["nothing", "", "GSM-7", 0, 0, 1],
  ["one full segment", "x".repeat(160), "GSM-7", 160, 160, 1],
  ["one character more", "x".repeat(161), "GSM-7", 161, 161, 2],
  ["two full segments", "x".repeat(306), "GSM-7", 306, 306, 2],
  ["one character more than two", "x".repeat(307), "GSM-7", 307, 307, 3],
  ["the whole basic table's letters", "ÄÖÑÜ§¿äöñüàΔΦΓ@£¥", "GSM-7", 17, 17, 1],
  ["the extension table", "^{}\\[~]|€", "GSM-7", 9, 18, 1],
  [
    "an extended character that does not fit into the first",
    `${"x".repeat(152)}€${"x".repeat(152)}`,
    "GSM-7",
    305,
    306,
    3,
  ],
  ["one full segment of UCS-2", "ж".repeat(70), "UCS-2", 70, 70, 1],
  ["one character more of UCS-2", "ж".repeat(71), "UCS-2", 71, 71, 2],
  ["two full segments of UCS-2", "ж".repeat(134), "UCS-2", 134, 134, 2],
  ["surrogates, which are never cut", "🎉".repeat(67), "UCS-2", 67, 134, 3],
  ["one curly apostrophe", `${"x".repeat(69)}’`, "UCS-2", 70, 70, 1],
  ["a letter that only looks Latin", "ç", "UCS-2", 1, 1, 1],
])("%s", (_, text, encoding, characters, units, segments) => {
  expect(measureSms(text)).toEqual({ encoding, characters, units, segments });
});
