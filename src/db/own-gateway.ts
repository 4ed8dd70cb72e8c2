import { sql } from "drizzle-orm";
import { isAdapterName, type AdapterName } from "../domain/adapter-facts.ts";
import type { SealedGateway } from "../domain/credentials.ts";
import type { Db } from "./client.ts";

/** A gateway that is an enterprise's own, by its id; null where it is not there, is everybody's, or has no known adapter. */
export async function findOwnGateway(
  db: Db,
  gatewayId: string,
): Promise<(SealedGateway & { adapter: AdapterName }) | null> {
  const { rows } = await db.execute(sql`
    SELECT gateway_id AS gatewayId, owner_id AS ownerId, adapter, credentials
      FROM gateways WHERE gateway_id = ${gatewayId} AND owner_id <> ''`);
  const [row] = rows as (SealedGateway & { adapter: string })[];
  return row && isAdapterName(row.adapter) ? { ...row, adapter: row.adapter } : null;
}
