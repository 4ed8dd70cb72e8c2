import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { JsonSchema } from "../../dev/openapi/json-schema.ts";
import type { Document, DocumentOperation } from "../../dev/openapi/page/document.ts";

/** The day on which all examples play; they are sent as of yesterday, for old updates are refused. */
const DAY = "2026-11-23";

/** The document as it is served. */
export const document = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../public/openapi.json"), "utf8"),
) as Document;

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
addFormats.default(ajv);
ajv.addVocabulary(["components"]);

/** Answers have to hold what is documented and nothing else, although clients are told to expect more. */
ajv.addSchema({ $id: "answers", components: { schemas: closed(document.components.schemas) } });

/** The operation that the document has for a route. */
export function operationOf(method: string, path: string): DocumentOperation {
  const operation = document.paths[path]?.[method.toLowerCase()];
  if (!operation) throw new Error(`The document has no ${method} ${path}.`);
  return operation;
}

/** What is wrong with an answer by the document; nothing, when it is as documented. */
export function faultsOf(operation: DocumentOperation, answer: Response, body: string): string[] {
  const documented = operation.responses[String(answer.status)];
  if (!documented) return [`the status ${answer.status} is not documented: ${body}`];
  const missing = Object.entries(documented.headers)
    .filter(([name, { required, $ref }]) => (required === true || $ref !== undefined) && !answer.headers.has(name))
    .map(([name]) => `the header ${name} is missing`);
  if (!documented.content) return [...missing, ...(body === "" ? [] : ["there is a body"])];
  const type = (answer.headers.get("Content-Type") ?? "").replace(/;.*/, "");
  const content = documented.content[type];
  if (!content) return [...missing, `the type ${type} is not documented`];
  return [...missing, ...schemaFaults(content.schema, type.endsWith("json") ? JSON.parse(body) : body)];
}

/** What is wrong with a value by a schema of the document. */
export function schemaFaults(schema: JsonSchema, value: unknown): string[] {
  const validate = validatorOf(schema);
  return validate(value)
    ? []
    : (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
      );
}

const validators = new Map<JsonSchema, ValidateFunction>();

function validatorOf(schema: JsonSchema): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  const made = ajv.compile(JSON.parse(JSON.stringify(closed(schema)).replaceAll('"#/', '"answers#/')) as object);
  validators.set(schema, made);
  return made;
}

/** The same schema, in which no object has members beside those that are named. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (typeof schema !== "object" || schema === null) return schema;
  const members = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isOpen = "properties" in schema && !("additionalProperties" in schema) && typeof schema.properties === "object";
  return (isOpen ? { ...members, additionalProperties: false } : members) as T;
}

/** Ids that examples show, by the ids that the service really gave. */
export class RealIds {
  readonly #real = new Map<string, string>();

  /** Learns from an answer what the ids of its example stand for. */
  learn(shown: unknown, real: unknown): void {
    if (typeof shown === "string" && typeof real === "string" && isId(shown)) this.#real.set(shown, real);
    if (typeof shown !== "object" || shown === null || typeof real !== "object" || real === null) return;
    for (const [key, member] of Object.entries(shown)) this.learn(member, (real as Record<string, unknown>)[key]);
  }

  /** What is really sent for an example. */
  fill<T>(example: T): T {
    let text = JSON.stringify(example).replaceAll(DAY, new Date(Date.now() - 86_400_000).toISOString().slice(0, 10));
    for (const [shown, real] of this.#real) text = text.replaceAll(shown, real);
    return JSON.parse(text) as T;
  }

  /** An answer without what differs from run to run. */
  settled(answer: unknown): unknown {
    const text = JSON.stringify(this.fill(answer))
      .replaceAll(/"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z"/g, '"an instant"')
      .replaceAll(/"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"/g, '"a request"');
    return JSON.parse(text);
  }
}

function isId(text: string): boolean {
  return /^(?:[a-z]+_[0-9a-f]{32}|key_\w{16}|nk_live_\w{66})$/.test(text);
}
