import type { AcceptedUpdate } from "../../src/domain/accepted-update.ts";
import { AppError } from "../../src/domain/app-error.ts";
import { isOutage } from "../../src/domain/outage.ts";
import type { OrderUpdate } from "../../src/domain/order-update.ts";
import type { Services } from "../../src/services.ts";
import { acceptOrderUpdate } from "../../src/usecases/accept-order-update.ts";
import { acceptOrderUpdates, type UpdateAnswer } from "../../src/usecases/accept-order-updates.ts";
import { errorText } from "./error-text.ts";
import type { Isolate, Isolates } from "./isolates.ts";
import type { MemoryDatabase } from "./memory/tables.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Violations } from "./violations.ts";

/** One post as its client remembers it. `answer` is null until one came. */
export type Post = {
  update: OrderUpdate;
  idempotencyKey: string | null;
  answer: { kind: "accepted"; accepted: AcceptedUpdate } | { kind: "refused"; code: string } | null;
};

type Setting = {
  scheduler: Scheduler;
  isolates: Isolates;
  database: MemoryDatabase;
  violations: Violations;
  trace: (line: string) => void;
  servicesOf: (isolate: Isolate, door: "http") => Services;
};

/** A client waits this long for an answer, and this long before it asks again, in ms. */
const PATIENCE_MS = 8_000;
const AGAIN_MS = 3_000;

/** Plays clients: each post is repeated until it has an answer, and everything is remembered. */
export function createClients({ scheduler, isolates, database, violations, trace, servicesOf }: Setting) {
  const history: Post[] = [];

  function post(update: OrderUpdate, idempotencyKey: string | null): Post {
    const [entry] = remember([{ update, idempotencyKey }]);
    tryOnce([entry as Post]);
    return entry as Post;
  }

  /** Posts an array of updates. */
  function postTogether(updates: Omit<Post, "answer">[]): void {
    tryOnce(remember(updates));
  }

  function remember(updates: Omit<Post, "answer">[]): Post[] {
    const entries = updates.map((one): Post => ({ ...one, answer: null }));
    history.push(...entries);
    return entries;
  }

  function tryOnce(entries: Post[]): void {
    const isolate = isolates.pick();
    let isOpen = true;
    const again = () => {
      if (!isOpen) return;
      isOpen = false;
      scheduler.after(AGAIN_MS, () => tryOnce(entries));
    };
    isolate.mourners.push(again);
    scheduler.after(PATIENCE_MS, again);
    const answer = (answers: UpdateAnswer[]) => {
      if (!isOpen) return;
      if (answers.some((one) => one instanceof AppError && one.code === "database_unavailable")) return again();
      isOpen = false;
      for (const [index, what] of answers.entries()) (entries[index] as Post).answer = toAnswer(what);
      for (const what of answers) if (!(what instanceof AppError)) checkStored(what);
    };
    isolates.within(isolate, () => {
      ask(servicesOf(isolate, "http"), entries).then(answer, (error: unknown) => {
        if (error instanceof AppError) return answer([error]);
        if (!isOutage(error)) violations.report("I10", `POST failed with ${errorText(error)}`);
        again();
      });
    });
  }

  /** At the very moment of the answer, what it promises must be in the database. */
  function checkStored({ updateId, deliveries }: AcceptedUpdate): void {
    trace(`client is told ${updateId} with ${deliveries.map((one) => one.deliveryId).join(" ")}`);
    for (const { deliveryId } of deliveries) {
      if (database.deliveries.get(deliveryId)?.updateId !== updateId) {
        violations.report("I1", `${deliveryId} of ${updateId} was promised, but is not stored`);
      }
    }
  }

  return { history, post, postTogether };
}

async function ask(services: Services, entries: Post[]): Promise<UpdateAnswer[]> {
  const [first, second] = entries;
  if (first && !second) return [await acceptOrderUpdate(services, first.update, first.idempotencyKey)];
  return acceptOrderUpdates(services, entries);
}

function toAnswer(what: UpdateAnswer): NonNullable<Post["answer"]> {
  return what instanceof AppError ? { kind: "refused", code: what.code } : { kind: "accepted", accepted: what };
}
