import { createClock } from "./clock.ts";
import { createApp } from "./http/app.ts";
import { idsNow, statementsNow, within } from "./invocation.ts";
import { createLog } from "./log.ts";
import { hearBells, hearDeadLetters } from "./queue/consumer.ts";
import { createServices } from "./services.ts";
import { sweepForAMinute } from "./usecases/sweep.ts";

const app = createApp({
  createServices: (env, invocation) => createServices(env, invocation, "http"),
  log: createLog(idsNow),
  now: createClock().now,
  statements: statementsNow,
  within,
});

/** Three doors: requests, bells, the clock. */
export default {
  fetch: (request, env, invocation) => app.fetch(request, env, invocation),
  queue: (batch, env, invocation) =>
    within({ batch_id: crypto.randomUUID() }, async () => {
      const services = createServices(env, invocation, "background");
      if (batch.queue.startsWith("notify-dead")) hearDeadLetters(services, batch);
      else await hearBells(services, batch);
    }),
  scheduled: (_, env, invocation) =>
    within({ run_id: crypto.randomUUID() }, () => sweepForAMinute(createServices(env, invocation, "background"))),
} satisfies ExportedHandler<Env>;
