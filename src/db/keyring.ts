import type { StoredKey } from "../domain/api-key.ts";
import type { Enterprise } from "../domain/directory.ts";
import type { Directory } from "./directory-memory.ts";

/** How long a key counts without being asked for again, in ms: half of what a revocation may take to be heard of. */
const REMEMBERED_MS = 30_000;

/** How long an isolate takes a key for unknown, in ms: wrong keys do not get through to the database each time. */
const UNKNOWN_MS = 5_000;

/** So many of each are remembered: ids that were made up take no room from keys. */
const MAX_ENTRIES = 1_000;

export type Keyring = {
  /** What an isolate remembers of a key: null where there is none that counts, undefined where it has to be read. */
  recall: (keyId: string) => StoredKey | null | undefined;
  /**
   * Reads a key; null: there is none that counts. Those who ask at the same time share one read. With an enterprise,
   * which the request is about, one statement reads both, and the directory gets its half.
   */
  read: (
    keyId: string,
    enterpriseId: string | null,
    keepAlive: (work: Promise<unknown>) => void,
  ) => Promise<StoredKey | null>;
  /** Lets the next one who asks read it anew, after it was changed. */
  forget: (keyId: string) => void;
};

type Reading = {
  key: (keyId: string) => Promise<StoredKey | null>;
  both: (keyId: string, enterpriseId: string) => Promise<{ key: StoredKey | null; enterprise: Enterprise | null }>;
};

/** Puts an isolate's memory in front of the keys. `now` in ms. */
export function createKeyring(reading: Reading, directory: Pick<Directory, "share">, now: () => number): Keyring {
  const keys = new Map<string, { key: StoredKey; until: number }>();
  const unknown = new Map<string, number>();
  const underWay = new Map<string, Promise<StoredKey | null>>();

  function recall(keyId: string): StoredKey | null | undefined {
    const entry = keys.get(keyId);
    if (entry && entry.until > now()) return entry.key;
    return (unknown.get(keyId) ?? 0) > now() ? null : undefined;
  }

  /** Counted from before it was read, so that no revocation waits for longer. */
  function remember(keyId: string, key: StoredKey | null, since: number): void {
    for (const entries of [keys, unknown]) if (entries.size >= MAX_ENTRIES) entries.clear();
    if (key === null) unknown.set(keyId, since + UNKNOWN_MS);
    else keys.set(keyId, { key, until: since + Math.min(REMEMBERED_MS, key.expiresInMs ?? REMEMBERED_MS) });
  }

  function ask(keyId: string, enterpriseId: string | null, keepAlive: (work: Promise<unknown>) => void) {
    if (enterpriseId === null) return reading.key(keyId);
    const both = reading.both(keyId, enterpriseId);
    directory.share(
      enterpriseId,
      both.then(({ enterprise }) => enterprise),
      keepAlive,
    );
    return both.then(({ key }) => key);
  }

  async function readAndRemember(...[keyId, enterpriseId, keepAlive]: Parameters<Keyring["read"]>) {
    const since = now();
    const asked = ask(keyId, enterpriseId, keepAlive);
    underWay.set(keyId, asked);
    try {
      const key = await asked;
      if (underWay.get(keyId) === asked) remember(keyId, key, since);
      return key;
    } finally {
      if (underWay.get(keyId) === asked) underWay.delete(keyId);
    }
  }

  return {
    recall,
    read: (keyId, enterpriseId, keepAlive) => {
      const known = underWay.get(keyId);
      if (known) return known;
      const key = readAndRemember(keyId, enterpriseId, keepAlive);
      keepAlive(key.catch(() => null));
      return key;
    },
    forget: (keyId) => {
      keys.delete(keyId);
      underWay.delete(keyId);
    },
  };
}
