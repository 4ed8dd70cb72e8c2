import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { APP_ERRORS, type AppErrorCode } from "../../src/domain/app-error.ts";
import type { Operation } from "./operation.ts";
import { wholeNumber } from "./answers.ts";

const README = join(import.meta.dirname, "../../README.md");

const codes = Object.keys(APP_ERRORS) as AppErrorCode[];

/** The body of every error. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: "`urn:notify-api:problem:` and the code" }),
    title: z.string().meta({ description: "the kind of problem, in words" }),
    status: wholeNumber.meta({ description: "the HTTP status" }),
    detail: z.string().meta({ description: "what is wrong and what to do, for people" }),
    code: z.enum(codes).meta({ description: "what is wrong, for programs" }),
    request_id: z.string().meta({ description: "names the request in the log" }),
    errors: z
      .optional(
        z.array(
          z.union([
            z.object({
              pointer: z
                .string()
                .meta({ description: "a JSON pointer (RFC 6901) into the body; empty: the body itself" }),
              message: z.string(),
            }),
            z.object({
              parameter: z.string().meta({ description: "the name of a parameter of the path or the query" }),
              message: z.string(),
            }),
          ]),
        ),
      )
      .meta({ description: "every wrong field or parameter at once" }),
    update_id: z.optional(z.string()).meta({ description: "of an update that was stored although it was refused" }),
    adapters: z.optional(z.array(z.string())).meta({ description: "the adapters that there are" }),
    accounts: z.optional(z.array(z.string())).meta({ description: "the accounts that are configured" }),
    matching: z.optional(wholeNumber).meta({ description: "how many deliveries a redrive matches" }),
    more: z.optional(z.boolean()).meta({ description: "counting ended before all were counted" }),
    expected: z.optional(wholeNumber).meta({ description: "how many were expected" }),
    message: z.string().meta({ description: "equals `detail`, for clients of the original" }),
  })
  .meta({ id: "Problem", description: "RFC 9457, with members of our own" });

/** An error as an example. */
export function problem(code: AppErrorCode, detail: string, members: Record<string, unknown> = {}): object {
  const { status, title } = APP_ERRORS[code];
  const type = `urn:notify-api:problem:${code}`;
  const request_id = "d2d1e890-1bc5-44b8-8d3f-524428ca6e00";
  return { type, title, status, detail, code, request_id, ...members, message: detail };
}

/** Errors that an operation answers, by status: those of its kind, and its own. */
export function problemsOf(operation: Operation): Map<number, AppErrorCode[]> {
  const all = new Set<AppErrorCode>([...problemsOfKind(operation), ...operation.problems]);
  return new Map(
    [...Map.groupBy(all, (code): number => APP_ERRORS[code].status)].toSorted(([one], [other]) => one - other),
  );
}

/** When each error comes, in the words of the README's table. */
export function problemWords(): Map<string, string> {
  const rows = readFileSync(README, "utf8").matchAll(/^\| \d{3} +\| `(\w+)` +\| (.*?) *\|$/gm);
  return new Map([...rows].map(([, code = "", words = ""]) => [code, words.replaceAll("\\|", "|")]));
}

function problemsOfKind({ access, body, query, path_parameters }: Operation): AppErrorCode[] {
  const keyed = access !== "open" && access !== "signed";
  return [
    ...when(keyed, "unauthorized", "forbidden", "rate_limited", "not_configured", "database_unavailable"),
    ...when(body !== undefined, "invalid_json", "invalid_request", "body_too_large", "unsupported_media_type"),
    ...when(query !== undefined || path_parameters !== undefined, "invalid_request"),
    ...when(true, "uri_too_long", "headers_too_large"),
    ...when(access !== "open", "internal_error"),
  ];
}

function when(holds: boolean, ...given: AppErrorCode[]): AppErrorCode[] {
  return holds ? given : [];
}
