import { KEY_BYTES, makeApiKey } from "../../src/domain/api-key.ts";

/** A key that may do everything, in the database of the tests that run inside workerd. */
export const ADMIN_KEY = makeApiKey({
  mode: "live",
  now: Date.UTC(2026, 0, 1),
  random: new Uint8Array(KEY_BYTES).fill(7),
}).key;
