import { expect, it } from "vitest";
import { sentence } from "../../../src/domain/sentence.ts";

it.for([
  ["not a mobile number", "Not a mobile number."],
  ["The channel is closed.", "The channel is closed."],
  ["really?", "Really?"],
])("writes the reason %j as the sentence %j", ([reason, written]) => {
  expect(sentence(reason ?? "")).toBe(written);
});
