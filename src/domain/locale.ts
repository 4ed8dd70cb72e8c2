import * as z from "zod/mini";

const text = (max: number) =>
  z
    .string({ error: "must be a string" })
    .check(z.maxLength(max, { error: `must be at most ${max} characters`, abort: true }));

/** A language tag (BCP 47), read as ECMA-402 writes it: `pt-br` as `pt-BR`. */
export const localeText = z.pipe(
  text(35),
  z.transform((given: string, { issues }) => {
    const tag = canonicalTag(given);
    if (tag !== null) return tag;
    issues.push({ code: "custom", input: given, message: "must be a language tag (BCP 47), like pt-BR" });
    return z.NEVER;
  }),
);

/** The name of a time zone in IANA's database. */
export const timeZoneText = text(64).check(
  z.refine(isTimeZone, { error: "must be a time zone of the IANA database, like Europe/Madrid" }),
);

/** A language tag in the form that ECMA-402 writes; null where it is none. */
export function canonicalTag(given: string): string | null {
  try {
    return Intl.getCanonicalLocales(given)[0] ?? null;
  } catch {
    return null;
  }
}

/** Names begin with a letter; what Intl takes as well, offsets like +01:00, are none. */
function isTimeZone(given: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: given }).resolvedOptions();
    return /^[A-Za-z]/.test(given) && timeZone !== "";
  } catch {
    return false;
  }
}
