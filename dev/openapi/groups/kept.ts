import type * as z from "zod";
import type { AppErrorCode } from "../../../src/domain/app-error.ts";
import { pageOf } from "../answers.ts";
import type { Example, ExampleRequest, Notes, Operation, Schema } from "../operation.ts";

/** What operators keep under one path, as all of it is created, read, listed, changed and removed. */
export type Kept = {
  /** With an article, as `a customer`; and how operations are named, as `Customer`. */
  one: string;
  id: string;
  path: string;
  /** The names of its id in the path, in their order. */
  key: Notes;
  schema: z.ZodType;
  query: { schema: Schema; notes: Notes };
  add: { schema: Schema; notes: Notes; description: string; problems: AppErrorCode[] };
  /** `fixed`: what is said of it when it is added, and for good. */
  change: { schema: Schema; fixed: string[]; description: string; problems: AppErrorCode[] };
  /** `turn`: of the example; what hangs on another goes before it. */
  remove: { description: string; turn: number; problems: AppErrorCode[] };
  missing: AppErrorCode;
  /** One of it, by its life: sent, answered, found, changed, gone. */
  example: { added: object; whole: object; key: Record<string, string>; changes: object; changed: object };
  listed: ExampleRequest;
};

/** Its five operations, each with an example that is run. */
export function operationsOf(kept: Kept): Operation[] {
  const { id, one, path, schema, missing, example } = kept;
  const parts = { path_parameters: kept.key };
  const pathOfOne = `${path}/${Object.keys(kept.key)
    .map((name) => `{${name}}`)
    .join("/")}`;
  const plural = `${one.replace(/^an? /, "")}s`;
  const at = (name: string, summary: string, rest: Omit<Example, "name" | "summary">): Example[] => [
    { name, summary, ...rest },
  ];
  return [
    {
      id: `add${id}`,
      method: "POST",
      path,
      access: "admin",
      summary: `Add ${one}`,
      description: kept.add.description,
      body: { schema: kept.add.schema, notes: kept.add.notes },
      answers: [
        {
          status: 201,
          description: "It is there.",
          schema,
          headers: { Location: { description: "where it is" } },
        },
      ],
      problems: kept.add.problems,
      examples: at("add", `Add ${one}`, {
        request: { body: example.added },
        answer: { status: 201, body: example.whole },
      }),
    },
    {
      id: `list${id}s`,
      method: "GET",
      path,
      access: "read",
      summary: `List ${plural}`,
      description: "Pages in the order of their ids.",
      query: kept.query,
      answers: [{ status: 200, description: "A page.", schema: pageOf(schema) }],
      problems: [],
      examples: at("page", "The first page", {
        request: kept.listed,
        answer: { status: 200, body: { data: [example.whole], next: null } },
        varies: true,
      }),
    },
    {
      id: `get${id}`,
      method: "GET",
      path: pathOfOne,
      access: "read",
      summary: `Show ${one}`,
      description: `Answers ${one} as it is now.`,
      ...parts,
      answers: [{ status: 200, description: "As it is.", schema }],
      problems: [missing],
      examples: at("one", `Show ${one}`, {
        request: { path: example.key },
        answer: { status: 200, body: example.whole },
      }),
    },
    {
      id: `change${id}`,
      method: "PATCH",
      path: pathOfOne,
      access: "admin",
      summary: `Change ${one}`,
      description: kept.change.description,
      ...parts,
      body: { schema: kept.change.schema, notes: notesBut(kept.add.notes, kept.change.fixed) },
      answers: [{ status: 200, description: "As it is now.", schema }],
      problems: [missing, ...kept.change.problems],
      examples: at("change", "Change what is named, and nothing else", {
        request: { path: example.key, body: example.changes },
        answer: { status: 200, body: example.changed },
      }),
    },
    {
      id: `remove${id}`,
      method: "DELETE",
      path: pathOfOne,
      access: "admin",
      summary: `Remove ${one}`,
      description: kept.remove.description,
      ...parts,
      answers: [{ status: 204, description: "It is gone." }],
      problems: [missing, ...kept.remove.problems],
      examples: at("remove", `Remove ${one}`, {
        turn: kept.remove.turn,
        request: { path: example.key },
        answer: { status: 204 },
      }),
    },
  ];
}

function notesBut(notes: Notes, fixed: string[]): Notes {
  return Object.fromEntries(Object.entries(notes).filter(([member]) => !fixed.includes(member)));
}
