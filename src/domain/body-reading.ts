import * as z from "zod/mini";
import type { FieldError } from "./app-error.ts";
import { pointerOf } from "./order-update.ts";

/** A body as it was read, or everything that is wrong with it. */
export type BodyReading<T> = { ok: true; value: T } | { ok: false; errors: FieldError[] };

/**
 * Reads a body by a strict schema. Names every wrong field at once, and each member that the resource does not have: a
 * misspelt one would otherwise be lost without a word.
 */
export function readBody<T>(schema: z.ZodMiniType<T>, body: unknown): BodyReading<T> {
  const parsed = schema.safeParse(body);
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, errors: parsed.error.issues.flatMap(wrong) };
}

function wrong(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code !== "unrecognized_keys") return [{ pointer: pointerOf(issue.path), message: issue.message }];
  return issue.keys.slice(0, MOST_NAMED).map((key) => ({
    pointer: pointerOf([...issue.path, key]).slice(0, LONGEST_NAMED),
    message: "is not a member, or cannot be set here",
  }));
}

/** Nobody has to be told of more, or of longer ones. */
const MOST_NAMED = 50;
const LONGEST_NAMED = 200;

/** The schema of a body with these members and no others. */
export function strictBody<Shape extends z.core.$ZodShape>(members: Shape) {
  return z.strictObject(members, { error: "must be a JSON object" });
}

/** A truth that may be left out. */
export const truth = z.optional(z.boolean({ error: "must be true or false" }));
