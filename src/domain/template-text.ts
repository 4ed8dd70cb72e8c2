import Mustache from "mustache";
import { isJsonObject, type JsonObject } from "./json-object.ts";

/** What a text may say of an update, beside `data.<name>`. */
export const UPDATE_NAMES = ["shipment_id", "status", "timestamp", "enterprise_id"] as const;

/** An update as texts see it. */
export type UpdateView = Record<(typeof UPDATE_NAMES)[number], string> & { data: JsonObject | null };

/** What is wrong with a text, or the names under `data` that it always needs: those outside of sections. */
export type TextReading = { ok: true; needs: string[] } | { ok: false; message: string };

/**
 * Reads a Mustache text (https://mustache.github.io/mustache.5.html) of variables, sections and comments, and nothing
 * else: no partials, no other delimiters, nothing unescaped. A name outside of sections is one of the update; inside it
 * may be one of the section's item as well.
 */
export function readText(text: string): TextReading {
  const tokens = parse(text);
  if (typeof tokens === "string") return { ok: false, message: `is not a template: ${tokens}` };
  const needs = new Set<string>();
  for (const { type, name, isInside } of tagsOf(tokens, false)) {
    const message = problemOf(type, name, isInside);
    if (message !== null) return { ok: false, message };
    if (type === "name" && !isInside && name.startsWith("data.")) needs.add(name);
  }
  return { ok: true, needs: [...needs].toSorted() };
}

/**
 * Fills a text that `readText` took; `write` puts a value into the text. Values that are neither text, number nor truth
 * are left out. Throws RangeError where sections go through more items than any message has.
 */
export function fillText(text: string, update: UpdateView, write: (value: string) => string): string {
  const escape = (value: unknown) => (isValue(value) ? write(String(value)) : "");
  return WRITER.render(text, new UpdateContext(update, { update, items: 0 }), undefined, { escape });
}

/** Of these names (`data.eta`) those for which there is nothing to put into a text. */
export function missingNames(needs: readonly string[], data: JsonObject | null): string[] {
  return needs.filter((name) => {
    const value = follow({ data }, name.split("."));
    return !isValue(value) || String(value).trim() === "";
  });
}

type Token = Mustache.TemplateSpans[number];
type Tag = { type: string; name: string; isInside: boolean };

function tagsOf(tokens: Mustache.TemplateSpans, isInside: boolean): Tag[] {
  return tokens.flatMap((token) => [
    { type: token[0], name: token[1], isInside },
    ...tagsOf(innerTokens(token), isInside || token[0] === "#" || token[0] === "^"),
  ]);
}

function innerTokens(token: Token): Mustache.TemplateSpans {
  return Array.isArray(token[4]) ? token[4] : [];
}

function problemOf(type: string, name: string, isInside: boolean): string | null {
  switch (type) {
    case "text":
    case "!":
      return null;
    case "name":
    case "#":
    case "^":
      return nameProblem(name, isInside);
    case "&":
      return `takes no unescaped variables: write {{${name}}}`;
    case ">":
      return `takes no partials, and so no {{>${name}}}`;
    default:
      return "takes no other delimiters than {{ and }}";
  }
}

function nameProblem(name: string, isInside: boolean): string | null {
  if (isInside && name === ".") return null;
  const isNamed = /^[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*$/u.test(name);
  const isOfUpdate = isUpdateName(name) || name.startsWith("data.");
  const isOfItem = isInside && name !== "data" && !UPDATE_NAMES.some((known) => name.startsWith(`${known}.`));
  if (isNamed && (isOfUpdate || isOfItem)) return null;
  return `knows no {{${name}}}: variables are ${UPDATE_NAMES.join(", ")} and data.<name>`;
}

function isUpdateName(name: string): boolean {
  return UPDATE_NAMES.some((known) => known === name);
}

function isValue(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** More items than any message shows; sections within sections of long lists would go on for ever. */
const MOST_ITEMS = 1_000;

type Filling = { update: UpdateView; items: number };

/**
 * Looks names up as `readText` understands them: what is the update's by the update alone, the rest by the nearest item
 * that has it, and only what is a member of its own. Mustache's own look-up finds inherited ones, and calls them.
 */
class UpdateContext extends Mustache.Context {
  readonly #filling: Filling;
  readonly #view: unknown;
  readonly #outer: UpdateContext | undefined;

  constructor(view: unknown, filling: Filling, outer?: UpdateContext) {
    super(view, outer);
    this.#view = view;
    this.#filling = filling;
    this.#outer = outer;
  }

  override push(view: unknown): UpdateContext {
    this.#filling.items += 1;
    if (this.#filling.items > MOST_ITEMS) throw new RangeError("A template's sections have too many items.");
    return new UpdateContext(view, this.#filling, this);
  }

  override lookup(name: string): unknown {
    if (name === ".") return this.#view;
    const path = name.split(".");
    const [first = ""] = path;
    if (first === "data" || isUpdateName(first)) return follow(this.#filling.update, path);
    if (hasOwn(this.#view, first)) return follow(this.#view, path);
    return this.#outer?.lookup(name);
  }
}

function follow(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((holder, name) => (hasOwn(holder, name) ? holder[name] : undefined), value);
}

function hasOwn(holder: unknown, name: string): holder is JsonObject {
  return (isJsonObject(holder) || Array.isArray(holder)) && Object.hasOwn(holder, name);
}

/** Parsing costs more than filling, and the same few texts are filled over and over. */
const MOST_PARSED = 200;
const parsed = new Map<string, Mustache.TemplateSpans>();

const WRITER = Object.assign(new Mustache.Writer(), {
  templateCache: {
    get: (key: string) => parsed.get(key),
    set: (key: string, tokens: Mustache.TemplateSpans) => {
      if (parsed.size >= MOST_PARSED) parsed.clear();
      parsed.set(key, tokens);
    },
    clear: () => parsed.clear(),
  },
});

function parse(text: string): Mustache.TemplateSpans | string {
  try {
    return WRITER.parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
