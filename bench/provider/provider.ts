import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { acceptance, readSentMessage, type Answer, type Door } from "./sent-message.ts";
import { createTakenRounds } from "./taken-rounds.ts";

/** `latencyMs`: how long every send waits for its answer. */
export type ProviderOptions = { latencyMs: number };

/**
 * URLs without a trailing slash. The control: `GET /rounds/<round>` and `/rounds/<round>/messages` (`taken-rounds.ts`),
 * `GET /total`, `POST /latency/<ms>`.
 */
export type Provider = {
  twilioUrl: string;
  sendgridUrl: string;
  resendUrl: string;
  controlUrl: string;
  stop: () => Promise<void>;
};

/**
 * Three providers that take everything after a set time and tell nothing of it later. The sandbox judges requests and sends
 * events, which costs several times as much as the call that a figure of the bench is about.
 */
export async function startProvider({ latencyMs }: ProviderOptions): Promise<Provider> {
  let latency = latencyMs;
  let total = 0;
  const rounds = createTakenRounds();
  const stops: (() => Promise<void>)[] = [];

  const open = async (handle: (path: string, body: string, at: number) => Answer, waits: () => number) => {
    const server = createServer((incoming, response) => {
      const at = performance.timeOrigin + performance.now();
      readText(incoming, (body) => {
        const answer = handle(incoming.url ?? "", body, at);
        const ms = waits();
        if (ms > 0) setTimeout(write, ms, response, answer);
        else write(response, answer);
      });
    });
    server.keepAliveTimeout = 120_000;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    stops.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const door = (which: Door) =>
    open(
      (_, body, at) => {
        const message = readSentMessage(which, body);
        if (message) rounds.add({ ...message, at });
        return acceptance(which, (total += 1));
      },
      () => latency,
    );
  const control = (path: string): Answer => {
    const [, what, name = "", list] = path.split("/");
    if (what === "latency") latency = Number(name);
    if (what !== "rounds") return toAnswer({ total, latency });
    return toAnswer(list === undefined ? rounds.counts(name) : rounds.messages(name));
  };
  return {
    twilioUrl: await door("twilio"),
    sendgridUrl: await door("sendgrid"),
    resendUrl: await door("resend"),
    controlUrl: await open(control, () => 0),
    stop: async () => void (await Promise.all(stops.map((stop) => stop()))),
  };
}

function toAnswer(value: object): Answer {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

/** `then` is not called when the client goes away while sending. */
function readText(incoming: IncomingMessage, then: (body: string) => void): void {
  let body = "";
  incoming.setEncoding("utf8");
  incoming.on("data", (chunk: string) => (body += chunk));
  incoming.on("end", () => then(body));
}

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
