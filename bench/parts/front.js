/*
 * Lies beside the built Worker and calls its handlers of queues and of the clock, as the platform does.
 * `POST /queue/NAME` takes a JSON list of message bodies and answers what became of the batch, with 200 when it was
 * acknowledged whole and 503 otherwise; `POST /cron` answers when one run of the sweep has ended.
 */
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/health") return new Response("ok");
    if (pathname === "/cron") {
      await env.MAIN.scheduled({ cron: "* * * * *", scheduledTime: new Date() });
      return new Response(null, { status: 204 });
    }
    const [, queue] = /^\/queue\/([\w-]+)$/.exec(pathname) ?? [];
    if (queue === undefined) return new Response(null, { status: 404 });
    const bodies = await request.json();
    const timestamp = new Date();
    const messages = bodies.map((body) => ({ id: crypto.randomUUID(), timestamp, body, attempts: 1 }));
    const { outcome, ackAll, retryBatch, explicitAcks, retryMessages } = await env.MAIN.queue(queue, messages);
    const isHeard = outcome === "ok" && ackAll && !retryBatch?.retry;
    const answer = { outcome, ackAll, retryBatch, explicitAcks, retryMessages };
    return Response.json(answer, { status: isHeard ? 200 : 503 });
  },
};
