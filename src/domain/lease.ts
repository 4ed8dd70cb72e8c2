/** A claim holds its deliveries for this long, in ms, counted by the database's clock. */
export const LEASE_MS = 60_000;

/** Longest time that one provider call may take, from its start to the end of its answer, in ms. */
export const CALL_TIMEOUT_MS = 10_000;

/** A claim's deliveries are called within this time of the claim, in ms; the rest is given back. */
export const CALL_WINDOW_MS = LEASE_MS - CALL_TIMEOUT_MS;
