/** The header by which a request to the database is known to be the Worker's own, and not its test's. */
export const SENT_BY_WORKER = "x-sent-by-worker";
