import type * as z from "zod";
import type { AppErrorCode } from "../../src/domain/app-error.ts";
import type { Scope } from "../../src/domain/caller.ts";

/** A schema of either of zod's two interfaces. */
export type Schema = z.core.$ZodType;

/** What is said of the members of a body or of parameters, by name; of nested ones by names with dots between. */
export type Notes = Record<string, string>;

/** A header of a request or an answer. `isSometimes`: of an answer, where it does not always come. */
export type Header = { description: string; isSometimes?: true; schema?: object };

/** Something that the operation answers when all is well. No schema: there is no body. */
export type Answer = {
  status: number;
  description: string;
  mediaType?: string;
  schema?: Schema;
  headers?: Record<string, Header>;
};

/** What is sent. `body` is sent as JSON. */
export type ExampleRequest = {
  path?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
};

/**
 * A request as it really can be sent, and what it is answered. A test sends all of them to the real service, in the
 * order of `turn` (0 unless given) and then of the document; ids that an answer shows stand for those that it really had.
 */
export type Example = {
  /** Names it within its operation. */
  name: string;
  summary: string;
  turn?: number;
  request: ExampleRequest;
  answer: { status: number; headers?: Record<string, string>; body?: unknown };
  /** Where the real answer depends on how far the engine has come: then only its form is compared. */
  varies?: true;
};

/** One route as the reference tells it. */
export type Operation = {
  /** The name that code generators give to it. */
  id: string;
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With `{name}` for parameters. */
  path: string;
  access: "open" | "signed" | Scope;
  summary: string;
  /** Paragraphs; `code` is marked by backticks. */
  description: string;
  path_parameters?: Notes;
  query?: { schema: Schema; notes: Notes };
  request_headers?: Record<string, Header>;
  body?: { schema: Schema; notes: Notes };
  answers: Answer[];
  /** Errors beside those that every operation of its kind has. */
  problems: AppErrorCode[];
  examples: Example[];
};

/** Operations that belong together, under one heading. */
export type Group = { name: string; description: string; operations: Operation[] };
