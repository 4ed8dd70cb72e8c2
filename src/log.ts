import { causes } from "./domain/outage.ts";

export type LogFields = Record<string, string | number | boolean | null | undefined>;

/** JSON lines. Fields are ids, codes, counts and durations: never addresses, texts, keys or SQL. */
export type Log = {
  info: (event: string, fields?: LogFields) => void;
  error: (event: string, error: unknown, fields?: LogFields) => void;
};

/** `ids`: of what goes on at the moment, so that all its lines can be found together. */
export function createLog(ids: () => LogFields = () => ({})): Log {
  return {
    info: (event, fields = {}) => console.log(JSON.stringify({ level: "info", event, ...ids(), ...fields })),
    error: (event, error, fields = {}) =>
      console.error(JSON.stringify({ level: "error", event, ...ids(), ...fields, ...describe(error) })),
  };
}

function describe(error: unknown): LogFields {
  const chain = causes(error);
  const first = chain[0];
  return {
    error: chain.map(nameOf).join(" < "),
    errno: chain.map(errnoIn).find((errno) => errno !== null) ?? null,
    detail: chain.filter(isDiscreet).map(messageOf).join(" < "),
    at: first instanceof Error ? placesIn(first) : null,
  };
}

/** By what errors say of themselves, for the names of classes are gone when deployed; drizzle's says nothing. */
function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause;
  return cause.name === "Error" && "query" in cause ? "DrizzleQueryError" : cause.name;
}

/** Messages of libraries quote statements and input; only those of the language and our own are shown. */
function isDiscreet(cause: unknown): cause is Error {
  if (!(cause instanceof Error)) return false;
  return [Error, TypeError, RangeError].some((kind) => cause.constructor === kind) || "isDiscreet" in cause;
}

/** What a message may quote: texts, URLs with their passwords, addresses, phone numbers. */
const QUOTED = /(["'`]).*?\1|\b\w+:\/\/\S+|\S+(?:@|%40)\S+|\+?\d{6,}/gs;

function messageOf(cause: Error): string {
  return cause.message.replace(QUOTED, "…").slice(0, 200);
}

function errnoIn(cause: unknown): number | null {
  const errno = cause instanceof Error ? /\(errno (\d+)\)/.exec(cause.message)?.[1] : undefined;
  return errno ? Number(errno) : null;
}

/** The stack's places, without the message that stands before them: its lines can look like places. */
function placesIn({ message, stack = "" }: Error): string {
  const start = stack.indexOf(message);
  if (start < 0) return "";
  return stack
    .slice(start + message.length)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at "))
    .slice(0, 6)
    .join(" | ");
}
