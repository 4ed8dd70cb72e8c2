import type { SendOutcome } from "../domain/send-outcome.ts";

/** The outcome of a send that was never tried because a setting is missing; `what` names it, not its value. */
export function notConfigured(what: string): SendOutcome {
  return { kind: "misconfigured", gatewayWide: true, code: "not_configured", reason: `${what} is not configured` };
}
