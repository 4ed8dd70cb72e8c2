import { expect, test } from "vitest";
import { KEY_BYTES, makeApiKey, readKeyId } from "../../../src/domain/api-key.ts";

function made(fill: number, mode: "live" | "test" = "live", now = Date.UTC(2026, 0, 1)) {
  return makeApiKey({ mode, now, random: new Uint8Array(KEY_BYTES).fill(fill) });
}

test.each(["live", "test"] as const)("a %s key can be known by its form, and names its id", (mode) => {
  const { key, keyId } = made(7, mode);

  expect(key).toMatch(new RegExp(`^nk_${mode}_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}$`));
  expect(keyId).toMatch(/^key_[0-9A-Za-z]{16}$/);
  expect(readKeyId(key)).toBe(keyId);
});

test("every random byte of a key counts", () => {
  const bytes = new Uint8Array(KEY_BYTES).fill(7);
  const keys = Array.from(bytes, (_, at) => {
    const random = Uint8Array.from(bytes);
    random[at] = 8;
    return makeApiKey({ mode: "live", now: 0, random }).key;
  });

  expect(new Set(keys).size).toBe(KEY_BYTES);
});

test("ids sort by the time of making", () => {
  const ids = [1, 1_000, 1_700_000_000_000, 1_800_000_000_000].map((now) => made(7, "live", now).keyId);

  expect(ids.toSorted()).toEqual(ids);
});

test("one wrong character anywhere is noticed without a look into the database", () => {
  const { key } = made(9);
  const spoilt = Array.from(
    key,
    (character, at) => `${key.slice(0, at)}${character === "z" ? "y" : "z"}${key.slice(at + 1)}`,
  );

  expect(spoilt.filter((text) => readKeyId(text) !== null)).toEqual([]);
});

test.each(["", "nk_live_", "nk_live_0000000000000000_x", `${made(7).key} `, `${made(7).key}\n`, `x${made(7).key}`])(
  "is no key: %j",
  (text) => {
    expect(readKeyId(text)).toBeNull();
  },
);
