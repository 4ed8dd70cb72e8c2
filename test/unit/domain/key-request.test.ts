import { describe, expect, test } from "vitest";
import type { Caller } from "../../../src/domain/caller.ts";
import { grantKey, keysInViewOf, readKeyRequest } from "../../../src/domain/key-request.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const wished = { name: "shop", scopes: ["read"] };

describe("a key that is wished for", () => {
  test("is read with what is not named left to the caller's own", () => {
    expect(readKeyRequest({ name: "shop", scopes: ["read", "send"] }, NOW)).toEqual({
      ok: true,
      value: { name: "shop", scopes: ["send", "read"], mode: null, enterpriseId: null, expiresAt: null },
    });
  });

  test("may end at an instant that is far ahead", () => {
    const reading = readKeyRequest({ ...wished, expires_at: "2028-01-01T00:00:00+01:00" }, NOW);
    expect(reading).toMatchObject({ ok: true, value: { expiresAt: Date.UTC(2027, 11, 31, 23) } });
  });

  test.each([
    ["/name", { ...wished, name: "" }],
    ["/scopes", { ...wished, scopes: [] }],
    ["/scopes", { name: "shop" }],
    ["/scopes/0", { ...wished, scopes: ["write"] }],
    ["/mode", { ...wished, mode: "dry" }],
    ["/expires_at", { ...wished, expires_at: "2026-06-15T12:00:00Z" }],
    ["/expires_at", { ...wished, expires_at: "tomorrow" }],
    ["/digest", { ...wished, digest: "x" }],
    ["", "a text"],
  ])("is refused with %j named", (pointer, body) => {
    const reading = readKeyRequest(body, NOW);
    expect(reading.ok ? [] : reading.errors.map((one) => one.pointer)).toContain(pointer);
  });
});

const caller = (set: Partial<Caller>): Caller => ({
  keyId: "key_1",
  mode: "live",
  scopes: ["admin"],
  enterpriseId: null,
  ...set,
});
const request = { name: "shop", scopes: ["read" as const], mode: null, enterpriseId: null, expiresAt: null };

describe("a key that is given", () => {
  test("is of the caller's own mode and enterprise unless others are named", () => {
    const granted = grantKey(caller({ mode: "test", enterpriseId: "acme" }), request);
    expect(granted).toMatchObject({ ok: true, key: { mode: "test", enterpriseId: "acme" } });
  });

  test("has no scope that the caller has not", () => {
    expect(grantKey(caller({ scopes: ["read"] }), { ...request, scopes: ["send", "read"] }).ok).toBe(false);
    expect(grantKey(caller({ scopes: ["send", "read"] }), { ...request, scopes: ["send", "read"] }).ok).toBe(true);
  });

  test.each([
    ["test", "live", false],
    ["test", "test", true],
    ["live", "test", true],
    ["live", "live", true],
  ] as const)("may be by a %s key a %s key: %s", (mode, wishedMode, isGiven) => {
    expect(grantKey(caller({ mode }), { ...request, mode: wishedMode }).ok).toBe(isGiven);
  });
});

test("a test key sees test keys, and a key of one enterprise that one's", () => {
  expect(keysInViewOf(caller({}))).toEqual({ enterpriseId: null, mode: null });
  expect(keysInViewOf(caller({ mode: "test", enterpriseId: "acme" }))).toEqual({ enterpriseId: "acme", mode: "test" });
});
