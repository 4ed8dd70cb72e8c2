import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEMO_ENTERPRISE, seed } from "../../dev/local/seed.ts";
import type { Example, Operation } from "../../dev/openapi/operation.ts";
import { GROUPS } from "../../dev/openapi/operations.ts";
import { document, faultsOf, operationOf, RealIds, schemaFaults } from "./openapi-kit.ts";
import { startWholeService, until, type WholeService } from "./whole-service-kit.ts";

const ROOT = join(import.meta.dirname, "../..");

let service: WholeService;

beforeAll(async () => {
  service = await startWholeService("openapi");
  await seed(service.cloud.bridge.url, [DEMO_ENTERPRISE]);
});

afterAll(() => service.stop());

test("the document and the page are what npm run openapi writes", async () => {
  await expect(
    promisify(execFile)(process.execPath, ["dev/openapi.ts", "--check"], { cwd: ROOT }),
  ).resolves.toBeDefined();
});

test("the document is OpenAPI 3.1 by its official schema", async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

test.each([
  ["/openapi.json", "application/json", "public/openapi.json"],
  ["/docs", "text/html", "public/docs.html"],
  ["/docs.css", "text/css", "public/docs.css"],
])("%s is served to anybody, with headers that guard it", async (path, type, file) => {
  const answer = await fetch(`${service.worker().url}${path}`, { redirect: "error" });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("Content-Type")).toContain(type);
  expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
  expect(await answer.text()).toBe(readFileSync(join(ROOT, file), "utf8"));
});

test("the page may run no script, and asks for nothing but its style, which asks for nothing", async () => {
  const answer = await fetch(`${service.worker().url}/docs`);
  const page = await answer.text();
  const asked = [...page.matchAll(/\s(?:src|srcset|href|action|data|poster)="([^"#]+)"/g)].map(([, url]) => url);
  expect(new Set(asked)).toEqual(new Set(["/docs.css", "/openapi.json"]));
  expect(page).not.toMatch(/<(?:script|iframe|object|embed|style)|\son\w+=|javascript:/i);
  expect(readFileSync(join(ROOT, "public/docs.css"), "utf8")).not.toMatch(/url\(|@import/);
  expect(answer.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
});

test("every anchor that the page links to is on it, once", async () => {
  const page = readFileSync(join(ROOT, "public/docs.html"), "utf8");
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  const linked = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(linked.filter((id) => !ids.includes(id))).toEqual([]);
});

test("a path that is neither a route nor a file is the Worker's to refuse", async () => {
  const answer = await fetch(`${service.worker().url}/docs/nothing`);
  expect(answer.status).toBe(404);
  expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
});

const ids = new RealIds();
const examples = GROUPS.flatMap(({ operations }) => operations)
  .flatMap((operation) => operation.examples.map((example) => ({ operation, example })))
  .toSorted((one, other) => (one.example.turn ?? 0) - (other.example.turn ?? 0))
  .map(({ operation, example }): [string, Operation, Example] => [
    `${operation.id} › ${example.name}`,
    operation,
    example,
  ]);

test("the document shows no example beside those that are run", () => {
  const shown = Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ operationId, responses }) =>
      Object.values(responses)
        .flatMap(({ content = {} }) => Object.values(content))
        .flatMap((content) => Object.keys(content.examples ?? {}).map((name) => `${operationId} › ${name}`)),
    );
  expect(examples.map(([name]) => name)).toEqual(expect.arrayContaining(shown));
});

test.each(examples)("%s is answered as documented", async (_, operation, example) => {
  if ((example.turn ?? 0) > 0) await allIsSettled();
  const documented = operationOf(operation.method, operation.path);
  const { body } = example.request;
  if (body !== undefined && example.answer.status < 400) {
    expect(schemaFaults(documented.requestBody?.content["application/json"]?.schema ?? {}, body)).toEqual([]);
  }
  const answer = await sendExample(operation, example);
  const text = await answer.text();

  expect(answer.status, text).toBe(example.answer.status);
  expect(faultsOf(documented, answer, text)).toEqual([]);
  for (const [header, value] of Object.entries(example.answer.headers ?? {})) {
    expect(answer.headers.get(header)).toBe(value);
  }
  if (example.answer.body === undefined) return;
  const type = (answer.headers.get("Content-Type") ?? "").replace(/;.*/, "");
  const schema = documented.responses[String(answer.status)]?.content?.[type]?.schema ?? {};
  expect(schemaFaults(schema, example.answer.body)).toEqual([]);
  const real: unknown = JSON.parse(text);
  ids.learn(example.answer.body, real);
  if (example.varies !== true) expect(ids.settled(real)).toEqual(ids.settled(example.answer.body));
});

function sendExample({ method, path, access }: Operation, { request }: Example): Promise<Response> {
  const { path: parts = {}, query = {}, headers = {}, body } = ids.fill(request);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parts[name] ?? name));
  const isOpen = access === "open" || access === "signed";
  return fetch(`${service.worker().url}${filled}?${new URLSearchParams(query).toString()}`.replace(/\?$/, ""), {
    method,
    headers: {
      ...(isOpen ? {} : { Authorization: `Bearer ${service.cloud.apiKey}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Waits until nothing that was posted is under way: answers about it then have all that they can have. */
async function allIsSettled(): Promise<void> {
  await until(async () => {
    const [row] = await service.query<{ waiting: string }>(
      "SELECT COUNT(*) AS waiting FROM deliveries WHERE state NOT IN ('delivered', 'undelivered', 'failed', 'skipped')",
    );
    return Number(row?.waiting) === 0;
  }, "all deliveries settled");
}
