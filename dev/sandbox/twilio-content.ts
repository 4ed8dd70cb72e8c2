import type { ContentTemplate } from "./options.ts";

/**
 * Reads the ContentVariables parameter: a JSON object of non-empty texts. Null where it is not (21656).
 * https://www.twilio.com/docs/content/using-variables-with-content-api
 */
export function readVariables(parameter: string | null): Record<string, string> | null {
  if (parameter === null || parameter === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(parameter);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  return entries.every(([, text]) => typeof text === "string" && text !== "")
    ? Object.fromEntries(entries as [string, string][])
    : null;
}

/** The template's text, or null when a placeholder has neither a variable nor a default. */
export function renderTemplate(template: ContentTemplate, variables: Readonly<Record<string, string>>): string | null {
  const values = { ...template.defaults, ...variables };
  const complete = placeholders(template).every((name) => Object.hasOwn(values, name));
  return complete ? template.body.replace(PLACEHOLDER, (_, name: string) => values[name] ?? "") : null;
}

/** Whether the request names variables that the template does not have. */
export function hasStrangeVariables(template: ContentTemplate, variables: Readonly<Record<string, string>>): boolean {
  const known = new Set(placeholders(template));
  return Object.keys(variables).some((name) => !known.has(name));
}

const PLACEHOLDER = /\{\{\s*([\w.]+)\s*\}\}/g;

function placeholders(template: ContentTemplate): string[] {
  return [...template.body.matchAll(PLACEHOLDER)].map((found) => found[1] ?? "");
}
