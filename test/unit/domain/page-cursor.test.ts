import { expect, it, test } from "vitest";
import { encodeBase64Url } from "../../../src/domain/base64url.ts";
import { readCursor, writeCursor } from "../../../src/domain/page-cursor.ts";

const POSITION = { at: Date.UTC(2026, 10, 23, 7, 30, 5, 120), key: ["dlv_1", 2, "señal/🚚"] };
const ASKED = ["logs", { enterpriseId: "acme", from: null }];

const cursorOf = (parts: unknown) => encodeBase64Url(new TextEncoder().encode(JSON.stringify(parts)));
const tagOf = (cursor: string) => (JSON.parse(atob(cursor.replaceAll("-", "+").replaceAll("_", "/"))) as unknown[])[0];

it("gives back the position that was written", () => {
  expect(readCursor(writeCursor(POSITION, ASKED), ASKED, 3)).toEqual(POSITION);
});

it("is fit for a URL as it is", () => {
  expect(writeCursor(POSITION, ASKED)).toMatch(/^[\w-]+$/);
});

test.each([
  ["another list", ["deliveries", ASKED[1]]],
  ["another enterprise", ["logs", { enterpriseId: "acme2", from: null }]],
  ["another filter", ["logs", { enterpriseId: "acme", from: 1 }]],
])("fits no question about %s", (_, asked) => {
  expect(readCursor(writeCursor(POSITION, ASKED), asked, 3)).toBeNull();
});

test.each([
  ["nothing", ""],
  ["no base64", "%%%"],
  ["no UTF-8", "_-8"],
  ["no JSON", encodeBase64Url(new TextEncoder().encode("[1"))],
  ["no list", cursorOf({ at: 1 })],
  ["a longer text", writeCursor({ at: 1, key: ["x".repeat(2000), "", ""] }, ASKED)],
])("is not %s", (_, text) => {
  expect(readCursor(text, ASKED, 3)).toBeNull();
});

test.each([
  ["no time", [null, "a", 1, "b"]],
  ["part of a millisecond", [0.5, "a", 1, "b"]],
  ["a time before 1970", [-1, "a", 1, "b"]],
  ["a time that no database knows", [Date.UTC(10_000, 0, 1), "a", 1, "b"]],
  ["a key that is too short", [1, "a", 1]],
  ["a key that is too long", [1, "a", 1, "b", "c"]],
  ["a key of something else", [1, "a", {}, "b"]],
  ["half a character", [1, "\ud83d", 1, "b"]],
])("has not %s, even where it was forged for the question", (_, parts) => {
  const tag = tagOf(writeCursor(POSITION, ASKED));

  expect(readCursor(cursorOf([tag, ...parts]), ASKED, 3)).toBeNull();
  expect(readCursor(cursorOf([tag, 1, "a", 1, "b"]), ASKED, 3)).not.toBeNull();
});
