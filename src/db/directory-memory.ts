import type { Enterprise } from "../domain/directory.ts";

/** How long an enterprise is answered from an isolate's memory, in ms. */
const REMEMBERED_MS = 5_000;

/** Enough for the enterprises that one isolate serves within five seconds. */
const MAX_ENTRIES = 10_000;

export type Directory = {
  /**
   * The enterprise, from memory if it was read in the last five seconds. Callers that ask at the same time
   * share one read. Only what can be served is remembered: unknown, unsubscribed or channel-less ones are
   * read anew each time. `keepAlive` keeps the read going when the request that started it goes away.
   */
  find: (enterpriseId: string, keepAlive: (work: Promise<unknown>) => void) => Promise<Enterprise | null>;
};

type Entry = { loading: Promise<Enterprise | null>; until: number };

/** Puts an isolate's memory in front of `load`. `now` in ms. */
export function createDirectory(
  load: (enterpriseId: string) => Promise<Enterprise | null>,
  now: () => number,
): Directory {
  const entries = new Map<string, Entry>();

  async function read(enterpriseId: string): Promise<Enterprise | null> {
    let remember = false;
    try {
      const enterprise = await load(enterpriseId);
      remember = enterprise !== null && enterprise.isSubscribed && enterprise.channels.length > 0;
      return enterprise;
    } finally {
      if (!remember) entries.delete(enterpriseId);
    }
  }

  return {
    find: async (enterpriseId, keepAlive) => {
      const known = entries.get(enterpriseId);
      if (known && known.until > now()) return known.loading;
      if (entries.size >= MAX_ENTRIES) entries.clear();
      const loading = read(enterpriseId);
      entries.set(enterpriseId, { loading, until: now() + REMEMBERED_MS });
      keepAlive(loading.catch(() => null));
      return loading;
    },
  };
}
