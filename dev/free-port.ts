import { once } from "node:events";
import { createServer } from "node:net";

/** A port on 127.0.0.1 that nobody listens on now, for a program that has to be told its port beforehand. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("There is no free port on 127.0.0.1.");
  return address.port;
}

/** Throws, with advice, when somebody listens on one of these ports of 127.0.0.1. */
export async function assertFreePorts(ports: number[], advice: string): Promise<void> {
  for (const port of ports) {
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await Promise.race([
      once(server, "listening").then(() => true),
      once(server, "error").then(() => false),
    ]).catch(() => false);
    if (!isFree) throw new Error(`Port ${port} of this machine is in use. ${advice}`);
    server.close();
    await once(server, "close");
  }
}
