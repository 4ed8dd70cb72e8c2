/** The value below which so much (0 to 1) of all lies, by the nearest rank. `sorted` ascends and is not empty. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/** The middle value; of an even number of values the mean of the middle two. NaN if there is none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** How far the middle half of the rounds lies apart, as a share of the median; 0 where there are too few to say. */
export function spread(values: readonly number[]): number {
  if (values.length < 3) return 0;
  const sorted = values.toSorted((left, right) => left - right);
  return (percentile(sorted, 0.75) - percentile(sorted, 0.25)) / Math.abs(median(sorted));
}

/** Each round's value divided by the other contender's in the same round. */
export function ratios(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, round) => value / (others[round] ?? Number.NaN));
}
