/** Errors of work that nobody waits for: in the Worker they would end an invocation, or be lost. */
const strays: unknown[] = [];

/** Keeps them from ending this process, so that the run that they belong to can be named. */
export function catchStrays(): void {
  if (!process.listeners("unhandledRejection").includes(keep)) process.on("unhandledRejection", keep);
}

/** Those since the last time. Node tells of them when nothing else is left to do, so this waits until then. */
export async function takeStrays(): Promise<unknown[]> {
  await new Promise((resolve) => setImmediate(resolve));
  return strays.splice(0);
}

function keep(error: unknown): void {
  strays.push(error);
}
