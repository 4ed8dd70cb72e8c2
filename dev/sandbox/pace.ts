import type { PaceName } from "./options.ts";

/** Delays of a pace, all in ms. */
export type Pace = {
  /** Between two steps of a message's life. */
  step: number;
  /** How long SendGrid events are gathered before they are posted in one array. */
  gather: number;
  /** First wait before an event post is repeated; it doubles each time, up to the longest. */
  retry: number;
  retryLongest: number;
  /** How long after the first try an event post is given up. */
  giveUp: number;
};

/**
 * SendGrid repeats event posts at growing intervals for 24 hours
 * (https://docs.sendgrid.com/for-developers/tracking-events/troubleshooting); the intervals are not published.
 */
export const PACES: Readonly<Record<PaceName, Pace>> = {
  fast: { step: 30, gather: 30, retry: 50, retryLongest: 500, giveUp: 60_000 },
  real: { step: 1_500, gather: 3_000, retry: 10_000, retryLongest: 3_600_000, giveUp: 24 * 3_600_000 },
};
