import { expect, test, vi } from "vitest";
import { createKeyring } from "../../../src/db/keyring.ts";
import type { StoredKey } from "../../../src/domain/api-key.ts";

const KEY: StoredKey = {
  digest: "d",
  caller: { keyId: "key_1", mode: "live", scopes: ["send"], enterpriseId: null },
  expiresInMs: null,
  isUseOld: false,
};

/** A keyring whose clock stands still until it is moved. */
function keyring(found: () => Promise<StoredKey | null>) {
  let now = 1_000;
  const key = vi.fn(found);
  const both = vi.fn(async () => ({ key: await found(), enterprise: null }));
  const share = vi.fn((_: string, reading: Promise<unknown>) => void reading.catch(() => null));
  const kept = createKeyring({ key, both }, { share }, () => now);
  const read = (id: string, enterpriseId: string | null = null) => kept.read(id, enterpriseId, () => undefined);
  return { ...kept, read, key, both, share, pass: (ms: number) => (now += ms) };
}

test("a key is remembered for half a minute, and then asked for again", async () => {
  const ring = keyring(async () => KEY);
  await ring.read("key_1");

  expect(ring.recall("key_1")).toBe(KEY);
  ring.pass(29_999);
  expect(ring.recall("key_1")).toBe(KEY);
  ring.pass(1);
  expect(ring.recall("key_1")).toBeUndefined();
});

test("a key is not remembered beyond its expiry", async () => {
  const ring = keyring(async () => ({ ...KEY, expiresInMs: 2_000 }));
  await ring.read("key_1");
  ring.pass(2_000);

  expect(ring.recall("key_1")).toBeUndefined();
});

test("the half minute counts from before the key was read", async () => {
  const slow = Promise.withResolvers<StoredKey>();
  const ring = keyring(() => slow.promise);
  const reading = ring.read("key_1");
  ring.pass(10_000);
  slow.resolve(KEY);
  await reading;
  ring.pass(20_000);

  expect(ring.recall("key_1")).toBeUndefined();
});

test("an unknown key is asked for again after five seconds", async () => {
  const ring = keyring(async () => null);
  await ring.read("key_1");

  expect(ring.recall("key_1")).toBeNull();
  ring.pass(5_000);
  expect(ring.recall("key_1")).toBeUndefined();
});

test("those who ask at the same time share one read", async () => {
  const ring = keyring(async () => KEY);
  await Promise.all([ring.read("key_1"), ring.read("key_1"), ring.read("key_1", "acme")]);

  expect(ring.key).toHaveBeenCalledTimes(1);
  expect(ring.both).not.toHaveBeenCalled();
});

test("with an enterprise both are read at once, and the directory gets its half", async () => {
  const ring = keyring(async () => KEY);

  expect(await ring.read("key_1", "acme")).toBe(KEY);
  expect(ring.both).toHaveBeenCalledExactlyOnceWith("key_1", "acme");
  expect(ring.share).toHaveBeenCalledExactlyOnceWith("acme", expect.any(Promise), expect.any(Function));
});

test("a read that failed is not remembered", async () => {
  let isDown = true;
  const ring = keyring(async () => {
    if (isDown) throw new Error("down");
    return KEY;
  });
  await expect(ring.read("key_1")).rejects.toThrow("down");
  isDown = false;

  expect(ring.recall("key_1")).toBeUndefined();
  expect(await ring.read("key_1")).toBe(KEY);
});

test("a key that was forgotten while it was read is not remembered as it was", async () => {
  const slow = Promise.withResolvers<StoredKey>();
  const ring = keyring(() => slow.promise);
  const reading = ring.read("key_1");
  ring.forget("key_1");
  slow.resolve(KEY);
  await reading;

  expect(ring.recall("key_1")).toBeUndefined();
});

test("ids that are made up do not push out keys", async () => {
  const ring = keyring(async () => null);
  const known = keyring(async () => KEY);
  await known.read("key_1");
  for (let number = 0; number < 1_500; number += 1) await ring.read(`key_${number}`);

  expect(known.recall("key_1")).toBe(KEY);
  expect(ring.recall("key_1499")).toBeNull();
});
