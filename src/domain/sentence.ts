/** A reason as a sentence: first letter large, a full stop at the end. */
export function sentence(reason: string): string {
  const start = reason.charAt(0).toUpperCase() + reason.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
