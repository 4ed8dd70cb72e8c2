/**
 * Lets contenders take turns, A B A B …, so that what else the machine does meets all of them alike. A first round only
 * warms up, for V8 compiles what it has seen often. Gives what each other round came to, by contender.
 */
export async function interleave<Name extends string, Result>(
  rounds: number,
  turns: Record<Name, () => Promise<Result>>,
): Promise<Record<Name, Result[]>> {
  const names = Object.keys(turns) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Record<Name, Result[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const result = await turns[name]();
      if (round > 0) results[name].push(result);
    }
  }
  return results;
}
