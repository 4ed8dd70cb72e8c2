import * as z from "zod";
import type { Notes, Schema } from "./operation.ts";

/** A JSON Schema (draft 2020-12) as a plain object. */
export type JsonSchema = {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  description?: string;
  $ref?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  format?: string;
  [keyword: string]: unknown;
};

/** Collects the schemas that have an id, so that each stands once in the document. */
export type Components = Record<string, JsonSchema>;

/**
 * A zod schema as JSON Schema of what is written on the wire. Schemas with an id go into `components` and are
 * referred to. What zod cannot tell of checks of our own is registered beside them.
 */
export function toJsonSchema(schema: Schema, components: Components): JsonSchema {
  const made = z.toJSONSchema(z.object({ root: schema as z.ZodType }), {
    io: "input",
    target: "draft-2020-12",
    unrepresentable: "any",
  });
  const { properties, $defs = {} } = JSON.parse(
    JSON.stringify(made).replaceAll("#/$defs/", "#/components/schemas/"),
  ) as JsonSchema & { $defs?: Components };
  for (const [id, definition] of Object.entries($defs)) {
    const { id: _, ...rest } = definition;
    components[id] = rest;
  }
  return properties?.["root"] ?? {};
}

/** The same schema with a description on each member. Throws for a member without one, and for one without a member. */
export function describe(schema: JsonSchema, notes: Notes, of: string): JsonSchema {
  const unused = new Set(Object.keys(notes));
  const visit = (node: JsonSchema, prefix: string): JsonSchema => {
    if (node.items) return { ...node, items: visit(node.items, prefix) };
    if (node.anyOf) return { ...node, anyOf: node.anyOf.map((choice) => visit(choice, prefix)) };
    if (!node.properties) return node;
    const properties = Object.entries(node.properties).map(([name, member]): [string, JsonSchema] => {
      const path = `${prefix}${name}`;
      const description = notes[path];
      if (description === undefined) throw new Error(`${of}: say what ${path} is.`);
      if (!saysWhatItIs(member)) throw new Error(`${of}: register beside its schema what ${path} may be.`);
      unused.delete(path);
      return [name, { ...visit(member, `${path}.`), description }];
    });
    return { ...node, properties: Object.fromEntries(properties) };
  };
  const described = visit(schema, "");
  if (unused.size > 0) throw new Error(`${of} has no member ${[...unused].join(", ")}.`);
  return described;
}

/** A check of our own says nothing in JSON Schema, unless it is registered what it means. */
function saysWhatItIs({ type, $ref, anyOf, oneOf, enum: values, const: value }: JsonSchema): boolean {
  return [type, $ref, anyOf, oneOf, values, value].some((keyword) => keyword !== undefined);
}
