import { expect, test } from "vitest";
import { rawSignatureFromDer } from "../../../src/gateways/sendgrid/der-signature.ts";

const FULL = Array.from({ length: 32 }, (_, index) => 0x11 + index);
const HIGH = [0x80, ...FULL.slice(1)];

function integer(...bytes: number[]): number[] {
  return [0x02, bytes.length, ...bytes];
}

function sequence(...content: number[]): Uint8Array {
  return new Uint8Array([0x30, content.length, ...content]);
}

function padded(...bytes: number[]): number[] {
  return [...Array.from({ length: 32 - bytes.length }, () => 0), ...bytes];
}

test.each([
  ["32 bytes each", [FULL, FULL], [...FULL, ...FULL]],
  [
    "a zero before a high first bit",
    [
      [0, ...HIGH],
      [0, ...HIGH],
    ],
    [...HIGH, ...HIGH],
  ],
  ["a short r", [[7], FULL], [...padded(7), ...FULL]],
  ["a short s", [FULL, [1, 2, 3]], [...FULL, ...padded(1, 2, 3)]],
  ["a short one with a high first bit", [[0, 0x90, 1], FULL], [...padded(0x90, 1), ...FULL]],
  ["zero", [[0], FULL], [...padded(), ...FULL]],
])("becomes r and s of 32 bytes: %s", (_what, [r = [], s = []], expected) => {
  const raw = rawSignatureFromDer(sequence(...integer(...r), ...integer(...s)));

  expect(Array.from(raw ?? [])).toEqual(expected);
});

test.each([
  ["nothing", new Uint8Array()],
  ["one byte", new Uint8Array([0x30])],
  ["another tag", new Uint8Array([0x31, ...sequence(...integer(1), ...integer(1)).subarray(1)])],
  ["a length that lies", new Uint8Array([0x30, 9, ...integer(1), ...integer(1)])],
  ["only r", sequence(...integer(1))],
  ["an integer that runs over the end", sequence(...integer(1), 0x02, 5, 1)],
  ["an empty integer", sequence(...integer(), ...integer(1))],
  ["another type than an integer", sequence(...integer(1), 0x03, 1, 1)],
  ["an integer of 33 bytes", sequence(...integer(1, ...FULL), ...integer(1))],
  ["bytes after the end", sequence(...integer(1), ...integer(1), 0)],
])("is no signature: %s", (_what, der) => {
  expect(rawSignatureFromDer(der)).toBeNull();
});
