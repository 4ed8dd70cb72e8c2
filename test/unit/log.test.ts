import { DatabaseError } from "@planetscale/database";
import { DrizzleQueryError } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { ConfigError } from "../../src/config.ts";
import { Outage } from "../../src/domain/outage.ts";
import { createLog } from "../../src/log.ts";

/** What must never be seen in a log: an address, a text and a key, and where they hide best. */
const CANARY = "+34600111222 parcel-text SG.key";
const HIDDEN = `${CANARY}\n    at ${CANARY} (file.js:1:1)\n    at ${CANARY}`;

const lines: string[] = [];

beforeEach(() => {
  lines.length = 0;
  for (const method of ["log", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((line: unknown) => {
      lines.push(String(line));
    });
  }
});

afterEach(() => vi.restoreAllMocks());

function logged(error: unknown): Record<string, unknown> {
  createLog().error("failed", error);
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? "");
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown.");
}

const duplicate = () => {
  const message = `target: db.-.primary: vttablet: Duplicate entry '${HIDDEN}' for key 'k' (errno 1062) (sqlstate 23000)`;
  return new DatabaseError(message, 400, { code: "ALREADY_EXISTS", message });
};

const query = (cause: Error) =>
  new DrizzleQueryError(`insert into deliveries values ('${HIDDEN}')`, [CANARY, HIDDEN], cause);

describe("an error in the log", () => {
  test.each<[string, () => unknown, string]>([
    ["of the database", duplicate, "DatabaseError"],
    ["of the query builder", () => query(new Error("x")), "DrizzleQueryError < Error"],
    ["of the query builder, around the database's", () => query(duplicate()), "DrizzleQueryError < DatabaseError"],
    ["of JSON", () => thrownBy(() => JSON.parse(CANARY)), "SyntaxError"],
    ["of JSON over several lines", () => thrownBy(() => JSON.parse(`{"a": x\n at ${CANARY}`)), "SyntaxError"],
    ["of a pattern", () => thrownBy(() => new RegExp(`(${CANARY}`)), "SyntaxError"],
    [
      "of zod",
      () => z.object({ [CANARY]: z.never({ error: HIDDEN }) }).safeParse({ [CANARY]: CANARY }).error,
      "ZodError",
    ],
    [
      "under an outage",
      () => new Outage("The database did not answer.", { cause: duplicate() }),
      "Outage < DatabaseError",
    ],
    ["that is no error but a text", () => CANARY, "string"],
    ["that is no error but an object", () => ({ message: CANARY }), "object"],
    ["whose cause is a text", () => new Outage("No answer.", { cause: CANARY }), "Outage < string"],
  ])("%s shows its kind and nothing of what it quotes", (_, make, kind) => {
    const line = logged(make());
    expect(line).toMatchObject({ level: "error", event: "failed", error: kind });
    expect(lines[0]).not.toMatch(/600111222|parcel-text|SG\.key/);
  });

  test.each([
    ["a URL", new TypeError("Failed to parse URL from http://user:SG.key@host/")],
    ["a quoted text", new TypeError("Cannot create property 'x' on string 'parcel-text'")],
    ["a phone number", new Error("No route to +34600111222")],
    ["a mail address", new RangeError("Bad value parcel-text@shop.example")],
  ])("of the language hides %s in its message", (_, error) => {
    logged(error);
    expect(lines[0]).not.toMatch(/600111222|parcel-text|SG\.key/);
  });

  test("of a kind of our own whose message may be seen is shown with it", () => {
    expect(logged(new Outage("The database did not answer."))).toMatchObject({
      error: "Outage",
      detail: "The database did not answer.",
    });
    lines.length = 0;
    expect(logged(new ConfigError("Settings are missing: DATABASE_URL."))).toMatchObject({
      error: "ConfigError",
      detail: "Settings are missing: DATABASE_URL.",
    });
  });

  test("of the language is shown with its message, cut to a bearable length", () => {
    const error = thrownBy(() => Reflect.get(Object(undefined), "a").b);
    expect(logged(error)).toMatchObject({ error: "TypeError", detail: expect.stringContaining("undefined") });
    lines.length = 0;
    expect(logged(new Error("x".repeat(10_000))).detail).toHaveLength(200);
  });

  test("keeps the database's number of the error, which explains most", () => {
    expect(logged(query(duplicate()))).toMatchObject({ errno: 1062 });
    lines.length = 0;
    expect(logged(new Error("x"))).toMatchObject({ errno: null });
  });

  test("shows where it was thrown, in a few places", () => {
    const at = String(logged(query(duplicate())).at).split(" | ");
    expect(at[0]).toMatch(/^at .*log\.test\.ts/);
    expect(at.length).toBeLessThanOrEqual(6);
  });
});

describe("a line", () => {
  test("is one line of JSON with its fields, on the stream of its level", () => {
    const log = createLog();
    log.info("swept", { rung: 2, queue: "notify-sms\n", note: null });
    expect(console.log).toHaveBeenCalledOnce();
    expect(console.error).not.toHaveBeenCalled();
    expect(lines).toEqual(['{"level":"info","event":"swept","rung":2,"queue":"notify-sms\\n","note":null}']);
  });

  test("of an error has fields as well", () => {
    createLog().error("failed", new Outage("No answer."), { queue: "notify-sms" });
    expect(console.error).toHaveBeenCalledOnce();
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ event: "failed", queue: "notify-sms", error: "Outage" });
  });
});
