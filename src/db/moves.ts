import { sql, type SQL } from "drizzle-orm";
import type { ClaimedDelivery, ResultStep } from "../domain/delivery-result.ts";
import type { Times } from "../domain/times.ts";
import { afterMs, utcNow } from "./time.ts";

/** What a delivery's row becomes. */
export type Move = {
  state: string;
  code: string | null;
  dueAt: SQL;
  ringAt: SQL | null;
  lane: string | null;
  holdUntil: SQL | null;
  lookAt: SQL | null;
  settledAt: SQL | null;
};

/** Equal steps share one move, so that the statement says once what most deliveries of a batch have in common. */
export function movesBySteps(times: Times) {
  const known = new Map<string, Move>();
  return (step: ResultStep, { wasTried }: ClaimedDelivery): Move => {
    const key = JSON.stringify([step, wasTried]);
    const move = known.get(key) ?? moveBy(step, wasTried, times);
    known.set(key, move);
    return move;
  };
}

function moveBy(step: ResultStep, wasTried: boolean, times: Times): Move {
  const still: Move = {
    state: step.state,
    code: "code" in step ? step.code : null,
    dueAt: utcNow,
    ringAt: null,
    lane: null,
    holdUntil: null,
    lookAt: null,
    settledAt: null,
  };
  switch (step.state) {
    case "sent":
      return { ...still, lookAt: afterMs(times.receiptLate) };
    case "failed":
    case "skipped":
      return { ...still, settledAt: utcNow };
    case "skip_logged":
      return { ...still, state: "skipped", settledAt: sql`settled_at`, dueAt: sql`due_at` };
    case "unknown":
      return { ...still, holdUntil: afterMs(times.hold), lookAt: afterLease(times.lookAgain) };
    case "retrying":
      return {
        ...still,
        lane: step.lane,
        dueAt: afterMs(step.delayMs),
        ringAt: afterMs(step.delayMs + times.silentAfter),
      };
    case "given_back":
      return {
        ...still,
        state: wasTried ? "retrying" : "queued",
        dueAt: afterMs(step.delayMs),
        ringAt: afterMs(step.delayMs + times.silentAfter),
      };
  }
}

/**
 * `ms` after the lease ends, or has ended: until then somebody may still be calling. A record that is repeated
 * finds the lease gone, and does not bring forward what it said the first time.
 */
function afterLease(ms: number): SQL {
  const after = sql`COALESCE(GREATEST(lease_until, ${utcNow}), ${utcNow}) + INTERVAL ${ms * 1000} MICROSECOND`;
  return sql`GREATEST(${after}, COALESCE(look_at, ${utcNow}))`;
}
