import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * What a network does to connections, old and new.
 *
 * - `pass`: every chunk arrives `ms` later.
 * - `reset`: after so many more bytes of a connection's requests or answers both ends get RST.
 * - `black_hole`: connections stand, and what is sent on them is lost.
 * - `drip`: `bytes` every `everyMs`.
 * - `refused`: connections are broken, new ones refused by the operating system.
 */
export type NetworkMode =
  | { kind: "pass"; ms: number }
  | { kind: "reset"; side: "request" | "answer"; afterBytes: number }
  | { kind: "black_hole" }
  | { kind: "drip"; bytes: number; everyMs: number }
  | { kind: "refused" };

export type TcpProxy = {
  port: number;
  /** Changes what happens from now on. */
  set: (mode: NetworkMode) => Promise<void>;
  /** How often the present mode has hit: chunks spoiled, or connections broken. */
  struck: () => number;
  close: () => Promise<void>;
};

/**
 * A network of our own in front of `targets`, `host:port` each; a connection goes to the next of them that takes it. A
 * request whose sender has gone is not brought any further: nothing arrives later than a real network would bring it.
 */
export async function startTcpProxy(targets: number[], port = 0): Promise<TcpProxy> {
  let mode: NetworkMode = { kind: "pass", ms: 0 };
  let hits = 0;
  let turn = 0;
  const pipes = new Set<Pipe>();
  const control: Control = { mode: () => mode, hit: () => (hits += 1) };

  const server = createServer((client) => {
    turn += 1;
    const order = targets.map((_, index) => targets[(turn + index) % targets.length] ?? 0);
    const pipe = joinThrough(client, order, control);
    pipes.add(pipe);
    client.once("close", () => pipes.delete(pipe));
  });
  const bound = await listen(server, port);

  return {
    port: bound,
    set: async (next) => {
      const wasRefusing = mode.kind === "refused";
      // What lost or kept bytes cannot go on as if nothing had been.
      if (next.kind === "refused" || mode.kind === "black_hole" || mode.kind === "drip") breakAll(pipes);
      mode = next;
      hits = next.kind === "refused" ? 1 : 0;
      if (next.kind === "refused") await unlisten(server);
      else if (wasRefusing) await listen(server, bound);
    },
    struck: () => hits,
    close: async () => {
      breakAll(pipes);
      await unlisten(server);
    },
  };
}

type Control = { mode: () => NetworkMode; hit: () => void };
type Pipe = { break: () => void };

function breakAll(pipes: Set<Pipe>): void {
  for (const pipe of pipes) pipe.break();
}

function joinThrough(client: Socket, targets: number[], control: Control): Pipe {
  let upstream: Socket | undefined;
  const destroy = () => {
    client.destroy();
    upstream?.destroy();
  };
  const reset = () => {
    client.resetAndDestroy();
    upstream?.resetAndDestroy();
  };
  client.setNoDelay(true);
  client.on("error", destroy).on("close", destroy);
  const toServer = createLink("request", control, reset);
  const toClient = createLink("answer", control, reset);
  client.on("data", toServer.take);
  void connectToOne(targets).then((socket) => {
    if (socket === null || client.destroyed) return void (socket ?? client).destroy();
    upstream = socket.setNoDelay(true);
    upstream.on("error", destroy).on("data", toClient.take);
    upstream.on("close", () => void toClient.rest().then(destroy));
    toServer.open(upstream);
    toClient.open(client);
  });
  return { break: reset };
}

type Link = { take: (chunk: Buffer) => void; open: (to: Socket) => void; rest: () => Promise<void> };

/** One direction of a connection: chunks leave in the order in which they came. */
function createLink(side: "request" | "answer", { mode, hit }: Control, reset: () => void): Link {
  const { promise: opened, resolve: open } = Promise.withResolvers<Socket>();
  let last: Promise<unknown> = opened;
  let counted: { of: NetworkMode; bytes: number } | undefined;

  const write = async (chunk: Buffer, cameAt: number): Promise<void> => {
    const to = await opened;
    const now = mode();
    if (now.kind === "black_hole" || now.kind === "refused") return hit();
    if (now.kind === "drip") return drip(chunk, now, to);
    if (now.kind === "reset" && now.side === side) {
      if (counted?.of !== now) counted = { of: now, bytes: 0 };
      const room = now.afterBytes - counted.bytes;
      counted.bytes += chunk.length;
      if (chunk.length <= room) return void to.write(chunk);
      hit();
      to.write(chunk.subarray(0, Math.max(0, room)), reset);
      return;
    }
    if (now.kind === "pass" && now.ms > 0) {
      hit();
      await pause(Math.max(0, cameAt + now.ms - performance.now()));
    }
    if (!to.destroyed) to.write(chunk);
  };
  const drip = async (chunk: Buffer, slow: NetworkMode & { kind: "drip" }, to: Socket): Promise<void> => {
    hit();
    for (let start = 0; start < chunk.length && !to.destroyed && mode() === slow; start += slow.bytes) {
      to.write(chunk.subarray(start, start + slow.bytes));
      await pause(slow.everyMs);
    }
  };
  return {
    open,
    take: (chunk) => {
      const cameAt = performance.now();
      last = last.then(() => write(chunk, cameAt)).catch(reset);
    },
    rest: async () => void (await last),
  };
}

/** The first target that takes a connection; null when none does. */
async function connectToOne(targets: number[]): Promise<Socket | null> {
  for (const port of targets) {
    const socket = connect(port, "127.0.0.1");
    const isTaken = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    if (isTaken) return socket;
  }
  return null;
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return address !== null && typeof address === "object" ? address.port : port;
}

async function unlisten(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  await closed;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
