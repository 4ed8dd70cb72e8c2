import { expect, test } from "vitest";
import { interleave } from "../../../bench/interleave.ts";

test("contenders take turns, and the first round only warms up", async () => {
  const played: string[] = [];
  const turn = (name: string) => async () => `${name}${played.push(name)}`;
  const results = await interleave(2, { ours: turn("a"), theirs: turn("b") });
  expect(played.join(" ")).toBe("a b a b a b");
  expect(results).toEqual({ ours: ["a3", "a5"], theirs: ["b4", "b6"] });
});
