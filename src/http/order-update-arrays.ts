import type { Context } from "hono";
import { AppError, type FieldError, type ParameterError } from "../domain/app-error.ts";
import { mayTouch } from "../domain/caller.ts";
import type { OrderUpdateReading } from "../domain/order-update.ts";
import { MAX_UPDATES, readOrderUpdates } from "../domain/order-updates.ts";
import { acceptOrderUpdates, type PostedUpdate, type UpdateAnswer } from "../usecases/accept-order-updates.ts";
import { requireLiveKey } from "./auth.ts";
import { bodyOf } from "./accepted-body.ts";
import { answerInTime } from "./deadline.ts";
import type { Door } from "./door.ts";
import { problemOf } from "./problem.ts";
import { tell } from "./request-line.ts";

/**
 * Answers an array of updates: 207 with a result for each, in their order. Whatever they are, the status of the whole is
 * the same, so that nobody learns to look at that alone and takes an array for accepted of which a part is refused.
 */
export async function answerArray(c: Context<Door>, elements: unknown[]): Promise<Response> {
  requireArray(c, elements);
  requireLiveKey(c);
  const readings = readOrderUpdates(elements, c.get("services").clock.now()).map((reading) => judge(c, reading));
  const answers = await answersTo(c, readings);
  const results = answers.map((answer, index) => resultOf(answer, index, c.get("requestId")));
  const accepted = results.filter(({ status }) => status === 202).length;
  tell(c, { updates: results.length, accepted });
  const message = `${accepted} of ${results.length} updates are accepted. See 'results' for each.`;
  return c.json({ status: 207, message, accepted, refused: results.length - accepted, results }, 207);
}

function requireArray(c: Context<Door>, elements: unknown[]): void {
  const problems = [
    ...(elements.length === 0 ? ["must have at least one update"] : []),
    ...(elements.length > MAX_UPDATES ? [`must have at most ${MAX_UPDATES} updates`] : []),
    ...(c.req.header("Idempotency-Key") === undefined
      ? []
      : ["the header Idempotency-Key is for one update; give each update of an array its own 'idempotency_key'"]),
  ];
  if (problems.length === 0) return;
  throw new AppError("invalid_request", "The array of updates is not valid. See 'errors'.", {
    errors: problems.map((message) => ({ pointer: "", message })),
  });
}

/** What may be accepted, or why it may not. */
function judge(c: Context<Door>, reading: OrderUpdateReading): PostedUpdate | AppError {
  if (!reading.ok) {
    const { errors } = reading;
    return new AppError("invalid_request", "The order update is not valid. See 'errors' for each wrong field.", {
      errors,
    });
  }
  if (mayTouch(c.get("caller"), reading.update.enterpriseId)) return reading;
  return new AppError("forbidden", "This key is for another enterprise.");
}

async function answersTo(c: Context<Door>, readings: (PostedUpdate | AppError)[]): Promise<UpdateAnswer[]> {
  const services = c.get("services");
  const posted = readings.flatMap((reading) => (reading instanceof AppError ? [] : [reading]));
  const answers = posted.length === 0 ? [] : await answerInTime(services, acceptOrderUpdates(services, posted));
  const rest = [...answers];
  return readings.flatMap((reading) => (reading instanceof AppError ? [reading] : rest.splice(0, 1)));
}

/** What a post of its own would have been answered; `replayed` is what the header says there. */
function resultOf(answer: UpdateAnswer, index: number, requestId: string) {
  if (!(answer instanceof AppError)) return { index, replayed: answer.replayed, ...bodyOf(answer) };
  const replayed = answer.extras.headers?.["Idempotency-Replayed"] === "true";
  const { errors, ...problem } = problemOf(answer, requestId);
  return { index, replayed, ...problem, ...(errors ? { errors: errors.map((error) => inArray(error, index)) } : {}) };
}

/** A pointer into the body begins with the place in the array. */
function inArray(error: FieldError | ParameterError, index: number): FieldError | ParameterError {
  return "pointer" in error ? { ...error, pointer: `/${index}${error.pointer}` } : error;
}
