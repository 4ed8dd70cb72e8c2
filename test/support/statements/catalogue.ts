import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import { createStores, type Stores } from "../../../src/stores.ts";
import { capturingDb } from "./capture.ts";
import { ASKING } from "./catalogue-asking.ts";
import { DELIVERING } from "./catalogue-delivering.ts";
import { KEEPING } from "./catalogue-keeping.ts";
import { SWEEPING } from "./catalogue-sweeping.ts";
import type { Entry } from "./entry.ts";
import type { Row } from "./sample.ts";

/**
 * Every method of every store, and the look-ups of the directory and the keyring. A method without its entry is an error of types:
 * say how often it is sent, and by which keys it has to read.
 */
const CATALOGUE = { ...DELIVERING, ...SWEEPING, ...ASKING, ...KEEPING } satisfies {
  [S in keyof Stores]: Record<keyof Stores[S], Entry>;
} & { directory: Record<"find" | "findAll", Entry>; keyring: Record<"read" | "readWithEnterprise", Entry> };

/** Every entry by its name. */
export const ENTRIES: [name: string, Entry][] = Object.entries(CATALOGUE).flatMap(([store, methods]) =>
  Object.entries<Entry>(methods).map(([method, one]): [string, Entry] => [`${store}.${method}`, one]),
);

/** What an entry's method sends when it is asked with these rows; nothing of it is carried out. */
export async function statementsOf({ call }: Entry, rows: Row[]): Promise<string[]> {
  const { db, sent } = capturingDb();
  await call({ stores: createStores(db, DEFAULT_TIMES), db, rows });
  return sent.filter((statement) => !/^(?:BEGIN|COMMIT|ROLLBACK)$/i.test(statement));
}
