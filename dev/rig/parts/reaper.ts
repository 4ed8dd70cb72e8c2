/**
 * Outlives the harness by a moment: when that is gone, however it ended, what it had started is ended as well, frozen
 * processes included. Hears of each start and end as `{ pid, runs }`.
 */
const running = new Set<number>();

process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);
process.on("message", ({ pid, runs }: { pid: number; runs: boolean }) => {
  if (runs) running.add(pid);
  else running.delete(pid);
});
process.on("disconnect", () => {
  for (const pid of running) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      // ESRCH: it has ended by itself.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
  process.exit(0);
});
