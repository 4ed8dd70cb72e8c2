import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request, read whole. `tooLarge`: the body went over the limit and was thrown away. */
export type ApiRequest = {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: string;
  tooLarge: boolean;
};

export type Answer = { status: number; headers: Readonly<Record<string, string>>; body: string };

/** A server that can be taken off the network and put back on the same port. */
export type Listener = {
  url: string;
  /** `closed`: connections are refused. `destroying`: each is accepted and destroyed before a byte is read. */
  setDoor: (door: "open" | "closed" | "destroying", onDestroyed: () => void) => Promise<void>;
  close: () => Promise<void>;
};

/** Serves on 127.0.0.1. `handle` writes its answer itself, or leaves the connection as it wants it. */
export async function listen(
  port: number,
  limitBytes: number,
  handle: (request: ApiRequest, response: ServerResponse) => Promise<void>,
): Promise<Listener> {
  let door: "open" | "closed" | "destroying" = "open";
  let destroyed: () => void = () => undefined;
  let server: Server | null = null;
  const failures: unknown[] = [];

  const open = async (at: number): Promise<number> => {
    const opened = createServer((incoming, response) => {
      readRequest(incoming, limitBytes)
        .then((request) => (request === null ? undefined : handle(request, response)))
        .catch((error: unknown) => {
          failures.push(error);
          response.destroy();
        });
    });
    opened.on("connection", (socket) => {
      socket.on("error", () => undefined); // peers may go at any time
      if (door !== "destroying") return;
      socket.destroy();
      destroyed();
    });
    opened.keepAliveTimeout = 30_000;
    await new Promise<void>((resolve, reject) => {
      opened.once("error", reject);
      opened.listen(at, "127.0.0.1", resolve);
    });
    server = opened;
    return (opened.address() as AddressInfo).port;
  };
  const shut = async () => {
    const closing = server;
    server = null;
    if (closing === null) return;
    const closed = new Promise<void>((resolve) => closing.close(() => resolve()));
    closing.closeAllConnections();
    await closed;
  };

  const bound = await open(port);
  return {
    url: `http://127.0.0.1:${bound}`,
    setDoor: async (next, onDestroyed) => {
      destroyed = onDestroyed;
      if (next === door) return;
      door = next;
      if (next === "closed") await shut();
      else if (server === null) await open(bound);
      if (next === "destroying") server?.closeAllConnections();
    },
    close: async () => {
      await shut();
      if (failures.length > 0) throw new AggregateError(failures, "the sandbox failed on requests");
    },
  };
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(value),
  };
}

export function write(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  response.writeHead(answer.status, {
    ...answer.headers,
    "content-length": Buffer.byteLength(answer.body),
  });
  response.end(answer.body);
}

/** Null when the client went away while sending. */
async function readRequest(incoming: IncomingMessage, limitBytes: number): Promise<ApiRequest | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= limitBytes) chunks.push(chunk);
    }
  } catch (error) {
    if (incoming.complete) throw error;
    return null;
  }
  return {
    method: incoming.method ?? "GET",
    url: URL.parse(incoming.url ?? "/", "http://127.0.0.1") ?? new URL("http://127.0.0.1/"),
    headers: incoming.headers,
    body: size > limitBytes ? "" : Buffer.concat(chunks).toString("utf8"),
    tooLarge: size > limitBytes,
  };
}
