import { setTimeout as pause } from "node:timers/promises";
import { cpuMs } from "../cpu.ts";
import { percentile } from "../statistics.ts";
import { openConnection, type Connection } from "./connection.ts";
import type { LoadOrder, LoadReport } from "./order.ts";
import { createRequests } from "./requests.ts";

const OPEN_APART_MS = 20;

/** Nothing takes this long unless it hangs. */
const STUCK_AFTER_MS = 30_000;

/** Plays one load to its end. Throws at the first answer that is not the expected one, and when all stands still. */
export async function runLoad(order: LoadOrder): Promise<LoadReport> {
  const requests = createRequests(order);
  const done = Promise.withResolvers<void>();
  const latencies: number[] = [];
  const idle: Connection[] = [];
  const due: number[] = [];
  const connections: Connection[] = [];
  let measuring = false;
  let lastAnswerAt = performance.now();
  let inFlight = 0;

  /** Posts one body and calls back when it was answered; when there are no more bodies, the last answer ends the run. */
  const ask = (connection: Connection, answered: () => void) => {
    const request = requests.next();
    if (request === undefined) {
      if (inFlight === 0) done.resolve();
      return;
    }
    inFlight += 1;
    connection.send(request, (status, body) => {
      inFlight -= 1;
      lastAnswerAt = performance.now();
      if (status === order.expect) answered();
      else {
        done.reject(new Error(`${order.url} answered ${status} instead of ${order.expect}: ${body().slice(0, 300)}`));
      }
    });
  };
  const post = (connection: Connection, dueAt: number) =>
    ask(connection, () => {
      if (measuring) latencies.push(lastAnswerAt - dueAt);
      goOn(connection);
    });
  const goOn = (connection: Connection) => {
    if (order.pace.kind === "closed") post(connection, performance.now());
    else {
      const dueAt = due.shift();
      if (dueAt === undefined) idle.push(connection);
      else post(connection, dueAt);
    }
  };
  /** A request is due at the tick that finds it due, so that only the service's lateness counts. */
  const tick = (perSecond: number) => {
    const began = performance.now();
    let sent = 0;
    return setInterval(() => {
      const now = performance.now();
      for (const wanted = ((now - began) / 1000) * perSecond; sent < wanted; sent += 1) {
        const connection = idle.pop();
        if (connection === undefined) due.push(now);
        else post(connection, now);
      }
    }, 1);
  };

  const watch = setInterval(() => {
    if (performance.now() - lastAnswerAt > STUCK_AFTER_MS) done.reject(new Error(`${order.url} answers no more.`));
  }, 1_000);
  let ticking: NodeJS.Timeout | undefined;
  try {
    const firsts: Promise<void>[] = [];
    for (let number = 0; number < order.connections; number += 1) {
      const connection = openConnection(new URL(order.url), done.reject);
      connections.push(connection);
      const first = Promise.withResolvers<void>();
      ask(connection, () => {
        first.resolve();
        goOn(connection);
      });
      firsts.push(first.promise);
      await Promise.race([pause(OPEN_APART_MS), done.promise]);
    }
    // A service that takes long for an answer would else take as many times longer to get its connections.
    await Promise.race([Promise.all(firsts), done.promise]);
    if (order.pace.kind === "open") ticking = tick(order.pace.perSecond);
    await Promise.race([pause(order.warmUpMs), done.promise]);
    measuring = true;
    const cpuBefore = readCpu(order.cpuOf);
    const began = performance.now();
    await Promise.race([pause(order.windowMs), done.promise]);
    const ended = performance.now();
    const cpuAfter = readCpu(order.cpuOf);
    measuring = false;
    return report(order, latencies, {
      seconds: (ended - began) / 1000,
      used: requests.used(),
      cpuMs: Object.fromEntries(
        Object.keys(order.cpuOf).map((name) => [name, minus(cpuAfter[name] ?? null, cpuBefore[name] ?? null)]),
      ),
    });
  } finally {
    clearInterval(watch);
    clearInterval(ticking);
    for (const connection of connections) connection.close();
  }
}

function readCpu(pids: Record<string, number>): Record<string, number | null> {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuMs(pid)]));
}

function minus(after: number | null, before: number | null): number | null {
  return after === null || before === null ? null : after - before;
}

function report(
  { url, bodies }: LoadOrder,
  latencies: number[],
  facts: Pick<LoadReport, "seconds" | "used" | "cpuMs">,
): LoadReport {
  if (latencies.length === 0 && bodies.kind === "counted")
    throw new Error(`${url} answered nothing while it was measured.`);
  const sorted = Float64Array.from(latencies).toSorted();
  const at = (share: number) => percentile(sorted, share);
  return {
    ...facts,
    requests: latencies.length,
    perSecond: latencies.length / facts.seconds,
    latencyMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
  };
}
