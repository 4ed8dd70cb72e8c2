import { setTimeout as pause } from "node:timers/promises";
import type { ClientAnswer, History, Purpose, UpdateBody } from "../history.ts";
import type { Random } from "../random.ts";

/** Less than the service may take to say that its database is away: an impatient client repeats what still goes on. */
const ANSWER_WITHIN_MS = 2_000;

export type Posting = { purpose: Purpose; body: UpdateBody; key: string | null };

/** A client that keeps its promises: after a 503 or a lost connection it posts the same again, until it is answered. */
export type Client = {
  /** The answer, or null when `signal` ended it before there was one. */
  post: (posting: Posting) => Promise<ClientAnswer | null>;
};

export type ClientOptions = {
  workers: readonly { name: string; url: string }[];
  apiKey: string;
  history: History;
  random: Random;
  signal: AbortSignal;
};

let operations = 0;

export function createClient({ workers, apiKey, history, random, signal }: ClientOptions): Client {
  const tryOnce = async (url: string, { body, key }: Posting): Promise<ClientAnswer | string> => {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          authorization: `Bearer ${apiKey}`,
          "content-type": "application/json",
          ...(key === null ? {} : { "idempotency-key": key }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      });
      const answer = (await response.json()) as AnswerBody;
      // 503 is the database's absence; a bare 500 of the runtime or anything else is for the checker to judge.
      return response.status === 503 ? "503" : readAnswer(response.status, answer);
    } catch (error) {
      return error instanceof Error ? error.name : "unknown";
    }
  };
  return {
    post: async (posting) => {
      operations += 1;
      const op = operations;
      history.add({ type: "invoke", op, at: Date.now(), ...posting });
      let turn = random.whole(0, workers.length - 1);
      for (let tries = 1; !signal.aborted; tries += 1) {
        const worker = workers[turn++ % workers.length] as { name: string; url: string };
        const outcome = await tryOnce(worker.url, posting);
        if (typeof outcome !== "string") {
          history.add({ type: "ok", op, at: Date.now(), worker: worker.name, answer: outcome });
          return outcome;
        }
        history.add({ type: "info", op, at: Date.now(), worker: worker.name, why: outcome });
        await pause(random.whole(50, Math.min(100 * tries, 1_000)));
      }
      return null;
    },
  };
}

type AnswerBody = {
  code?: string;
  update_id?: string;
  deliveries?: { delivery_id: string }[];
  skipped?: unknown[];
};

function readAnswer(status: number, body: AnswerBody): ClientAnswer {
  return {
    status,
    code: body.code ?? null,
    updateId: body.update_id ?? null,
    deliveryIds: (body.deliveries ?? []).map((delivery) => delivery.delivery_id).toSorted(),
    skipped: (body.skipped ?? []).length,
  };
}
