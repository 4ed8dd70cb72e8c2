import { sql, type SQL } from "drizzle-orm";
import { OWN_ACCOUNT } from "../domain/credentials.ts";

/** The account that a gateway, by the alias of its table, sends through: that of the configuration, or its own. */
export function accountOf(alias: string): SQL {
  return sql.raw(`IF(${alias}.owner_id = '', ${alias}.account, CONCAT('${OWN_ACCOUNT}', ${alias}.gateway_id))`);
}
