import { expect, test } from "vitest";
import { hasScope, mayTouch, SCOPES } from "../../../src/domain/caller.ts";

test.each([
  [["send"], ["send"]],
  [["read"], ["read"]],
  [
    ["send", "read"],
    ["send", "read"],
  ],
  [["admin"], ["send", "read", "admin"]],
] as const)("a key with the scopes %j may do %j and nothing else", (scopes, allowed) => {
  expect(SCOPES.filter((scope) => hasScope({ scopes }, scope))).toEqual(allowed);
});

test("a key of one enterprise touches neither another's nor what belongs to all", () => {
  const bound = { enterpriseId: "acme" };

  expect([mayTouch(bound, "acme"), mayTouch(bound, "ACME"), mayTouch(bound, null)]).toEqual([true, false, false]);
});

test("a key of no enterprise touches everything", () => {
  const free = { enterpriseId: null };

  expect([mayTouch(free, "acme"), mayTouch(free, null)]).toEqual([true, true]);
});
