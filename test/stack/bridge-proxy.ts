import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { parseMysqlUrl, formatMysqlUrl } from "../../dev/database/mysql-url.ts";

/** A database that can go away and come back, for whoever reaches it through `url`. */
export type DatabaseProxy = {
  url: string;
  /** Breaks all connections and takes no new ones. */
  down: () => Promise<void>;
  /** Takes connections again, at the same address. */
  up: () => Promise<void>;
  /** From now on takes connections and passes nothing on, as a server does that hangs. */
  hang: () => void;
};

/** `tamper` may change what the database sends, in place. */
export async function startProxy(
  mysqlUrl: string,
  tamper: (sent: Buffer) => void = () => undefined,
): Promise<DatabaseProxy> {
  const database = parseMysqlUrl(mysqlUrl);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(database.port, database.host);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    upstream.on("data", tamper);
    upstream.pipe(client);
    client.pipe(upstream);
  });

  const up = async (port: number): Promise<number> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    return address !== null && typeof address === "object" ? address.port : port;
  };
  const port = await up(0);
  return {
    url: formatMysqlUrl({ ...database, host: "127.0.0.1", port }),
    async down() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    up: async () => void (await up(port)),
    hang() {
      for (const socket of sockets) socket.unpipe().pause();
      server.on("connection", (client) => client.unpipe().pause());
    },
  };
}
