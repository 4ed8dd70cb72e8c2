import { AsyncLocalStorage } from "node:async_hooks";
import type { LogFields } from "./log.ts";

/** One request, batch or cron run: the ids that its log lines share, and how many statements it has sent so far. */
type Invocation = { readonly ids: LogFields; statements: number };

const current = new AsyncLocalStorage<Invocation>();

/** Does `work`; all that comes of it, deferred work included, belongs to one invocation with these ids. */
export function within<T>(ids: LogFields, work: () => T): T {
  return current.run({ ids, statements: 0 }, work);
}

/** The ids of the invocation that whoever asks belongs to. */
export function idsNow(): LogFields {
  return current.getStore()?.ids ?? {};
}

/** How many statements the invocation that whoever asks belongs to has sent so far. */
export function statementsNow(): number {
  return current.getStore()?.statements ?? 0;
}

export function countStatement(): void {
  const invocation = current.getStore();
  if (invocation !== undefined) invocation.statements += 1;
}
