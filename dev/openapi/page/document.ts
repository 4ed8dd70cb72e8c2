import type { JsonSchema } from "../json-schema.ts";

/** What the page reads of an OpenAPI document. */
export type Document = {
  info: { title: string; version: string; description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, DocumentOperation>>;
  components: { schemas: Record<string, JsonSchema> };
};

export type DocumentOperation = {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  security: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, DocumentResponse>;
};

export type Parameter = {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description: string;
  schema: JsonSchema;
  examples?: Record<string, { value: string }>;
};

export type DocumentResponse = {
  description: string;
  headers: Record<string, { description?: string; required?: boolean; $ref?: string }>;
  content?: Content;
};

export type Content = Record<string, { schema: JsonSchema; examples?: Record<string, DocumentExample> }>;

export type DocumentExample = { summary: string; value: unknown };

/** An operation with its place. */
export type Placed = { method: string; path: string; operation: DocumentOperation };
