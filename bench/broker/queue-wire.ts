/** A message as a producer sent it. `json` is the text of its body, which nobody here needs to understand. */
export type SentMessage = { json: string; delayMs: number };

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Reads what workerd's own queue binding sends for `send` and `sendBatch`: the body itself with its delay in a header,
 * or a list of bodies in base64. Throws for a body that is not JSON, which is all that this service sends.
 */
export function readSent(path: string, headers: Headers, body: string): SentMessage[] {
  const delayOfAll = toMs(headers["x-msg-delay-secs"]);
  if (path === "/message") return [message(String(headers["x-msg-fmt"]), body, delayOfAll)];
  if (path !== "/batch") throw new Error(`A queue was asked for ${path}.`);
  const { messages } = JSON.parse(body) as { messages: { body: string; contentType: string; delaySecs?: number }[] };
  return messages.map(({ body: base64, contentType, delaySecs }) =>
    message(
      contentType,
      Buffer.from(base64, "base64").toString(),
      delaySecs === undefined ? delayOfAll : toMs(delaySecs),
    ),
  );
}

function message(contentType: string, json: string, delayMs: number): SentMessage {
  if (contentType !== "json") throw new Error(`A message came as ${contentType}.`);
  return { json, delayMs };
}

function toMs(seconds: unknown): number {
  return Number(seconds ?? 0) * 1000;
}

/** What a producer is answered; workerd reads the figures of the backlog, nobody else does. */
export const TAKEN = JSON.stringify({
  metadata: { metrics: { backlogCount: 0, backlogBytes: 0, oldestMessageTimestamp: 0 } },
});

/** What a consumer made of a batch: all of it is done, or all of it comes again, after `afterMs` where it said so. */
export type BatchFate = { kind: "heard" } | { kind: "again"; afterMs: number | null };

/** The answer of `parts/front.js`: what a Worker's `queue` came to, as workerd's service binding tells it. */
type QueueResult = {
  outcome: string;
  retryBatch?: { retry: boolean; delaySeconds?: number };
  explicitAcks?: string[];
  retryMessages?: object[];
};

/** Throws for messages that were acknowledged or repeated singly: this service does neither, and no queue here can. */
export function readFate(body: string): BatchFate {
  const { outcome, retryBatch, explicitAcks = [], retryMessages = [] } = JSON.parse(body) as QueueResult;
  if (explicitAcks.length + retryMessages.length > 0) throw new Error("A consumer spoke of single messages.");
  if (outcome === "ok" && retryBatch?.retry !== true) return { kind: "heard" };
  const { delaySeconds } = retryBatch ?? {};
  return { kind: "again", afterMs: delaySeconds === undefined ? null : delaySeconds * 1000 };
}
