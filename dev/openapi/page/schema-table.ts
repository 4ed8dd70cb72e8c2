import type { JsonSchema } from "../json-schema.ts";
import { html, inline, type Html } from "./html.ts";

/** The members of an object, nested ones by names with dots between; of anything else, what it may be. */
export function schemaTable(schema: JsonSchema): Html {
  const rows = members(schema, "");
  if (rows.length === 0) return html`<p>${rule(schema)}</p>`;
  return html`<table>
    <thead>
      <tr>
        <th scope="col">member</th>
        <th scope="col">rule</th>
        <th scope="col">meaning</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

/** What a value has to be, in words; schemas that have a name are links to them. */
export function rule(schema: JsonSchema): Html {
  const { $ref, anyOf, oneOf, items, type } = schema;
  if ($ref !== undefined) {
    const name = $ref.split("/").at(-1) ?? "";
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const choices = anyOf ?? oneOf;
  const limits = limitsOf(schema);
  if (choices) return html`${joined(choices.map(rule), " or ")}${limits}`;
  if (type === "array" && items) return html`array of ${rule(items)}${limits}`;
  if (schema["const"] !== undefined) return html`<code>${JSON.stringify(schema["const"])}</code>`;
  if (Array.isArray(schema["enum"])) {
    return joined(
      schema["enum"].map((value) => html`<code>${String(value)}</code>`),
      ", ",
    );
  }
  return html`${type === undefined ? "anything" : String(type)}${limits}`;
}

function members(schema: JsonSchema, prefix: string): Html[] {
  const { properties = {}, required = [], items, anyOf } = schema;
  // Of one or many of the same, the one says what there is to say.
  const one = anyOf?.find((choice) => choice.properties);
  if (one) return members(one, prefix);
  if (items) return members(items, `${prefix.slice(0, -1)}[].`);
  return Object.entries(properties).flatMap(([name, member]) => [
    html`<tr>
      <th scope="row"><code>${prefix}${name}</code>${required.includes(name) ? "" : html` <i>optional</i>`}</th>
      <td>${rule(member)}</td>
      <td>${inline(member.description ?? "")}</td>
    </tr>`,
    ...members(member, `${prefix}${name}.`),
  ]);
}

function limitsOf({ minLength = 0, maxLength, minimum, maximum, format, default: usual }: JsonSchema): string {
  const words = [
    ...(maxLength === undefined ? [] : [`${minLength} to ${maxLength} characters`]),
    ...(minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? [] : [`at most ${maximum}`]),
    ...(format === undefined ? [] : [format]),
    ...(usual === undefined ? [] : [`by default ${JSON.stringify(usual)}`]),
  ];
  return words.length === 0 ? "" : `, ${words.join(", ")}`;
}

function joined(parts: Html[], between: string): Html {
  return { html: parts.map((part) => part.html).join(between) };
}
