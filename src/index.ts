import { createApp } from "./http/app.ts";
import { createLog } from "./log.ts";
import { hearBells, hearDeadLetters } from "./queue/consumer.ts";
import { createServices } from "./services.ts";
import { sweepForAMinute } from "./usecases/sweep.ts";

const app = createApp({
  createServices: (env, invocation) => createServices(env, invocation, "http"),
  log: createLog(),
});

/** Three doors: requests, bells, the clock. */
export default {
  fetch: (request, env, invocation) => app.fetch(request, env, invocation),
  queue: async (batch, env, invocation) => {
    const services = createServices(env, invocation, "background");
    if (batch.queue.startsWith("notify-dead")) hearDeadLetters(services, batch);
    else await hearBells(services, batch);
  },
  scheduled: async (_, env, invocation) => {
    await sweepForAMinute(createServices(env, invocation, "background"));
  },
} satisfies ExportedHandler<Env>;
