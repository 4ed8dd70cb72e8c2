/**
 * Something outside did not answer, or not in time. What was asked for may have happened all the same.
 * Thrown by the outside layers, caught at the doors: HTTP answers 503, the queue delivers again.
 */
export class Outage extends Error {
  override readonly name = "Outage";
  /** Its message may be logged. */
  readonly isDiscreet = true;
}

/** Whether an error is an outage, or was caused by one. */
export function isOutage(error: unknown): boolean {
  return causes(error).some((cause) => cause instanceof Outage);
}

/** An error and what caused it, outermost first. */
export function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let current = error; current !== undefined && chain.length < 8;) {
    chain.push(current);
    current = current instanceof Error ? current.cause : undefined;
  }
  return chain;
}
