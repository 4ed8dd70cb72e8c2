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
  find: (enterpriseId: string, keepAlive: KeepAlive) => Promise<Enterprise | null>;
  /** Many of them likewise, by their ids: those that are not remembered are read together. */
  findAll: (enterpriseIds: string[], keepAlive: KeepAlive) => Promise<Map<string, Enterprise | null>>;
  /** Takes what somebody else reads of an enterprise as its own read, unless it knows that enterprise. */
  share: (enterpriseId: string, reading: Promise<Enterprise | null>, keepAlive: KeepAlive) => void;
};

type KeepAlive = (work: Promise<unknown>) => void;

type Entry = { loading: Promise<Enterprise | null>; until: number };

/** Puts an isolate's memory in front of a read of one and of a read of many. `now` in ms. */
export function createDirectory(
  load: (enterpriseId: string) => Promise<Enterprise | null>,
  loadAll: (enterpriseIds: string[]) => Promise<ReadonlyMap<string, Enterprise | null>>,
  now: () => number,
): Directory {
  const entries = new Map<string, Entry>();

  async function read(enterpriseId: string, reading: Promise<Enterprise | null>): Promise<Enterprise | null> {
    let remember = false;
    try {
      const enterprise = await reading;
      remember = enterprise !== null && enterprise.isSubscribed && enterprise.channels.length > 0;
      return enterprise;
    } finally {
      if (!remember) entries.delete(enterpriseId);
    }
  }

  function known(enterpriseId: string): Promise<Enterprise | null> | undefined {
    const entry = entries.get(enterpriseId);
    return entry && entry.until > now() ? entry.loading : undefined;
  }

  function start(
    enterpriseId: string,
    reading: Promise<Enterprise | null>,
    keepAlive: KeepAlive,
  ): Promise<Enterprise | null> {
    if (entries.size >= MAX_ENTRIES) entries.clear();
    const loading = read(enterpriseId, reading);
    entries.set(enterpriseId, { loading, until: now() + REMEMBERED_MS });
    keepAlive(loading.catch(() => null));
    return loading;
  }

  return {
    find: async (enterpriseId, keepAlive) => known(enterpriseId) ?? start(enterpriseId, load(enterpriseId), keepAlive),
    share: (enterpriseId, reading, keepAlive) => {
      const shared = known(enterpriseId) ? reading : start(enterpriseId, reading, keepAlive);
      // Who wants it will hear of its failure; it is nobody's if nobody does.
      shared.catch(() => null);
    },
    findAll: async (enterpriseIds, keepAlive) => {
      const missing = enterpriseIds.filter((id) => known(id) === undefined);
      const reading = missing.length === 0 ? NOTHING : loadAll(missing.toSorted());
      const oneOf = (id: string) => reading.then((all) => all.get(id) ?? null);
      const find = async (id: string) => known(id) ?? start(id, oneOf(id), () => undefined);
      const found = Promise.all(
        enterpriseIds.map(async (id): Promise<[string, Enterprise | null]> => [id, await find(id)]),
      );
      keepAlive(found.catch(() => null));
      return new Map(await found);
    },
  };
}

const NOTHING: Promise<ReadonlyMap<string, Enterprise | null>> = Promise.resolve(new Map());
