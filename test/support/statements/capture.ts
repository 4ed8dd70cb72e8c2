import { createDb, type Db } from "../../../src/db/client.ts";

/**
 * A database that keeps the statements as the driver sends them and answers that there is nothing: what would be
 * sent can be looked at without being done.
 */
export function capturingDb(): { db: Db; sent: string[] } {
  const sent: string[] = [];
  const keep: typeof fetch = async (input, init) => {
    sent.push(((await new Request(input, init).json()) as { query: string }).query);
    return Response.json({ session: null, result: { rowsAffected: "0", fields: [], rows: [] }, timing: 0 });
  };
  return { db: createDb({ databaseUrl: "http://user:password@database.test", timeoutMs: 1_000, fetch: keep }), sent };
}
