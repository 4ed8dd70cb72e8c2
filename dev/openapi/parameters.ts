import { describe, toJsonSchema, type Components } from "./json-schema.ts";
import type { ExampleRequest, Operation } from "./operation.ts";

/** The parameters of an operation, in the order path, query, headers, each with its examples by their names. */
export function parametersOf(operation: Operation, components: Components): object[] {
  return [...pathParameters(operation), ...queryParameters(operation, components), ...headerParameters(operation)];
}

function pathParameters(operation: Operation): object[] {
  const { path, path_parameters: notes = {}, id } = operation;
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => {
    const description = notes[name];
    if (description === undefined) throw new Error(`${id}: say what {${name}} is.`);
    const schema = { type: "string", minLength: 1, maxLength: 64 };
    return { name, in: "path", required: true, description, schema, ...examplesOf(operation, "path", name) };
  });
}

function queryParameters(operation: Operation, components: Components): object[] {
  if (!operation.query) return [];
  const { schema, notes } = operation.query;
  const described = describe(toJsonSchema(schema, components), notes, `The query of ${operation.id}`);
  return Object.entries(described.properties ?? {}).map(([name, { description, ...member }]) => ({
    name,
    in: "query",
    required: described.required?.includes(name) ?? false,
    description,
    schema: member,
    ...examplesOf(operation, "query", name),
  }));
}

function headerParameters(operation: Operation): object[] {
  return Object.entries(operation.request_headers ?? {}).map(([name, { description, schema }]) => ({
    name,
    in: "header",
    required: false,
    description,
    schema: schema ?? { type: "string" },
    ...examplesOf(operation, "headers", name),
  }));
}

function examplesOf({ examples }: Operation, place: keyof Omit<ExampleRequest, "body">, parameter: string): object {
  const given = examples.flatMap(({ name, request }): [string, object][] => {
    const value = request[place]?.[parameter];
    return value === undefined ? [] : [[name, { value }]];
  });
  return given.length > 0 ? { examples: Object.fromEntries(given) } : {};
}
