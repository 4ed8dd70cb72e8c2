import type { Document, Placed } from "./document.ts";
import { html, inline, paragraphs, type Html } from "./html.ts";
import { operationSection } from "./operation-section.ts";
import { schemaTable } from "./schema-table.ts";

export type { Document } from "./document.ts";

/**
 * The reference as one page that reads without scripts and asks nobody but its own server. The libraries that draw
 * such pages weigh 0.5 to 1.3 MB (gzip) of script, and each names hosts of its maker.
 */
export function writePage(document: Document): string {
  const groups = document.tags.map(({ name, description }) => ({ name, description, operations: of(name, document) }));
  const { title, version, description } = document.info;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}: reference</title>
        <link rel="stylesheet" href="/docs.css" />
      </head>
      <body>
        <a class="skip" href="#main">Skip to the reference</a>
        <header>
          <h1>${title} <small>${version}</small></h1>
          ${paragraphs(description)}
          <p>For programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
        </header>
        <nav aria-label="Routes">
          ${groups.map(({ name, operations }) => navigation(name, operations))}
          <h2><a href="#schemas">What answers are made of</a></h2>
        </nav>
        <main id="main">
          ${groups.map(
            (group) =>
              html`<section aria-labelledby="${anchor(group.name)}">
                <h2 id="${anchor(group.name)}">${group.name}</h2>
                <p>${inline(group.description)}</p>
                ${group.operations.map((operation) => operationSection(operation, document))}
              </section>`,
          )}
          <section aria-labelledby="schemas">
            <h2 id="schemas">What answers are made of</h2>
            ${Object.entries(document.components.schemas).map(
              ([name, schema]) =>
                html`<h3 id="schema-${name}">${name}</h3>
                  ${paragraphs(schema.description ?? "")} ${schemaTable(schema)}`,
            )}
          </section>
        </main>
      </body>
    </html> `.html;
}

function of(tag: string, { paths }: Document): Placed[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.includes(tag))
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

function navigation(name: string, operations: Placed[]): Html {
  return html`<h2><a href="#${anchor(name)}">${name}</a></h2>
    <ul>
      ${operations.map(
        ({ method, path, operation }) =>
          html`<li>
            <a href="#${operation.operationId}"><b>${method}</b> ${path}</a>
          </li>`,
      )}
    </ul>`;
}

function anchor(name: string): string {
  return `group-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
}
