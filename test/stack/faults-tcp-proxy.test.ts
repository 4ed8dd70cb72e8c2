import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTcpProxy, type TcpProxy } from "../../dev/faults/tcp-proxy.ts";

const ANSWER = "x".repeat(2_000);

let server: Server;
let proxy: TcpProxy;
let served = 0;

beforeEach(async () => {
  served = 0;
  server = createServer((request, response) => {
    request.resume().on("end", () => {
      served += 1;
      response.end(ANSWER);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy = await startTcpProxy([(server.address() as AddressInfo).port]);
});

afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  server.close();
});

/** The length of the answer to a post of 5 kB, or the word `failed`. */
function ask(withinMs = 10_000): Promise<number | "failed"> {
  const signal = AbortSignal.timeout(withinMs);
  const answer = fetch(`http://127.0.0.1:${proxy.port}/`, { method: "POST", body: "y".repeat(5_000), signal });
  return answer.then(async (response) => (await response.text()).length).catch(() => "failed" as const);
}

describe("the fault proxy", () => {
  it("passes everything on, later if it is told so", async () => {
    await proxy.set({ kind: "pass", ms: 60 });
    const began = performance.now();

    expect(await ask()).toBe(ANSWER.length);
    expect(performance.now() - began).toBeGreaterThan(100);
  });

  it("cuts a request in its middle, so that it never arrives", async () => {
    await proxy.set({ kind: "reset", side: "request", afterBytes: 1_000 });

    expect(await ask()).toBe("failed");
    expect(served).toBe(0);
    expect(proxy.struck()).toBeGreaterThan(0);
  });

  it("cuts an answer in its middle, when the request has done its work", async () => {
    await proxy.set({ kind: "reset", side: "answer", afterBytes: 300 });

    expect(await ask()).toBe("failed");
    expect(served).toBe(1);
  });

  it("swallows what is sent, and does not bring it later", async () => {
    await proxy.set({ kind: "black_hole" });

    expect(await ask(200)).toBe("failed");
    await proxy.set({ kind: "pass", ms: 0 });
    expect(await ask()).toBe(ANSWER.length);
    expect(served).toBe(1);
  });

  it("lets answers come drop by drop", async () => {
    expect(await ask()).toBe(ANSWER.length);
    await proxy.set({ kind: "drip", bytes: 16, everyMs: 50 });

    expect(await ask(300)).toBe("failed");
    expect(proxy.struck()).toBeGreaterThan(0);
  });

  it("refuses connections, and takes them again at the same port", async () => {
    await proxy.set({ kind: "refused" });
    expect(await ask()).toBe("failed");
    await proxy.set({ kind: "pass", ms: 0 });

    expect(await ask()).toBe(ANSWER.length);
  });

  it("goes to the next target when one does not take connections", async () => {
    const port = (server.address() as AddressInfo).port;
    const both = await startTcpProxy([1, port]);
    try {
      const answers = [1, 2].map(async () => (await fetch(`http://127.0.0.1:${both.port}/`)).status);
      expect(await Promise.all(answers)).toEqual([200, 200]);
    } finally {
      await both.close();
    }
  });
});
