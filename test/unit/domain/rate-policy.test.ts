import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readRatePolicies } from "../../../src/domain/rate-policy.ts";

const TOML = readFileSync(join(import.meta.dirname, "../../../wrangler.toml"), "utf8");

test("the policies are read from the header's own form", () => {
  expect(readRatePolicies('"default";q=100;w=60, "failures";q=5;w=10')).toEqual({
    default: { item: '"default";q=100;w=60', windowS: 60 },
    failures: { item: '"failures";q=5;w=10', windowS: 10 },
  });
  expect(readRatePolicies("")).toEqual({});
});

test.each(['"default";q=0;w=10', '"default";q=5;w=30', '"other";q=5;w=10', "default;q=5;w=10", '"default";q=5'])(
  "%s is no policy",
  (header) => {
    expect(readRatePolicies(header)).toBeNull();
  },
);

test("callers are told the numbers that wrangler.toml binds", () => {
  const bound = [...TOML.matchAll(/^name = "(RATE_\w+)"\n.*\nsimple = \{ limit = (\d+), period = (\d+) \}$/gm)];
  const limits = Object.fromEntries(bound.map(([, name = "", q, w]) => [name, `;q=${q};w=${w}`]));
  const told = readRatePolicies(/^RATE_LIMIT_POLICY = '(.*)'$/m.exec(TOML)?.[1] ?? "no");
  expect([told?.default?.item, told?.failures?.item]).toEqual([
    `"default"${limits["RATE_LIMIT"]}`,
    `"failures"${limits["RATE_LIMIT_FAILURES"]}`,
  ]);
});
