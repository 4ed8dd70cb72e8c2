import { createDirectory } from "../../src/db/directory-memory.ts";
import type { AdapterName } from "../../src/domain/adapter-facts.ts";
import type { LookUp } from "../../src/domain/look-up.ts";
import type { OutboundMessage } from "../../src/domain/outbound-message.ts";
import type { SendOutcome } from "../../src/domain/send-outcome.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention.ts";
import type { Times } from "../../src/domain/times.ts";
import { LANES, type Lane } from "../../src/domain/lane.ts";
import type { LogFields } from "../../src/log.ts";
import type { BellMessage } from "../../src/queue/bell.ts";
import { createBellGathering } from "../../src/queue/bell-gathering.ts";
import { createBellProducer, type LaneQueues } from "../../src/queue/producer.ts";
import type { Door, Services } from "../../src/services.ts";
import type { Isolate, Isolates } from "./isolates.ts";
import { loadEnterprise, loadEnterprises } from "./memory/directory.ts";
import { createMemoryStores } from "./memory/stores.ts";
import type { MemoryDatabase } from "./memory/tables.ts";
import { canBeAsked, type Line, type Provider } from "./provider.ts";
import type { QueueName, Queues } from "./queues.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import { ACCOUNTS } from "./town.ts";

/** How long each door waits for one statement, in ms; as in src/services.ts. */
const PATIENCE_MS = { http: 3_000, background: 10_000 } as const satisfies Record<Door, number>;

/** How long a queue is waited for, in ms. */
const QUEUE_PATIENCE_MS = 5_000;

type Setting = {
  scheduler: Scheduler;
  random: Random;
  isolates: Isolates;
  database: MemoryDatabase;
  queues: () => Queues;
  provider: Provider;
  send: (isolate: Isolate, line: Line, message: OutboundMessage) => Promise<SendOutcome>;
  times: Times;
  /** Sees each line that is logged; `error` where it tells of one. */
  onLog: (event: string, fields: LogFields, error?: unknown) => void;
};

/** Wires the services of one isolate as src/services.ts does, with the ports of the simulation. */
export function createIsolateServices(setting: Setting) {
  const made = new WeakMap<Isolate, Record<Door, Services>>();
  return (isolate: Isolate, door: Door): Services => {
    let services = made.get(isolate);
    if (!services) {
      services = wire(setting, isolate);
      made.set(isolate, services);
    }
    return services[door];
  };
}

function wire(setting: Setting, isolate: Isolate): Record<Door, Services> {
  const { scheduler, isolates, database, random, provider, times, onLog } = setting;
  const now = () => scheduler.now() + isolate.clockError;
  const stores = (door: Door) =>
    createMemoryStores(database, times, (name, statement) => isolates.ask(isolate, name, PATIENCE_MS[door], statement));
  const load = (enterpriseId: string) =>
    isolates.ask(isolate, "directory.load", PATIENCE_MS.http, () => loadEnterprise(database, enterpriseId));
  const loadAll = (enterpriseIds: string[]) =>
    isolates.ask(isolate, "directory.loadAll", PATIENCE_MS.http, () => loadEnterprises(database, enterpriseIds));
  const adapters = (adapter: AdapterName, account: string) => {
    const line = { adapter, account };
    const send = (message: OutboundMessage) => setting.send(isolate, line, message);
    const lookUp = (question: LookUp) =>
      isolates.ask(isolate, "provider.lookUp", times.callTimeout, () => provider.lookUp(line, question));
    return canBeAsked(adapter) ? { send, lookUp } : { send };
  };
  let count = 0;
  const shared = {
    times,
    expiry: new Map<string, number>(),
    log: {
      info: (event: string, fields: LogFields = {}) => onLog(event, fields),
      error: (event: string, error: unknown, fields: LogFields = {}) => onLog(event, fields, error),
    },
    ids: {
      next: (prefix: string) => {
        count += 1;
        // As in UUIDv7, time comes first: a purge finds its rows by that.
        const time = scheduler.now().toString(16).padStart(12, "0");
        return `${prefix}_${time}${String(count).padStart(4, "0")}${isolate.name}`;
      },
    },
    statements: () => 0,
    clock: { now, timer: (ms: number) => startTimer(setting, isolate, ms) },
    random: () => random.next(),
    adapters,
    accounts: ACCOUNTS,
    retention: DEFAULT_RETENTION,
    gathering: createBellGathering(times.gatherBells + times.gatherBellsLonger + 250),
    bells: createBellProducer(queuesOf(setting, isolate)),
    directory: createDirectory(load, loadAll, now),
    defer: (work: Promise<unknown>) => void work.catch((error: unknown) => onLog("deferred_failed", {}, error)),
  };
  // Settings and readers of callbacks are the doors' business, which are not played here.
  const wired = (door: Door) => ({ ...shared, ...stores(door) }) as unknown as Services;
  return { http: wired("http"), background: wired("background") };
}

function startTimer({ scheduler, isolates }: Setting, isolate: Isolate, ms: number) {
  let isCancelled = false;
  const elapsed = new Promise<void>((resolve) => {
    scheduler.after(ms, () => {
      if (!isCancelled) isolates.within(isolate, () => (isCancelled ? undefined : resolve()));
    });
  });
  return {
    elapsed,
    cancel: () => {
      isCancelled = true;
    },
  };
}

function queuesOf({ isolates, queues }: Setting, isolate: Isolate): Record<Lane, LaneQueues> {
  const queue = (name: QueueName) => ({
    sendBatch: (messages: Iterable<MessageSendRequest<BellMessage>>) => {
      const bells = [...messages].map(({ body, delaySeconds = 0 }) => ({ body, delaySeconds }));
      return isolates.ask(isolate, "queue.send", QUEUE_PATIENCE_MS, () => queues().send(name, bells));
    },
  });
  const queuesOfLane = (lane: Lane) => ({ first: queue(lane), again: queue(`${lane}_again`) });
  return Object.fromEntries(LANES.map((lane) => [lane, queuesOfLane(lane)])) as unknown as Record<Lane, LaneQueues>;
}
