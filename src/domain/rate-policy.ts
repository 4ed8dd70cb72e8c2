/** One limit: its item of the header `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers), and its window in seconds. */
export type RatePolicy = { item: string; windowS: number };

/** `default` is of each key; `failures` of each address from which keys come that let nobody in. */
export type RatePolicies = Partial<Record<"default" | "failures", RatePolicy>>;

const POLICIES = /^"(default|failures)";q=[1-9]\d*;w=(10|60)$/;

/** Reads `"default";q=5000;w=10, "failures";q=20;w=10`: at most q requests in w seconds. Null where that is not its form. */
export function readRatePolicies(header: string): RatePolicies | null {
  const policies: RatePolicies = {};
  for (const item of header.split(",").map((part) => part.trim())) {
    const [, name, windowS] = POLICIES.exec(item) ?? [];
    if (name !== "default" && name !== "failures") return item === "" ? policies : null;
    policies[name] = { item, windowS: Number(windowS) };
  }
  return policies;
}
