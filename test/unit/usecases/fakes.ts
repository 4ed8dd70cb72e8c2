import { vi } from "vitest";
import type { Clock } from "../../../src/clock.ts";
import { rowsOf, type NewUpdate } from "../../../src/domain/new-update.ts";
import type { Bell } from "../../../src/domain/bell.ts";
import type { Enterprise } from "../../../src/domain/directory.ts";
import type { StoredDelivery } from "../../../src/domain/original.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import type { Ids } from "../../../src/ids.ts";
import type { Log, LogFields } from "../../../src/log.ts";
import { createBellGathering } from "../../../src/queue/bell-gathering.ts";
import type { Services } from "../../../src/services.ts";

/** A log that keeps what it is told. */
export function fakeLog(): Log & { lines: { event: string; error?: unknown; fields: LogFields }[] } {
  const lines: { event: string; error?: unknown; fields: LogFields }[] = [];
  return {
    lines,
    info: (event, fields = {}) => lines.push({ event, fields }),
    error: (event, error, fields = {}) => lines.push({ event, error, fields }),
  };
}

/** Queues that keep their bells; while `failure` is set they take none. */
export function fakeBells(): Services["bells"] & { rung: Bell[]; failure: Error | null } {
  const bells = {
    rung: [] as Bell[],
    failure: null as Error | null,
    ring: async (more: Bell[]) => {
      if (bells.failure) throw bells.failure;
      bells.rung.push(...more);
    },
  };
  return bells;
}

/** Tables in which nothing is old. */
export function nothingOld() {
  return {
    findOld: vi.fn<Services["purging"]["findOld"]>(async () => []),
    remove: vi.fn<Services["purging"]["remove"]>(async () => 0),
    mark: vi.fn<Services["purging"]["mark"]>(async () => ""),
    moveMark: vi.fn<Services["purging"]["moveMark"]>(async () => undefined),
    readContent: vi.fn<Services["purging"]["readContent"]>(async () => []),
  };
}

export function countingIds(): Ids {
  let count = 0;
  return { next: (prefix) => `${prefix}_${++count}` };
}

/** A clock whose timers end at once, and move it. `waits` in ms, as they were asked for. */
export function hastyClock(): Clock & { waits: number[] } {
  const waits: number[] = [];
  let now = Date.UTC(2026, 5, 15, 12);
  return {
    waits,
    now: () => now,
    timer: (ms) => {
      waits.push(ms);
      now += ms;
      return { elapsed: Promise.resolve(), cancel: () => undefined };
    },
  };
}

/** A clock for work that runs side by side: timers end in their order, each once all other work waits for one. */
export function orderlyClock(): Clock & { waits: number[] } {
  const waits: number[] = [];
  const running = new Map<() => void, number>();
  let now = Date.UTC(2026, 5, 15, 12);
  const endNext = () => {
    const [next] = [...running].toSorted(([, a], [, b]) => a - b);
    if (next === undefined) return;
    const [resolve, at] = next;
    running.delete(resolve);
    now = Math.max(now, at);
    resolve();
  };
  return {
    waits,
    now: () => now,
    timer: (ms) => {
      waits.push(ms);
      const { promise: elapsed, resolve } = Promise.withResolvers<void>();
      running.set(resolve, now + ms);
      setImmediate(endNext);
      return { elapsed, cancel: () => running.delete(resolve) };
    },
  };
}

/** The stored updates of all enterprises, refused by the same two unique keys as in the database. */
export function fakeUpdates(): Services["updates"] & { rows: StoredDelivery[] } {
  const rows: StoredDelivery[] = [];
  const sharing = (enterpriseId: string, keys: Pick<StoredDelivery, "updateKey" | "idempotencyHash">) =>
    rows.filter(
      (row) =>
        row.enterpriseId === enterpriseId &&
        (row.updateKey === keys.updateKey ||
          (keys.idempotencyHash !== null && row.idempotencyHash === keys.idempotencyHash)),
    );
  const insertAll = async (updates: NewUpdate[]) => {
    const isDuplicate = updates.some(({ update, keys }) => sharing(update.enterpriseId, keys).length > 0);
    if (isDuplicate) return "duplicate";
    rows.push(...updates.flatMap(rowsOf));
    return "inserted";
  };
  return {
    rows,
    insert: (update) => insertAll([update]),
    insertAll,
    findOriginal: async (enterpriseId, keys) => sharing(enterpriseId, keys),
    findOriginals: async (asked) => [
      ...new Set(asked.flatMap(({ update, keys }) => sharing(update.enterpriseId, keys))),
    ],
  };
}

/** Everything that accepting needs, around one enterprise, or none. `deferred`: what goes on after the answer. */
export function acceptingWith(enterprise: Enterprise | null) {
  const directory: Services["directory"] & { enterprise: Enterprise | null } = {
    enterprise,
    find: async () => directory.enterprise,
    share: () => undefined,
    findAll: async (ids) => new Map(ids.map((id) => [id, directory.enterprise])),
  };
  const deferred: Promise<unknown>[] = [];
  return {
    directory,
    updates: fakeUpdates(),
    ids: countingIds(),
    gathering: createBellGathering(250),
    bells: fakeBells(),
    clock: hastyClock(),
    times: DEFAULT_TIMES,
    expiry: new Map<string, number>(),
    log: fakeLog(),
    deferred,
    defer: (work: Promise<unknown>) => {
      deferred.push(work);
    },
  };
}

/** Stands in for all services where a door wants them; what a test does not give, it must not use. */
export function onlyThese(services: Partial<Services>): Services {
  return services as Services;
}
