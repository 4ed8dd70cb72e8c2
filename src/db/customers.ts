import { sql } from "drizzle-orm";
import type { AuditEntry } from "../domain/audit-entry.ts";
import type { Customer, CustomerChanges } from "../domain/customer.ts";
import type { Page, PageOf } from "../domain/page-cursor.ts";
import { readPolicy } from "../domain/reconciliation.ts";
import { audited } from "./audited.ts";
import type { Db } from "./client.ts";
import { changeRow, findRow, insertRow, pageOfRows, type Columns, type Kept } from "./kept-rows.ts";
import { utcNow } from "./time.ts";
import { isTrue } from "./truth.ts";

const CUSTOMERS: Kept = {
  table: "customers",
  key: ["enterprise_id"],
  changeable: ["is_subscribed", "phone", "email", "locale", "time_zone", "ambiguity_policy"],
};

/** The customers that operators keep. */
export function createCustomers(db: Db) {
  return {
    find: async (enterpriseId: string): Promise<Customer | null> =>
      toCustomer(await findRow(db, CUSTOMERS, { enterprise_id: enterpriseId })),
    /** In the order of their ids; `filter` names the only one that is asked for, or none. */
    page: async ({ filter, ...page }: PageOf<{ enterpriseId: string | null }>): Promise<Page<Customer>> => {
      const only = filter.enterpriseId === null ? [] : [sql`enterprise_id = ${filter.enterpriseId}`];
      const { rows, next } = await pageOfRows(db, CUSTOMERS, page, only);
      return { rows: rows.map((row) => toCustomer(row)), next };
    },
    insert: (customer: Customer, entry: AuditEntry) => insertRow(db, CUSTOMERS, customer, entry),
    change: async (enterpriseId: string, changes: CustomerChanges, entry: AuditEntry): Promise<Customer | null> => {
      const row = await changeRow(db, CUSTOMERS, { enterprise_id: enterpriseId }, changes, entry);
      if (row === "duplicate") throw new Error("A change of a customer was refused, though nothing of it is unique.");
      return toCustomer(row);
    },
    /** With its subscriptions and its keys, lest one of that name who comes later inherits them. Opt-outs stay. */
    remove: (enterpriseId: string, entry: AuditEntry): Promise<boolean> =>
      audited(db, entry, async (within) => {
        const { rowsAffected } = await within.execute(sql`DELETE FROM customers WHERE enterprise_id = ${enterpriseId}`);
        await within.execute(sql`DELETE FROM subscriptions WHERE enterprise_id = ${enterpriseId}`);
        await within.execute(sql`
          UPDATE api_keys SET revoked_at = ${utcNow} WHERE owner_id = ${enterpriseId} AND revoked_at IS NULL`);
        return rowsAffected > 0;
      }),
  };
}

function toCustomer(row: Columns): Customer;
function toCustomer(row: Columns | null): Customer | null;
function toCustomer(row: Columns | null): Customer | null {
  if (row === null) return null;
  const stored = row as Omit<Customer, "is_subscribed" | "ambiguity_policy"> & {
    is_subscribed: number;
    ambiguity_policy: string;
  };
  return {
    ...stored,
    is_subscribed: isTrue(stored.is_subscribed),
    ambiguity_policy: readPolicy(stored.ambiguity_policy),
  };
}
