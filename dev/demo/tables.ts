import { Client } from "@planetscale/database";
import { asc, eq, sql } from "drizzle-orm";
import { drizzle, type PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import { attempts, deliveries, logs, logsFailure } from "../../src/db/schema-deliveries.ts";
import { gateways, subscriptions } from "../../src/db/schema.ts";
import { END_STATES } from "./endings.ts";

export type Tables = {
  deliveries: DeliveryRow[];
  attempts: (typeof attempts.$inferSelect)[];
  logs: (typeof logs.$inferSelect)[];
  logsFailure: (typeof logsFailure.$inferSelect)[];
};

export type DeliveryRow = typeof deliveries.$inferSelect;

/** The database as the demo looks at it, through the same HTTP protocol as the Worker. */
export type DemoDatabase = {
  /** All rows, deliveries in the order of their acceptance. */
  readTables: () => Promise<Tables>;
  readDeliveries: (updateId?: string) => Promise<DeliveryRow[]>;
  disableGateway: (gatewayName: string) => Promise<void>;
  disableSubscriptions: (enterpriseId: string) => Promise<void>;
  /** Moves all instants of an update's rows back by `hours`. */
  setClockBack: (updateId: string, hours: number) => Promise<void>;
};

/** `url`: of the bridge. */
export function openDemoDatabase(url: string): DemoDatabase {
  const db = drizzle(new Client({ url }));
  return {
    readTables: async () => ({
      deliveries: await readDeliveries(db),
      attempts: await db.select().from(attempts).orderBy(asc(attempts.startedAt), asc(attempts.attemptId)),
      logs: await db.select().from(logs).orderBy(asc(logs.notifyTime), asc(logs.attemptId)),
      logsFailure: await db
        .select()
        .from(logsFailure)
        .orderBy(asc(logsFailure.notifyTime), asc(logsFailure.deliveryId)),
    }),
    readDeliveries: (updateId) => readDeliveries(db, updateId),
    disableGateway: async (gatewayName) => {
      await db.update(gateways).set({ enabled: false }).where(eq(gateways.gatewayName, gatewayName));
    },
    disableSubscriptions: async (enterpriseId) => {
      await db.update(subscriptions).set({ enabled: false }).where(eq(subscriptions.enterpriseId, enterpriseId));
    },
    setClockBack: async (updateId, hours) => {
      const back = (column: string) => sql`${sql.raw(column)} - INTERVAL ${hours} HOUR`;
      await db
        .update(deliveries)
        .set({
          acceptedAt: back("accepted_at"),
          expiresAt: back("expires_at"),
          dueAt: back("due_at"),
          ringAt: back("ring_at"),
          holdUntil: back("hold_until"),
        })
        .where(eq(deliveries.updateId, updateId));
    },
  };
}

/** Whether nothing more is expected of a row: it has ended, and the sweep has nobody to tell about it. */
export function hasEnded({ state, ringAt }: DeliveryRow): boolean {
  return END_STATES.some((end) => end === state) && ringAt === null;
}

function readDeliveries(db: PlanetScaleDatabase, updateId?: string): Promise<DeliveryRow[]> {
  return db
    .select()
    .from(deliveries)
    .where(updateId === undefined ? undefined : eq(deliveries.updateId, updateId))
    .orderBy(asc(deliveries.deliveryId));
}
