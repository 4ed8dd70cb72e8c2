/** HTML that is already escaped. */
export type Html = { readonly html: string };

/** Fills a template; texts are escaped, HTML and lists of it are not. */
export function html(strings: TemplateStringsArray, ...values: (string | number | Html | Html[])[]): Html {
  const parts = strings.map((text, index) => text + (index < values.length ? escaped(values[index] ?? "") : ""));
  return { html: parts.join("") };
}

/** Paragraphs of plain text in which backticks mark code and double asterisks what matters. */
export function paragraphs(text: string): Html[] {
  return text.split(/\n\n+/).map((paragraph) => html`<p>${inline(paragraph)}</p>`);
}

/** One line of such text. */
export function inline(text: string): Html {
  const marked = escape(text)
    .replaceAll(/`([^`]+)`/g, "<code>$1</code>")
    .replaceAll(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1");
  return { html: marked };
}

function escaped(value: string | number | Html | Html[]): string {
  if (Array.isArray(value)) return value.map((one) => one.html).join("\n");
  return typeof value === "object" ? value.html : escape(String(value));
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
