/** Longest id of a provider that is stored, in characters; real ones have less than half of that. */
const LONGEST = 128;

/** A provider's id, cut so that its length cannot make a statement fail. */
export function fit<T extends string | null>(providerId: T): T {
  return (providerId === null ? null : providerId.slice(0, LONGEST)) as T;
}
