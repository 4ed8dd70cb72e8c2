import type { Context } from "hono";
import { AppError } from "../domain/app-error.ts";
import type { Scope } from "../domain/caller.ts";
import type { RatePolicy } from "../domain/rate-policy.ts";
import { authenticate } from "./auth.ts";
import type { Door, Route } from "./door.ts";

/** So many addresses are kept out at once by one isolate; beyond that all are forgotten and have to fail anew. */
const MAX_KEPT_OUT = 1_000;

/**
 * Lets in who has a key of the scope and keeps to its limit. Throws what `authenticate` throws, and AppError `rate_limited`:
 * for a key that asks too often, and for whoever comes from where too many came in vain, whatever key it brings then, so that
 * guessing is slow and asks the database nothing. Where no limits are bound, there are none.
 */
export async function letIn(c: Context<Door>, scope: Scope, enterpriseOf: Route["enterpriseOf"]): Promise<void> {
  refuseKeptOut(c);
  try {
    await authenticate(c, scope, enterpriseOf);
  } catch (error) {
    if (error instanceof AppError && error.code === "unauthorized") await countFailure(c);
    throw error;
  }
  const { rateLimits, config } = c.get("services");
  const policy = config.RATE_LIMIT_POLICY.default;
  if (rateLimits.keys === undefined || policy === undefined) return;
  c.set("ratePolicy", policy.item);
  const { success } = await rateLimits.keys.limit({ key: c.get("caller").keyId });
  if (!success) throw tooMany(policy, "This key has sent too many requests.");
}

function refuseKeptOut(c: Context<Door>): void {
  const { keptOut, clock, config } = c.get("services");
  const policy = config.RATE_LIMIT_POLICY.failures;
  if (policy === undefined || keptOut.size === 0 || (keptOut.get(sourceOf(c) ?? "") ?? 0) <= clock.now()) return;
  throw tooMany(policy, "Too many requests without a valid key came from this address.");
}

/** The address is counted where Cloudflare tells it: of what another proxy says, anybody could say anything. */
async function countFailure(c: Context<Door>): Promise<void> {
  const { keptOut, clock, config, rateLimits } = c.get("services");
  const policy = config.RATE_LIMIT_POLICY.failures;
  const source = sourceOf(c);
  if (rateLimits.failures === undefined || policy === undefined || source === null) return;
  const { success } = await rateLimits.failures.limit({ key: source });
  if (success) return;
  if (keptOut.size >= MAX_KEPT_OUT) keptOut.clear();
  keptOut.set(source, clock.now() + policy.windowS * 1000);
  throw tooMany(policy, "Too many requests without a valid key came from this address.");
}

/** Who has IPv6 has at least the 2^64 addresses that begin alike. */
function sourceOf(c: Context<Door>): string | null {
  const address = c.req.header("CF-Connecting-IP");
  return address === undefined ? null : address.split(":", 4).join(":");
}

function tooMany({ item, windowS }: RatePolicy, detail: string): AppError {
  return new AppError("rate_limited", `${detail} Wait ${windowS} seconds.`, {
    headers: { "Retry-After": String(windowS), "RateLimit-Policy": item },
  });
}
