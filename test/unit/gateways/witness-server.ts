/// <reference types="node" />
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type WireRequest = {
  method: string;
  path: string;
  authorization: string;
  idempotencyKey: string;
  contentType: string;
  body: string;
};

/** A provider on loopback that keeps what arrives and answers every request alike. */
export async function startWitness(status: number, headers: Record<string, string>, answer: string) {
  const received: WireRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({
        method: request.method ?? "",
        path: request.url ?? "",
        authorization: request.headers.authorization ?? "",
        idempotencyKey: String(request.headers["idempotency-key"] ?? ""),
        contentType: (request.headers["content-type"] ?? "").replace(/;.*$/, ""),
        body: Buffer.concat(chunks).toString("utf8"),
      });
      response.writeHead(status, headers).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
