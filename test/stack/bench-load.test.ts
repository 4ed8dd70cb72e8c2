import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { runLoad } from "../../bench/load/generator.ts";
import type { LoadOrder } from "../../bench/load/order.ts";

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function order(url: string, given: Partial<LoadOrder>): LoadOrder {
  return {
    url,
    headers: {},
    bodies: { kind: "counted", templates: ['{"id":"{id}"}'], prefix: "p-" },
    connections: 3,
    pace: { kind: "closed" },
    warmUpMs: 0,
    windowMs: 60,
    expect: 202,
    cpuOf: {},
    ...given,
  };
}

test("every listed body is posted once, and the run ends with the last answer", async () => {
  const seen: string[] = [];
  const url = await serve((request, response) => {
    void text(request).then((body) => {
      seen.push(body);
      response.writeHead(202).end("{}");
    });
  });
  const bodies = Array.from({ length: 40 }, (_, number) => `body ${number}`);
  const report = await runLoad(order(url, { bodies: { kind: "listed", bodies }, windowMs: 60_000 }));
  expect(seen.toSorted()).toEqual(bodies.toSorted());
  expect(report.used).toBe(40);
});

test("counted bodies are all different", async () => {
  const seen: string[] = [];
  const url = await serve((request, response) => {
    void text(request).then((body) => {
      seen.push(body);
      response.writeHead(202).end("{}");
    });
  });
  const { requests, latencyMs } = await runLoad(order(url, {}));
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toContain('{"id":"p-0"}');
  expect(requests).toBeGreaterThan(0);
  expect(latencyMs.p50).toBeLessThanOrEqual(latencyMs.p99);
});

test("an answer that is not the expected one fails the run, and is shown", async () => {
  let count = 0;
  const url = await serve((_, response) => {
    count += 1;
    response.writeHead(count === 5 ? 503 : 202).end(count === 5 ? "the database is away" : "{}");
  });
  await expect(runLoad(order(url, { windowMs: 60_000 }))).rejects.toThrow(
    /503 instead of 202: .*the database is away/s,
  );
});

test("a request that waits for a free connection is late from the moment it was due", async () => {
  const url = await serve((_, response) => {
    setTimeout(() => response.writeHead(202).end(), 20);
  });
  const paced = order(url, { connections: 1, pace: { kind: "open", perSecond: 200 }, windowMs: 400 });
  const { latencyMs } = await runLoad(paced);
  // Of 200 requests in each second one connection serves 50, so most of them wait far longer than they take.
  expect(latencyMs.p50).toBeGreaterThan(60);
});
