import { index, mysqlTable, varchar } from "drizzle-orm/mysql-core";
import { appId, instant, word } from "./columns.ts";

// Tables that plain SQL alone speaks of: apart, so that the Worker does not load them.

/** Every change of a gateway's health, with its reason in words. */
export const gatewayChanges = mysqlTable(
  "gateway_changes",
  {
    changeId: appId("change_id").primaryKey(),
    gatewayId: appId("gateway_id").notNull(),
    health: word("health").notNull(),
    reason: varchar("reason", { length: 500 }).notNull(),
    changedAt: instant("changed_at").notNull(),
  },
  (table) => [
    index("gateway_changes_gateway").on(table.gatewayId, table.changedAt),
    index("gateway_changes_time").on(table.changedAt),
  ],
);

/** How far the search for content that is to be blanked has come, as an id of `deliveries`: one row for each round. */
export const blankingMarks = mysqlTable("blanking_marks", {
  round: word("round").primaryKey(),
  reached: appId("reached").notNull(),
});
