import type { AppErrorCode } from "../../src/domain/app-error.ts";
import { describe, toJsonSchema, type Components, type JsonSchema } from "./json-schema.ts";
import type { Group, Header, Operation } from "./operation.ts";
import { parametersOf } from "./parameters.ts";
import { problemSchema, problemsOf, problemWords } from "./problems.ts";

const INTRODUCTION = `One POST per change of an order's status; one message on every channel that the enterprise subscribes to.

Every answer carries X-Request-Id, and every error is application/problem+json. Members that are not described may be added to answers at any time.

A key is sent as Authorization: Bearer, and has scopes: \`send\` posts updates, \`read\` reads, \`admin\` may do everything. A key that is for one enterprise sees and changes only what belongs to that one.`;

/** The OpenAPI 3.1 document of all groups. `version`: of the service. */
export function openApiDocument(groups: Group[], version: string): Record<string, unknown> {
  const components: Components = {};
  toJsonSchema(problemSchema, components);
  const words = problemWords();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const group of groups) {
    for (const operation of group.operations) {
      const path = (paths[operation.path] ??= {});
      path[operation.method.toLowerCase()] = { tags: [group.name], ...operationObject(operation, components, words) };
    }
  }
  return {
    openapi: "3.1.1",
    info: { title: "notify-api", version, description: INTRODUCTION, license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: "/", description: "where this document came from" }],
    tags: groups.map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      schemas: components,
      headers: {
        RequestId: { description: "names the request in the log", required: true, schema: { type: "string" } },
      },
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "A key, as `Authorization: Bearer …`." },
        signature: {
          type: "apiKey",
          in: "header",
          name: "X-Twilio-Signature",
          description: "Signed as the provider signs; the header's name is the provider's own.",
        },
      },
    },
  };
}

function operationObject(operation: Operation, components: Components, words: Map<string, string>): object {
  const { id, summary, description, access, body } = operation;
  const parameters = parametersOf(operation, components);
  return {
    operationId: id,
    summary,
    description,
    security: access === "open" ? [] : [access === "signed" ? { signature: [] } : { key: [access] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: requestBody(operation, body, components) } : {}),
    responses: Object.fromEntries([...answers(operation, components), ...problems(operation, words)]),
  };
}

function requestBody(operation: Operation, { schema, notes }: NonNullable<Operation["body"]>, components: Components) {
  const examples = operation.examples
    .filter(({ request }) => request.body !== undefined)
    .map(({ name, summary, request }) => [name, { summary, value: request.body }]);
  return {
    required: true,
    content: {
      "application/json": {
        schema: describe(toJsonSchema(schema, components), notes, `The body of ${operation.id}`),
        ...(examples.length > 0 ? { examples: Object.fromEntries(examples) as object } : {}),
      },
    },
  };
}

type Response = [status: string, response: object];

function answers(operation: Operation, components: Components): Response[] {
  return operation.answers.map(({ status, description, mediaType = "application/json", schema, headers = {} }) => [
    String(status),
    {
      description,
      headers: { "X-Request-Id": { $ref: "#/components/headers/RequestId" }, ...headerObjects(headers) },
      ...(schema ? { content: content(operation, status, mediaType, toJsonSchema(schema, components)) } : {}),
    },
  ]);
}

function problems(operation: Operation, words: Map<string, string>): Response[] {
  return [...problemsOf(operation)].map(([status, codes]) => [
    String(status),
    {
      description: codes.map((code) => `\`${code}\`: ${wordsFor(code, words)}`).join("\n\n"),
      headers: {
        "X-Request-Id": { $ref: "#/components/headers/RequestId" },
        ...(status === 503 || status === 429
          ? { "Retry-After": { description: "seconds to wait", required: true, schema: { type: "string" } } }
          : {}),
      },
      content: content(operation, status, "application/problem+json", { $ref: "#/components/schemas/Problem" }),
    },
  ]);
}

function wordsFor(code: AppErrorCode, words: Map<string, string>): string {
  const found = words.get(code);
  if (found === undefined) throw new Error(`README.md has no row for the error ${code}.`);
  return found;
}

function content({ examples }: Operation, status: number, mediaType: string, schema: JsonSchema): object {
  const shown = examples
    .filter(({ answer }) => answer.status === status && answer.body !== undefined)
    .map(({ name, summary, answer }) => [name, { summary, value: answer.body }]);
  return {
    [mediaType]: { schema, ...(shown.length > 0 ? { examples: Object.fromEntries(shown) as object } : {}) },
  };
}

function headerObjects(headers: Record<string, Header>): Record<string, object> {
  const objects = Object.entries(headers).map(([name, { description, isSometimes, schema = { type: "string" } }]) => [
    name,
    { description, required: isSometimes !== true, schema },
  ]);
  return Object.fromEntries(objects) as Record<string, object>;
}
