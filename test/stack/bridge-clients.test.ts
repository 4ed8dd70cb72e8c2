import { once } from "node:events";
import { Agent, request } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callBridge, startTestBridge, tableName } from "./bridge-kit.ts";
import type { TestBridge } from "./bridge-kit.ts";

const LIMIT = 16 * 1024 * 1024;

let stack: TestBridge;

beforeAll(async () => {
  stack = await startTestBridge({ transactionTimeoutMs: 1000 });
});
afterAll(async () => stack.stop());

/** A request for Execute of which nothing is sent yet but, with the first bytes, its head. */
function openRequest(length: number, agent?: Agent): ClientRequest {
  const { username, password, origin } = new URL(stack.bridge.url);
  return request(`${origin}/psdb.v1alpha1.Database/Execute`, {
    method: "POST",
    auth: `${username}:${password}`,
    headers: { "Content-Type": "application/json", "Content-Length": length },
    ...(agent === undefined ? {} : { agent }),
  });
}

/** Sends a body and gives the answer's status and text. */
async function exchange(body: string, agent: Agent): Promise<{ status: number | undefined; text: string }> {
  const sent = openRequest(Buffer.byteLength(body), agent);
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return { status: answer.statusCode, text: Buffer.concat(chunks).toString() };
}

async function running(marker: string): Promise<number> {
  const { rows } = await stack.client.execute(
    "SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE INFO LIKE ? AND ID <> CONNECTION_ID()",
    [`%${marker}%`],
  );
  return Number((rows[0] as { n: string }).n);
}

describe("a client that goes away", () => {
  test("in the middle of its request has run nothing", async () => {
    const table = tableName("half");
    const body = JSON.stringify({ query: `CREATE TABLE ${table} (id INT PRIMARY KEY)`, session: null });
    const before = stack.bridge.statements();
    const cut = openRequest(body.length + 1);
    cut.on("error", () => undefined);
    cut.write(body);
    await expect.poll(() => stack.bridge.statements()).toBe(before + 1);
    cut.destroy();
    expect((await stack.client.execute(`SHOW TABLES LIKE '${table}'`)).rows).toStrictEqual([]);
  });

  test("while its statement runs harms nobody else", async () => {
    const marker = tableName("left");
    const body = JSON.stringify({ query: `SELECT SLEEP(1) AS ${marker}`, session: null });
    const left = openRequest(body.length);
    left.on("error", () => undefined);
    left.end(body);
    await expect.poll(async () => running(marker)).toBe(1);
    left.destroy();
    expect((await stack.client.execute("SELECT 'it' AS got")).rows).toStrictEqual([{ got: "it" }]);
    await expect.poll(async () => running(marker), { timeout: 5000 }).toBe(0);
    expect((await stack.client.execute("SELECT 'it' AS got")).rows).toStrictEqual([{ got: "it" }]);
  });

  test("in the middle of its transaction leaves it to its deadline, which frees its locks", async () => {
    const table = tableName("left");
    await stack.client.execute(`CREATE TABLE ${table} (id INT PRIMARY KEY, v INT NOT NULL)`);
    await stack.client.execute(`INSERT INTO ${table} VALUES (1, 0)`);
    const begun = await callBridge(stack.bridge, "Execute", { query: "BEGIN" });
    const marker = tableName("sleep");
    const query = `UPDATE ${table} SET v = 9 + SLEEP(1) /* ${marker} */`;
    const body = JSON.stringify({ query, session: begun.body["session"] });
    const left = openRequest(body.length);
    left.on("error", () => undefined);
    left.end(body);
    await expect.poll(async () => running(marker)).toBe(1);
    left.destroy();
    // Waits for the row's lock.
    await stack.client.execute(`UPDATE ${table} SET v = v + 1`);
    expect((await stack.client.execute(`SELECT v FROM ${table}`)).rows).toStrictEqual([{ v: 1 }]);
  });
});

test("a string of many megabytes is looked through for words that are refused, however it is quoted", async () => {
  const query = `SELECT LENGTH('${"x''".repeat(5_000_000)}') AS n`;
  const { body } = await callBridge(stack.bridge, "Execute", { query });
  expect(body["error"]).toBeUndefined();
});

describe("the size of a request", () => {
  const padded = (bytes: number): string => {
    const empty = JSON.stringify({ query: "SELECT LENGTH('') AS n", session: null });
    return empty.replace("''", `'${"x".repeat(bytes - empty.length)}'`);
  };

  test("may be 16 MiB; a byte more is refused, and its connection goes on being used", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const allowed = await exchange(padded(LIMIT), agent);
      expect({ status: allowed.status, error: allowed.text.includes('"error"') }).toStrictEqual({
        status: 200,
        error: false,
      });
      const refused = await exchange(padded(LIMIT + 1), agent);
      expect({ status: refused.status, body: JSON.parse(refused.text) as unknown }).toStrictEqual({
        status: 413,
        body: { error: { code: "resource_exhausted", message: "request body is above 16 MiB" } },
      });
      const sockets = Object.values(agent.freeSockets).flat();
      expect((await exchange(padded(100), agent)).status).toBe(200);
      expect(Object.values(agent.freeSockets).flat()).toStrictEqual(sockets);
    } finally {
      agent.destroy();
    }
  });
});
