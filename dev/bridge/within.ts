/** Waits for work to settle, for better or worse, but no longer than `ms`. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const late = setTimeout(resolve, ms);
  const settled = (): void => resolve();
  work.then(settled, settled);
  await promise;
  clearTimeout(late);
}
