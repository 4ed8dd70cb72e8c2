import { describe, expect, test } from "vitest";
import { escapeHtml } from "../../../src/domain/html.ts";
import { isJsonObject } from "../../../src/domain/json-object.ts";
import { fillText, missingNames, readText } from "../../../src/domain/template-text.ts";

const view = (data: unknown) => ({
  shipment_id: "SH-1",
  status: "shipped",
  timestamp: "2026-11-23",
  enterprise_id: "shop",
  data: isJsonObject(data) ? data : null,
});

const fill = (text: string, data: unknown = {}) => fillText(text, view(data), (value) => value);

describe("a text", () => {
  test.each([
    ["nothing", "as it is", []],
    ["the update's own", "{{shipment_id}} {{status}} {{timestamp}} {{ enterprise_id }}", []],
    ["what stands outside of sections", "{{data.b}} {{data.a.c}} {{data.b}}", ["data.a.c", "data.b"]],
    [
      "nothing of what is inside",
      "{{#data.a}}{{data.b}} {{.}} {{name}}{{/data.a}}{{^data.a}}{{data.c}}{{/data.a}}",
      [],
    ],
    ["nothing of a comment", "{{! data.a is {{ }}", []],
  ])("needs %s: %s", (_, text, needs) => {
    expect(readText(text)).toEqual({ ok: true, needs });
  });

  test.each([
    "{{name}}",
    "{{data}}",
    "{{.}}",
    "{{data.}}",
    "{{data..a}}",
    "{{status.length}}",
    "{{shipmentid}}",
    "{{#data.a}}{{data}}{{/data.a}}",
    "{{{data.a}}}",
    "{{&data.a}}",
    "{{>data.a}}",
    "{{=<% %>=}}<% data.a %>",
    "{{data.a",
    "{{#data.a}}",
    "{{/data.a}}",
    "{{#data.a}}{{/data.b}}",
  ])("is refused: %s", (text) => {
    expect(readText(text)).toMatchObject({ ok: false });
  });

  test("is filled by its update, its lists and their items", () => {
    const text =
      "{{shipment_id}}:{{#data.items}} {{count}}×{{name}} of {{status}}{{/data.items}}{{^data.gift}}.{{/data.gift}}";
    const items = [{ count: 2, name: "A", status: "not this" }, { name: "B" }];
    expect(fill(text, { items })).toBe("SH-1: 2×A of shipped ×B of shipped.");
  });

  test.each(["constructor", "toString", "__proto__", "hasOwnProperty", "constructor.name"])(
    "shows nothing that data only inherits: %s",
    (name) => {
      expect(fill(`[{{data.${name}}}]`, { a: 1 })).toBe("[]");
      expect(fill(`[{{#data.a}}{{${name}}}{{/data.a}}]`, { a: { b: 1 } })).toBe("[]");
    },
  );

  test.each<{ value: unknown }>([{ value: {} }, { value: [] }, { value: null }, { value: { toString: "x" } }])(
    "leaves out what is no value: $value",
    ({ value }) => {
      expect(fill("[{{data.a}}]", { a: value })).toBe("[]");
    },
  );

  test("takes a value as it is, whatever it looks like", () => {
    expect(fill("{{data.a}}", { a: "{{status}} $& $1" })).toBe("{{status}} $& $1");
  });

  test("is given up where its sections go through too much", () => {
    const list = Array.from({ length: 200 }, () => 1);
    expect(() => fill("{{#data.a}}{{#data.a}}x{{/data.a}}{{/data.a}}", { a: list })).toThrow(RangeError);
  });
});

test.each([
  "<script>alert(1)</script>",
  `"><img src=x onerror=alert(1)>`,
  "' onmouseover='alert(1)",
  "</title><svg/onload=alert(1)>",
  "&lt;b&gt;",
])("a value in HTML stays text: %s", (value) => {
  const html = fillText(`<p title="{{data.a}}">{{data.a}}</p>`, view({ a: value }), escapeHtml);
  const [, attribute = "", text = ""] = /^<p title="([^"]*)">([^<]*)<\/p>$/.exec(html) ?? [];
  expect(attribute).toBe(escapeHtml(value));
  expect(text).toBe(escapeHtml(value));
});

test.each([
  ["a text", { a: "x" }, []],
  ["a number", { a: 0 }, []],
  ["a truth", { a: false }, []],
  ["nothing", {}, ["data.a"]],
  ["null", { a: null }, ["data.a"]],
  ["spaces", { a: " " }, ["data.a"]],
  ["an object", { a: {} }, ["data.a"]],
  ["a list", { a: ["x"] }, ["data.a"]],
  ["no data at all", null, ["data.a"]],
])("of a needed name with %s it is known whether it is missing", (_, data, missing) => {
  expect(missingNames(["data.a"], data)).toEqual(missing);
});
