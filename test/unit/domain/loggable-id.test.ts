import { expect, test } from "vitest";
import { loggableId } from "../../../src/domain/loggable-id.ts";

test.each(["acme", "E-1", "42", "shop_7:eu.west", "0f8fad5b-d9cd-469f-a165-70867728950e"])(
  "%s may be shown in a log",
  (id) => {
    expect(loggableId(id)).toBe(id);
  },
);

test.each([
  "+34600111222",
  "34600111222",
  "orders@shop.example",
  "orders%40shop.example",
  "Your order is here",
  "Ihr Paket für Müller",
  "SG.abcdefghijklmnopqrstuv.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq",
  "",
])("%j may not, for it could be something else than an id", (id) => {
  expect(loggableId(id)).toBeNull();
});
