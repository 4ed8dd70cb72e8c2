import { describe, expect, test } from "vitest";
import * as z from "zod";
import { ConfigError } from "../../src/config.ts";
import { APP_ERRORS, AppError, type AppErrorCode } from "../../src/domain/app-error.ts";
import { Outage } from "../../src/domain/outage.ts";
import { isOurs, problemResponse } from "../../src/http/problem.ts";

const SECRET = "+34600111222";

async function problemOf(error: unknown) {
  const response = problemResponse(error, "req-1");
  return {
    status: response.status,
    headers: response.headers,
    body: await response.json<Record<string, unknown>>(),
  };
}

const CODES = Object.keys(APP_ERRORS) as AppErrorCode[];

describe("a problem (RFC 9457)", () => {
  test.each(CODES)("%s has all members, its own status, and `message` for clients of the original", async (code) => {
    const { status, headers, body } = await problemOf(new AppError(code, "What is wrong."));
    expect(status).toBe(APP_ERRORS[code].status);
    expect(headers.get("Content-Type")).toBe("application/problem+json");
    expect(body).toEqual({
      type: `urn:notify-api:problem:${code}`,
      title: APP_ERRORS[code].title,
      status,
      detail: "What is wrong.",
      code,
      request_id: "req-1",
      message: "What is wrong.",
    });
  });

  test("names the wrong fields, where there are any", async () => {
    const errors = [{ pointer: "/status", message: "is required" }];
    expect((await problemOf(new AppError("invalid_request", "x", { errors }))).body).toMatchObject({ errors });
  });

  test("carries further members and headers of the error", async () => {
    const extras = { members: { update_id: "upd_1" }, headers: { "Idempotency-Replayed": "true" } };
    const { body, headers } = await problemOf(new AppError("no_channels", "x", extras));
    expect(body).toMatchObject({ update_id: "upd_1" });
    expect(headers.get("Idempotency-Replayed")).toBe("true");
  });

  test("says `message` as `detail` says it, whatever further members there are", async () => {
    const { body } = await problemOf(new AppError("no_channels", "x", { members: { message: "y" } }));
    expect(body.message).toBe("x");
  });

  test.each(CODES)("%s tells when to come back only if that is worth it", async (code) => {
    const { status, headers } = await problemOf(new AppError(code, "x"));
    expect(headers.get("Retry-After")).toBe(status === 503 ? "5" : null);
  });
});

describe("what is not the caller's doing", () => {
  test.each([
    ["an outage", new Outage(SECRET)],
    ["what an outage caused", new Error(SECRET, { cause: new Outage(SECRET) })],
  ])("is 503 with a time to come back, for %s: repeating is safe", async (_, error) => {
    const { status, headers, body } = await problemOf(error);
    expect(status).toBe(503);
    expect(headers.get("Retry-After")).toBe("5");
    expect(body).toMatchObject({ code: "database_unavailable", detail: expect.stringContaining("repeating") });
    expect(JSON.stringify(body)).not.toContain(SECRET);
  });

  test("is 503 where settings are missing, and does not say which", async () => {
    const { status, body } = await problemOf(new ConfigError(SECRET));
    expect(status).toBe(503);
    expect(body).toMatchObject({ code: "not_configured" });
    expect(JSON.stringify(body)).not.toContain(SECRET);
  });

  test.each([
    ["an error", new Error(SECRET)],
    ["a bug", new TypeError(SECRET, { cause: new Error(SECRET) })],
    ["zod's error", new z.ZodError([{ code: "custom", path: [SECRET], message: SECRET, input: SECRET }])],
    ["a text", SECRET],
    ["nothing", undefined],
    ["what only looks like a problem", { code: "not_found", message: SECRET, status: 404 }],
  ])("is 500 that says nothing of its cause: %s", async (_, error) => {
    const { status, headers, body } = await problemOf(error);
    expect(status).toBe(500);
    expect(headers.get("Retry-After")).toBeNull();
    expect(Object.keys(body).toSorted()).toEqual(
      ["code", "detail", "message", "request_id", "status", "title", "type"].toSorted(),
    );
    expect(body).toMatchObject({ code: "internal_error", request_id: "req-1" });
    expect(JSON.stringify(body)).not.toContain(SECRET);
  });
});

describe("who has to look into an error", () => {
  test.each(CODES)("%s: we do from 500 on", (code) => {
    expect(isOurs(new AppError(code, "x"))).toBe(APP_ERRORS[code].status >= 500);
  });

  test("we do, for everything that was not foreseen", () => {
    for (const error of [new Outage("x"), new ConfigError("x"), new Error("x"), "x", null]) {
      expect(isOurs(error)).toBe(true);
    }
  });
});
