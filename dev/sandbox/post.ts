import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** `not_connected`: no TCP connection, or it broke. `timed_out`: connected, but no answer in time. */
export type PostOutcome = { kind: "answered"; status: number } | { kind: "not_connected" } | { kind: "timed_out" };

export type Post = {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Longest time to connect, ms. */
  connectMs: number;
  /** Longest time from the connection to the head of the answer, ms. */
  readMs: number;
  signal: AbortSignal;
};

/** Posts once, on a connection of its own, without following redirects. Rejects only when `signal` aborts. */
export function postOnce(post: Post): Promise<PostOutcome> {
  const url = new URL(post.url);
  const secure = url.protocol === "https:";
  const send = secure ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let connected = false;
    const request = send(url, {
      method: "POST",
      agent: secure ? httpsAgent : httpAgent,
      headers: { ...post.headers, "content-length": Buffer.byteLength(post.body) },
      signal: post.signal,
    });
    const limit = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        resolve({ kind: connected ? "timed_out" : "not_connected" });
        request.destroy();
      }, ms);
    };
    request.on("socket", (socket) => {
      limit(post.connectMs);
      socket.once("connect", () => {
        connected = true;
        limit(post.readMs);
      });
    });
    request.on("response", (response) => {
      clearTimeout(timer);
      response.on("error", () => undefined); // the status is all that counts; the rest may break
      response.resume();
      resolve({ kind: "answered", status: response.statusCode ?? 0 });
    });
    request.on("error", (error) => {
      clearTimeout(timer);
      if (post.signal.aborted) reject(error);
      else resolve({ kind: "not_connected" });
    });
    request.end(post.body);
  });
}

/** Whether the receiver has taken it. */
export function isTaken(outcome: PostOutcome): boolean {
  return outcome.kind === "answered" && outcome.status >= 200 && outcome.status < 300;
}

const httpAgent = new HttpAgent({ keepAlive: false, maxSockets: 50 });
const httpsAgent = new HttpsAgent({ keepAlive: false, maxSockets: 50 });
