/**
 * Ends when Ctrl-C or SIGTERM comes. A second signal ends the program at once, for the one who will not wait.
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
  });
}
