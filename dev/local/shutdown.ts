const LOOK_EVERY_MS = 500;

/**
 * Ends when Ctrl-C or SIGTERM comes, or when npm, which started this, was ended without passing that on. A second signal ends the program at once, for the one who will not wait.
 */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let came = false;
    const onSignal = () => {
      if (came) process.exit(130);
      came = true;
      resolve();
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
    if (process.env["npm_lifecycle_event"] === undefined) return;
    const { ppid } = process;
    const watch = setInterval(() => {
      if (process.ppid === ppid) return;
      clearInterval(watch);
      onSignal();
    }, LOOK_EVERY_MS);
    watch.unref();
  });
}
