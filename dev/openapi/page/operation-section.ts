import type { JsonSchema } from "../json-schema.ts";
import type { Content, Document, Parameter, Placed } from "./document.ts";
import { curl } from "./curl.ts";
import { html, inline, paragraphs, type Html } from "./html.ts";
import { rule, schemaTable } from "./schema-table.ts";

/** Everything about one operation. */
export function operationSection(placed: Placed, document: Document): Html {
  const { method, path, operation } = placed;
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const body = requestBody?.content["application/json"];
  return html`<article aria-labelledby="${operationId}">
    <h3 id="${operationId}">
      <a href="#${operationId}"><b class="${method.toLowerCase()}">${method}</b> <code>${path}</code></a> ${summary}
    </h3>
    <p class="access">${accessOf(operation.security)}</p>
    ${paragraphs(description)} ${parameters.length > 0 ? parameterTable(parameters) : ""}
    ${
      body
        ? html`<h4>Body</h4>
            ${schemaTable(body.schema)}`
        : ""
    }
    ${examples(placed)}
    <h4>Answers</h4>
    <dl>
      ${Object.entries(responses).map(
        ([status, response]) =>
          html`<dt><code>${status}</code></dt>
            <dd>
              ${paragraphs(response.description)}${headers(response.headers)}${contentRule(response.content, document)}
            </dd>`,
      )}
    </dl>
  </article>`;
}

function accessOf(security: Record<string, string[]>[]): Html {
  const [first] = security;
  if (first === undefined) return html`Anybody may call it.`;
  const scope = first["key"]?.[0];
  return scope === undefined ? html`Signed by the provider.` : html`Takes a key with the scope <code>${scope}</code>.`;
}

function parameterTable(parameters: Parameter[]): Html {
  return html`<h4>Parameters</h4>
    <table>
      <thead>
        <tr>
          <th scope="col">parameter</th>
          <th scope="col">in</th>
          <th scope="col">rule</th>
          <th scope="col">meaning</th>
        </tr>
      </thead>
      <tbody>
        ${parameters.map(
          ({ name, in: place, required, schema, description }) =>
            html`<tr>
              <th scope="row"><code>${name}</code>${required ? "" : html` <i>optional</i>`}</th>
              <td>${place}</td>
              <td>${rule(schema)}</td>
              <td>${inline(description)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

/** Each example: what to send, and what comes back. */
function examples(placed: Placed): Html[] {
  return Object.entries(placed.operation.responses).flatMap(([status, { content = {} }]) =>
    Object.values(content).flatMap(({ examples: shown = {} }) =>
      Object.entries(shown).map(
        ([name, { summary, value }]) =>
          html`<details>
            <summary>${summary}</summary>
            <pre><code>${curl(placed, name)}</code></pre>
            <pre><code>HTTP ${status}

${typeof value === "string" ? value : JSON.stringify(value, null, 2)}</code></pre>
          </details>`,
      ),
    ),
  );
}

function headers(given: Record<string, { description?: string }>): Html | string {
  const told = Object.entries(given).filter(([name]) => name !== "X-Request-Id");
  if (told.length === 0) return "";
  return html`<ul>
    ${told.map(([name, { description = "" }]) => html`<li><code>${name}</code>: ${inline(description)}</li>`)}
  </ul>`;
}

function contentRule(content: Content | undefined, { components }: Document): Html[] {
  return Object.entries(content ?? {})
    .filter(([, { schema }]) => schema.$ref !== "#/components/schemas/Problem")
    .map(
      ([type, { schema }]) =>
        html`<p><code>${type}</code>: ${rule(schema)}</p>
          ${inlineTable(schema, components.schemas)}`,
    );
}

/** The members of what has no name of its own. */
function inlineTable(schema: JsonSchema, named: Record<string, JsonSchema>): Html | string {
  return schema.properties && !Object.values(named).includes(schema) ? schemaTable(schema) : "";
}
