import type { FigureVerdict, Verdict } from "./judge.ts";

const HEAD = ["#", "figure", "goal", "measured", "met"] as const;

/** One line per goal, and below the table what belongs beside it; Markdown, so that docs/performance.md can keep it. */
export function table(figures: readonly FigureVerdict[]): string {
  const rows = figures.flatMap(({ number, title, goals }) =>
    goals.map((verdict, index) => [
      index === 0 ? String(number) : "",
      `${title}: ${verdict.what}`,
      withUnit(verdict.goal, verdict.unit),
      measuredText(verdict),
      metText(verdict),
    ]),
  );
  const all = [[...HEAD], ...rows];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  const notes = figures.flatMap(({ number, notes: lines }) => lines.map((note) => `- ${number}: ${note}`));
  return [line([...HEAD]), rule, ...rows.map(line), "", ...notes].join("\n");
}

export function metText({ met, noisy, measured }: Pick<Verdict, "met" | "noisy" | "measured">): string {
  if (measured === null) return "not measured here";
  if (noisy) return met ? "yes, noisy" : "too noisy to judge";
  return met ? "yes" : "NO";
}

function measuredText({ measured, unit, rounds }: Verdict): string {
  if (measured === null) return "–";
  const from = Math.min(...rounds);
  const to = Math.max(...rounds);
  const range = from === to ? "" : ` (${short(from)} … ${short(to)})`;
  return withUnit(short(measured), unit) + range;
}

function withUnit(text: string, unit: string): string {
  return unit === "" ? text : `${text} ${unit}`;
}

/** Three digits that count, never less than the whole part. */
export function short(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return Number.isInteger(value) ? String(value) : value.toFixed(digits);
}
