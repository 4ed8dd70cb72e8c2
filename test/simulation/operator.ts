import { AppError } from "../../src/domain/app-error.ts";
import { isOutage } from "../../src/domain/outage.ts";
import type { RedriveFilter } from "../../src/domain/redrive.ts";
import type { Services } from "../../src/services.ts";
import { redrive } from "../../src/usecases/redrive.ts";
import { errorText } from "./error-text.ts";
import type { Isolate, Isolates } from "./isolates.ts";
import type { MemoryDatabase } from "./memory/tables.ts";
import { wantsResend } from "./town.ts";
import type { Violations } from "./violations.ts";

type Setting = {
  isolates: Isolates;
  database: MemoryDatabase;
  violations: Violations;
  servicesOf: (isolate: Isolate, door: "http") => Services;
};

/** Plays an operator who redrives what failed. */
export function createOperator({ isolates, database, violations, servicesOf }: Setting) {
  const sentAgain = countSentAgain(database);

  /** Redrives, or tries to: an answer that gets lost is nobody's business here. */
  function order(state: RedriveFilter["state"], maySendTwice: boolean): void {
    const isolate = isolates.pick();
    const whatever = { enterpriseId: null, shipmentId: null, channelId: null, gatewayId: null };
    const filter = {
      ...whatever,
      state,
      code: null,
      providerCode: null,
      settledFrom: 0,
      settledTo: null,
      maySendTwice,
    };
    isolates.within(isolate, () => {
      redrive(servicesOf(isolate, "http"), { filter, dryRun: false, expected: 1_000, perSecond: 5 }).catch(
        (error: unknown) => {
          if (isOutage(error) || error instanceof AppError) return;
          violations.report("I10", `a redrive failed with ${errorText(error)}`);
        },
      );
    });
  }

  return { order, sentAgain };
}

/** Counts, by delivery, the moves by which an operator or an enterprise chooses to send what may have been sent. */
function countSentAgain(database: MemoryDatabase): Map<string, number> {
  const counts = new Map<string, number>();
  const doubtful = new Set<string>();
  database.watchers.push((row, from) => {
    const isOrdered = from === "unconfirmed" || (from === "failed" && doubtful.has(row.deliveryId));
    const isWished = from === "unknown" && wantsResend(row.enterpriseId);
    if (row.state === "retrying" && (isOrdered || isWished)) {
      counts.set(row.deliveryId, (counts.get(row.deliveryId) ?? 0) + 1);
    }
    if (row.code === "dropped") doubtful.add(row.deliveryId);
  });
  return counts;
}
