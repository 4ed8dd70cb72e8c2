/** A condition as the driver gives it: text where the server calls it a BIGINT. NULL is false. */
export type Truth = number | string | null;

export function isTrue(value: Truth): boolean {
  return Number(value) === 1;
}
