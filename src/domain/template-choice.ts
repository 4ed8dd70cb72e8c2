import { nameKey } from "./adapter-facts.ts";
import type { TemplateFacts } from "./template.ts";

/** Statuses are matched without regard to case. */
export const statusKeyOf = nameKey;

type Wanted = { channelId: string; status: string; locale: string | null };

/**
 * The template of an update on a channel; null where the original's sentence goes. The enterprise's own come before
 * everyone's; of these, those of the status before those of any; of these, the customer's locale, then each shorter one
 * (RFC 4647 §3.4, "lookup"), then that of any locale.
 */
export function chooseTemplate(templates: readonly TemplateFacts[], wanted: Wanted): TemplateFacts | null {
  const statuses = [statusKeyOf(wanted.status), ""];
  const locales = localeChain(wanted.locale);
  const rank = ({ isOwn, statusKey, locale }: TemplateFacts): [number, number, number] => [
    isOwn ? 0 : 1,
    statuses.indexOf(statusKey),
    locales.indexOf(locale.toLowerCase()),
  ];
  const ranked = templates
    .filter(({ channelId }) => channelId === wanted.channelId)
    .map((template) => ({ template, rank: rank(template) }))
    .filter((one) => !one.rank.includes(-1));
  return ranked.toSorted((a, b) => compare(a.rank, b.rank))[0]?.template ?? null;
}

/** `pt-BR` → `pt-br`, `pt` and the empty one of any locale. */
export function localeChain(locale: string | null): string[] {
  const chain = [];
  let rest = (locale ?? "").replaceAll("_", "-").toLowerCase();
  while (rest !== "") {
    chain.push(rest);
    rest = rest.slice(0, Math.max(0, rest.lastIndexOf("-"))).replace(/-\w$/, "");
  }
  return [...chain, ""];
}

function compare(a: readonly number[], b: readonly number[]): number {
  return a.reduce((order, rank, index) => order || rank - (b[index] ?? 0), 0);
}
