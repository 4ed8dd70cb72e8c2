/** Whether two texts have the same letters and digits, the first perhaps with more before them. */
export function endsAlike(text: string, end: string): boolean {
  return essence(text).endsWith(essence(end));
}

/** Whether a text has these letters and digits in it, in this order. */
export function holds(text: string, part: string): boolean {
  return essence(text).includes(essence(part));
}

/** Providers may put simpler punctuation in the place of ours, so that a text needs fewer segments. */
function essence(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/[^\p{L}\p{N}]/gu, "")
    .toLowerCase();
}
