import { describe, expect, it } from "vitest";
import { countKills, countPauses, type Strike } from "../../dev/faults/nemesis/tally.ts";
import { readOptions } from "../../dev/faults/options.ts";
import { createRandom } from "../../dev/faults/random.ts";
import { longestLookupLag, pauseBounds, TIMES } from "../../dev/faults/times.ts";

describe("npm run faults", () => {
  it("takes its choices from the seed alone, each part from a stream of its own", () => {
    const choices = (seed: number, stream: string) => {
      const random = createRandom(seed, stream);
      return Array.from({ length: 20 }, () => random.whole(0, 1_000));
    };

    expect(choices(7, "load")).toEqual(choices(7, "load"));
    expect(choices(7, "load")).not.toEqual(choices(8, "load"));
    expect(choices(7, "load")).not.toEqual(choices(7, "nemesis"));
  });

  it("reads what is to be done, and refuses what it does not know", () => {
    const some = readOptions(["--seconds", "20", "--seed", "7", "--only", "kill,refused"]);

    expect(some).toMatchObject({ seconds: 20, seed: 7, keep: false });
    expect([...(some?.kinds ?? [])]).toEqual(["kill workerd", "kill mariadbd", "429", "503 with body"]);
    expect(() => readOptions(["--only", "earthquake"])).toThrow("earthquake");
    expect(() => readOptions(["--seconds", "soon"])).toThrow("--seconds");
  });

  it("freezes for longer than a lease, and thaws before an absence can be proved", () => {
    const { least, most } = pauseBounds(TIMES);

    expect(least).toBeGreaterThan(TIMES.lease);
    expect(most).toBeGreaterThan(least);
    expect(most).toBeLessThan(TIMES.callTimeout + 2 * TIMES.lookAgain);
    expect(longestLookupLag(TIMES)).toBeLessThanOrEqual(TIMES.lookAgain);
  });

  it("counts as a pause only what outlasted a lease while an attempt was open", () => {
    const strike = (kind: Strike["kind"], ms: number, open: number): Strike => {
      return { kind, target: "a", from: 0, to: ms, struck: 1, ambiguous: open, open };
    };
    const strikes = [
      strike("pause workerd", 4_500, 2),
      strike("pause mariadbd", 4_500, 0),
      strike("pause workerd", 3_900, 2),
      strike("kill mariadbd", 900, 0),
    ];

    expect(countPauses(strikes, 4_000)).toBe(1);
    expect(countKills(strikes)).toBe(1);
  });
});
