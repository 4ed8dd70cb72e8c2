import { isOutage } from "../../src/domain/outage.ts";
import { newWindows } from "../../src/domain/ring-window.ts";
import { DEFAULT_TIMES, type Times } from "../../src/domain/times.ts";
import { hearBells } from "../../src/queue/consumer.ts";
import type { Services } from "../../src/services.ts";
import { ringSilent } from "../../src/usecases/ring-silent.ts";
import { sweepForAMinute, sweepOnce } from "../../src/usecases/sweep.ts";
import { createCallbacks } from "./callbacks.ts";
import { createClients } from "./clients.ts";
import { errorText } from "./error-text.ts";
import type { Faults, Weather } from "./faults.ts";
import { createIsolateServices } from "./isolate-services.ts";
import { createIsolates } from "./isolates.ts";
import { createMemoryDatabase, type MemoryDatabase } from "./memory/tables.ts";
import { bellMonitor, callMonitor, logMonitor, watchDeliveries, type Stops } from "./monitors.ts";
import { createOperator } from "./operator.ts";
import { canBeAsked, createProvider } from "./provider.ts";
import { createProviderPort } from "./provider-port.ts";
import { createQueues, type Queues } from "./queues.ts";
import type { Random } from "./random.ts";
import { createScheduler } from "./scheduler.ts";
import { settle, switchAllOn } from "./town.ts";
import { createViolations, type Invariant } from "./violations.ts";

export type WorldOptions = {
  random: Random;
  weather: Weather;
  faults: Faults;
  isolates: number;
  /** Each lane has one consumer at a time, rather than as many as it needs. */
  oneConsumer?: boolean;
  times?: Times;
  only?: ReadonlySet<Invariant> | null;
  /** Gets each line of what happens; left out where nobody reads it. */
  onTrace?: (line: string) => void;
};

export type World = ReturnType<typeof createWorld>;

const START = Date.UTC(2026, 5, 15, 12);

/** Puts the real use cases between a database, queues, providers and clients that are all played. */
export function createWorld(options: WorldOptions) {
  const { random, weather, faults, times = DEFAULT_TIMES, only = null, oneConsumer = false, onTrace } = options;
  const scheduler = createScheduler(START, random.next);
  const trace = (line: string) => onTrace?.(`${String(scheduler.now() - START).padStart(9)} ${line}`);
  const violations = createViolations(scheduler.now, only);
  const database = createMemoryDatabase(scheduler.now);
  settle(database);
  watchDeliveries(database, violations, trace);

  const stops: Stops = new Map();
  const twins = new Set<string>();
  const hasTwin = ({ text }: { text: string }) => twins.has(text);
  let isFair = false;
  const unlessFair = (share: number) => () => (isFair ? 0 : share);
  const isolates = createIsolates({ scheduler, random, faults, trace }, options.isolates);
  const provider = createProvider({
    now: scheduler.now,
    random,
    trouble: unlessFair(weather.trouble),
    onAcceptance: (acceptance) => callbacks.tellOf(acceptance),
  });
  const send = createProviderPort({
    scheduler,
    random,
    faults,
    isolates,
    provider,
    times,
    leaseLeft: ({ attemptId }) => {
      const row = database.deliveries.get(database.attempts.get(attemptId)?.deliveryId ?? "");
      return (row?.leaseUntil ?? scheduler.now()) - scheduler.now();
    },
    onCall: callMonitor(database, violations, times, stops),
    trace,
  });
  const checkLog = logMonitor(violations);
  const servicesOf = createIsolateServices({
    scheduler,
    random,
    isolates,
    database,
    provider,
    send,
    times,
    queues: () => queues,
    onLog: (event, fields, error) => {
      checkLog(event, fields);
      if (error === undefined) return;
      trace(`log: ${event} ${errorText(error)}`);
      if (!isOutage(error)) violations.report("I10", `${event}: ${errorText(error)}`);
    },
  });
  const queues: Queues = createQueues({
    scheduler,
    random,
    isolates,
    trace,
    dropped: unlessFair(weather.bellsDropped),
    doubled: unlessFair(weather.bellsDoubled),
    oneConsumer,
    onBell: bellMonitor(database, violations),
    consume: (isolate, batch) => hearBells(servicesOf(isolate, "background"), batch),
  });
  const callbacks = createCallbacks({
    scheduler,
    random,
    isolates,
    database,
    violations,
    trace,
    lost: unlessFair(weather.receiptsLost),
    isSilent: ({ adapter }) => weather.eventsOff && !canBeAsked(adapter),
    hasTwin,
    stops,
    isUndone: () => isFair,
    servicesOf,
  });
  const operator = createOperator({ isolates, database, violations, servicesOf });
  const clients = createClients({ scheduler, isolates, database, violations, trace, servicesOf });

  return {
    start: START,
    scheduler,
    violations,
    database,
    isolates,
    provider,
    callbacks,
    clients,
    operator,
    twins,
    /** What the witnesses have to say. */
    evidence: () => {
      const { sentAgain } = operator;
      return { database, history: clients.history, provider, sentAgain, hasTwin, violations };
    },
    /** Undoes whatever an operator switched off, and whatever bars an address. */
    switchAllOn: () => {
      switchAllOn(database);
      stops.clear();
    },
    /** From now on nothing goes wrong any more but what is under way. */
    clearUp: () => {
      isFair = true;
    },
    /** One run of the cron, or one sweep of it. */
    sweep: (length: "minute" | "once") => {
      const isolate = isolates.pick();
      isolates.within(isolate, () => {
        const services = servicesOf(isolate, "background");
        const work = length === "minute" ? sweepForAMinute(services) : sweepAndRing(services);
        work.catch((error: unknown) => {
          violations.report("I10", `the sweep failed: ${errorText(error)}`);
        });
      });
    },
  };
}

async function sweepAndRing(services: Services): Promise<void> {
  await sweepOnce(services);
  try {
    await ringSilent(services, newWindows());
  } catch (error) {
    services.log.error("sweep_failed", error, { part: "ring_silent" });
  }
}

/** When the next row is due to be looked at; infinite when all rest. */
export function nextWaker(database: MemoryDatabase): number {
  let next = Infinity;
  for (const row of database.deliveries.values()) {
    if (row.ringAt !== null && row.ringAt < next) next = row.ringAt;
    if (row.leaseUntil !== null && row.leaseUntil < next) next = row.leaseUntil;
    if (row.holdUntil !== null && row.holdUntil < next) next = row.holdUntil;
    const isLookedFor = row.state === "unknown" || row.state === "sent";
    if (isLookedFor && row.lookAt !== null && row.lookAt < next) next = row.lookAt;
  }
  return next;
}
