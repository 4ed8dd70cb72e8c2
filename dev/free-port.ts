import { once } from "node:events";
import { createServer } from "node:net";

/** Below what systems give to outgoing connections: from there, a port that was free can be taken the next moment. */
const PORTS = { first: 10_000, last: 32_000 };

const MOST_TRIES = 100;

/** A port on 127.0.0.1 that nobody listens on now, for a program that has to be told its port beforehand. */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const port = PORTS.first + Math.floor(Math.random() * (PORTS.last - PORTS.first));
    if (await isFree(port)) return port;
  }
  throw new Error("There is no free port on 127.0.0.1.");
}

/** Throws, with advice, when somebody listens on one of these ports of 127.0.0.1. */
export async function assertFreePorts(ports: number[], advice: string): Promise<void> {
  for (const port of ports) {
    if (!(await isFree(port))) throw new Error(`Port ${port} of this machine is in use. ${advice}`);
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  const listens = await Promise.race([
    once(server, "listening").then(() => true),
    once(server, "error").then(() => false),
  ]).catch(() => false);
  if (!listens) return false;
  server.close();
  await once(server, "close");
  return true;
}
