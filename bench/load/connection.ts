import { connect, type Socket } from "node:net";
import { readResponse } from "./http-response.ts";

/** One kept connection with at most one request in flight. */
export type Connection = {
  /** `answered` is called once, with the status. */
  send: (request: string, answered: (status: number, body: () => string) => void) => void;
  close: () => void;
};

/** `failed` is called when it breaks, or when it ends while an answer is awaited. */
export function openConnection(url: URL, failed: (error: Error) => void): Connection {
  const socket: Socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  let waiting: ((status: number, body: () => string) => void) | undefined;
  let received: Buffer | undefined;
  socket.on("data", (chunk) => {
    const bytes = received === undefined ? chunk : Buffer.concat([received, chunk]);
    const response = readResponse(bytes);
    if (response === null) {
      received = bytes;
      return;
    }
    received = undefined;
    const answered = waiting;
    waiting = undefined;
    answered?.(response.status, () => bytes.toString("utf8", response.bodyAt, response.end));
  });
  socket.on("error", failed);
  socket.on("close", () => {
    if (waiting !== undefined) failed(new Error("A connection was closed before its answer came."));
  });
  return {
    send: (request, answered) => {
      waiting = answered;
      socket.write(request);
    },
    close: () => {
      waiting = undefined;
      socket.destroy();
    },
  };
}
