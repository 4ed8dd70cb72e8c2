/**
 * Runs one part in a process of its own: takes its options as the first message, answers with what the others
 * need to know of it, and ends with the process that started it.
 */
export function servePart(start: (options: never) => Promise<object>): void {
  // Ctrl-C goes to the whole terminal; the harness ends its parts in its own order.
  process.on("SIGINT", () => undefined);
  process.on("disconnect", () => process.exit(0));
  process.once("message", (options: unknown) => {
    start(options as never).then(
      (facts) => process.send?.(facts),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
