/*
 * The queues of one workerd, played worse than Cloudflare promises: bells are lost, doubled, late and out of order, and
 * two consumers of a lane may run at once. Lives beside the built Worker and is no part of it: the Worker's queue
 * bindings lead here, and its own `queue` and `scheduled` handlers are called from here.
 */
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";

const BATCH = 50;
const CONSUMERS_PER_LANE = 2;
const RETRIES = 5;
const RETRY_MS = 5_000;

/** What a queue binding leads to; `props.queue` is the queue's name. */
export class Queue extends WorkerEntrypoint {
  async sendBatch(messages) {
    const sent = [...messages].map(({ body, delaySeconds }) => ({ body, delayMs: (delaySeconds ?? 0) * 1000 }));
    await brokerOf(this.env).add(this.ctx.props.queue, sent);
  }
}

/** Holds all messages in memory, so that they are lost with the process. */
export class Broker extends DurableObject {
  lanes = new Map();
  counts = { rung: 0, dropped: 0, doubled: 0, delayed: 0, dead: 0 };
  random = mulberry32(this.env.SETTINGS.seed);

  add(queue, messages) {
    for (const { body, delayMs } of messages) {
      this.counts.rung += 1;
      if (this.happens(this.env.SETTINGS.drop)) {
        this.counts.dropped += 1;
        continue;
      }
      const copies = this.happens(this.env.SETTINGS.double) ? 2 : 1;
      this.counts.doubled += copies - 1;
      for (let copy = 0; copy < copies; copy += 1) this.put(queue, { body, tries: 0 }, delayMs + this.lateness());
    }
  }

  stats() {
    return this.counts;
  }

  happens(share) {
    return this.random() < share;
  }

  /** A few ms for every bell, which mixes their order, and up to three seconds for some. */
  lateness() {
    if (!this.happens(this.env.SETTINGS.delay)) return this.random() * 40;
    this.counts.delayed += 1;
    return this.random() * 3_000;
  }

  put(queue, message, delayMs) {
    setTimeout(() => {
      const lane = this.lanes.get(queue) ?? { ready: [], running: 0 };
      this.lanes.set(queue, lane);
      lane.ready.push(message);
      this.serve(queue, lane);
    }, delayMs);
  }

  serve(queue, lane) {
    while (lane.ready.length > 0 && lane.running < CONSUMERS_PER_LANE) {
      const batch = lane.ready.splice(0, BATCH);
      lane.running += 1;
      void this.hear(queue, batch).finally(() => {
        lane.running -= 1;
        this.serve(queue, lane);
      });
    }
  }

  /** The Worker acknowledges or repeats whole batches; one that threw is repeated as well. */
  async hear(queue, batch) {
    const messages = batch.map(({ body, tries }) => ({
      id: crypto.randomUUID(),
      timestamp: new Date(),
      body,
      attempts: tries + 1,
    }));
    const result = await this.env.MAIN.queue(queue, messages).catch(() => ({ outcome: "exception" }));
    if (result.outcome === "ok" && result.ackAll && !result.retryBatch?.retry) return;
    const delayMs = (result.retryBatch?.delaySeconds ?? RETRY_MS / 1000) * 1000;
    for (const message of batch) {
      const again = { ...message, tries: message.tries + 1 };
      if (again.tries <= RETRIES) this.put(queue, again, delayMs);
      else if (queue !== "notify-dead") {
        this.counts.dead += 1;
        this.put("notify-dead", { ...again, tries: 0 }, 0);
      }
    }
  }
}

/** The harness's door: `/cron` runs the Worker's `scheduled`, `/stats` says what became of bells. */
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/stats") return Response.json(await brokerOf(env).stats());
    if (pathname !== "/cron") return new Response(null, { status: 404 });
    await env.MAIN.scheduled({ cron: "* * * * *", scheduledTime: new Date() });
    return new Response(null, { status: 204 });
  },
};

function brokerOf(env) {
  return env.BROKER.get(env.BROKER.idFromName("broker"));
}

/** A small seeded generator in [0, 1). */
function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
