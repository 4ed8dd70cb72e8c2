import { APP_ERRORS, AppError, type AppErrorCode } from "../domain/app-error.ts";
import { isOutage } from "../domain/outage.ts";

/** Seconds after which a client may repeat a request that the database did not answer. */
const RETRY_AFTER_S = "5";

/**
 * An error as the members of an RFC 9457 problem. `message` equals `detail`, for clients of the original.
 * What is not the caller's doing says nothing about its cause: that is in the log, under `request_id`.
 */
export function problemOf({ code, message: detail, extras }: AppError, requestId: string) {
  const { status, title } = APP_ERRORS[code];
  return {
    type: `urn:notify-api:problem:${code}`,
    title,
    status,
    detail,
    code,
    request_id: requestId,
    ...(extras.errors ? { errors: extras.errors } : {}),
    ...extras.members,
    message: detail,
  };
}

/** An error as an answer, `application/problem+json`. */
export function problemResponse(error: unknown, requestId: string): Response {
  const known = toAppError(error);
  const problem = problemOf(known, requestId);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      "Content-Type": "application/problem+json",
      ...(problem.status === 503 ? { "Retry-After": RETRY_AFTER_S } : {}),
      ...known.extras.headers,
    },
  });
}

/** What the log may know of an error: its code, and the update that was stored as a skip. */
export function tellingOf(error: unknown): { code: AppErrorCode; update_id?: string } {
  const { code, extras } = toAppError(error);
  const updateId = extras.members?.["update_id"];
  return typeof updateId === "string" ? { code, update_id: updateId } : { code };
}

/** Whether an error is ours to look into rather than the caller's. */
export function isOurs(error: unknown): boolean {
  return APP_ERRORS[toAppError(error).code].status >= 500;
}

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isOutage(error)) {
    return new AppError(
      "database_unavailable",
      "The database did not answer. The request may have been accepted; repeating the same request is safe.",
    );
  }
  if (error instanceof Error && error.name === "ConfigError") {
    return new AppError("not_configured", "The service is not configured. Its log says what is missing.");
  }
  return new AppError("internal_error", "Something went wrong on our side. The log has the details.");
}
