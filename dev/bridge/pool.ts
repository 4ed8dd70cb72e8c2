import type { Connection } from "mariadb";
import { DatabaseFault } from "./sql-errors.ts";
import { within } from "./within.ts";

/** MySQL's numbers for "too many connections of a user", which Vitess gives for an exhausted pool, and for a shutdown. */
const POOL_EXHAUSTED = 1203;
const SHUTDOWN = 1053;
/** How long a connection may take to say goodbye, in ms. */
const GOODBYE_MS = 1000;

/** A connection and the means to break it at once, whatever runs on it; the statement that runs is then rejected. */
export type Link = { connection: Connection; cut: () => void };

export type PoolOptions = {
  /** How many connections at most. */
  limit: number;
  /** How long to wait for one while all are taken, in ms. */
  waitMs: number;
  /** Opens a connection, or throws at once. */
  open: () => Promise<Link>;
  /** Ends what runs on the server for these connections; must not throw. */
  kill: (links: Link[]) => Promise<void>;
};

export type Pool = {
  /** A connection for the caller alone, until `release`. Throws at once if none can be opened. */
  acquire: () => Promise<Link>;
  /** Gives a connection back; a broken one is dropped. */
  release: (link: Link) => void;
  /** Breaks a connection instead of giving it back. */
  discard: (link: Link) => void;
  /** Refuses further work, ends what runs, and closes everything. */
  close: () => Promise<void>;
};

type Waiter = { resolve: (link: Link) => void; reject: (error: unknown) => void; late: NodeJS.Timeout };

/**
 * A pool of connections. Unlike the connector's own, it keeps nobody waiting for a server that is away, and a server
 * that stays away is never the end of the process.
 */
export function createPool({ limit, waitMs, open, kill }: PoolOptions): Pool {
  const links = new Set<Link>();
  const waiters = new Set<Waiter>();
  let idle: Link[] = [];
  let opening = 0;
  let closed = false;

  return {
    async acquire() {
      if (closed) throw shutdownFault();
      const link = idle.pop();
      if (link !== undefined) return link;
      return links.size + opening < limit ? add() : wait();
    },
    release(link) {
      if (!links.has(link)) return;
      if (closed || !link.connection.isValid()) return drop(link);
      const waiter = nextWaiter();
      if (waiter === undefined) idle.push(link);
      else waiter.resolve(link);
    },
    discard: drop,
    async close() {
      closed = true;
      for (let waiter = nextWaiter(); waiter !== undefined; waiter = nextWaiter()) waiter.reject(shutdownFault());
      const unused = idle;
      const busy = [...links].filter((link) => !unused.includes(link));
      idle = [];
      if (busy.length > 0) await kill(busy);
      await Promise.all(unused.map(async ({ connection }) => within(GOODBYE_MS, connection.end())));
      for (const link of links) drop(link);
    },
  };

  async function add(): Promise<Link> {
    opening += 1;
    let link: Link;
    try {
      link = await open();
    } catch (error) {
      opening -= 1;
      serveNext();
      throw error;
    }
    opening -= 1;
    links.add(link);
    link.connection.on("error", () => drop(link));
    if (!closed) return link;
    drop(link);
    throw shutdownFault();
  }

  async function wait(): Promise<Link> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        waiters.delete(waiter);
        reject(new DatabaseFault(POOL_EXHAUSTED, "connection pool limit exceeded", { sqlState: "42000" }));
      }, waitMs);
      const waiter = { resolve, reject, late };
      waiters.add(waiter);
    });
  }

  /** Who has waited longest; from now on the caller's to answer. */
  function nextWaiter(): Waiter | undefined {
    const [waiter] = waiters;
    if (waiter === undefined) return undefined;
    waiters.delete(waiter);
    clearTimeout(waiter.late);
    return waiter;
  }

  function drop(link: Link): void {
    if (!links.delete(link)) return;
    idle = idle.filter((other) => other !== link);
    link.cut();
    serveNext();
  }

  /** A place has become free. Each that waits opens its own connection, so an outage is told to all of them. */
  function serveNext(): void {
    if (closed || links.size + opening >= limit) return;
    const waiter = nextWaiter();
    if (waiter !== undefined) add().then(waiter.resolve, waiter.reject);
  }
}

function shutdownFault(): DatabaseFault {
  return new DatabaseFault(SHUTDOWN, "Server shutdown in progress", { sqlState: "08S01" });
}
