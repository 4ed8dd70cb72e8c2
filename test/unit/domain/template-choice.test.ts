import { describe, expect, test } from "vitest";
import { chooseTemplate, localeChain } from "../../../src/domain/template-choice.ts";
import type { TemplateFacts } from "../../../src/domain/template.ts";

function aTemplate(templateId: string, changes: Partial<TemplateFacts> = {}): TemplateFacts {
  return { templateId, isOwn: false, channelId: "ch", statusKey: "", locale: "", needs: [], ...changes };
}

/** From the best to the last: each is chosen where all before it are missing. */
const IN_ORDER = [
  aTemplate("own, status, pt-BR", { isOwn: true, statusKey: "shipped", locale: "pt-BR" }),
  aTemplate("own, status, pt", { isOwn: true, statusKey: "shipped", locale: "pt" }),
  aTemplate("own, status", { isOwn: true, statusKey: "shipped" }),
  aTemplate("own, pt-BR", { isOwn: true, locale: "pt-BR" }),
  aTemplate("own, pt", { isOwn: true, locale: "pt" }),
  aTemplate("own", { isOwn: true }),
  aTemplate("status, pt-BR", { statusKey: "shipped", locale: "pt-BR" }),
  aTemplate("status, pt", { statusKey: "shipped", locale: "pt" }),
  aTemplate("status", { statusKey: "shipped" }),
  aTemplate("pt-BR", { locale: "pt-BR" }),
  aTemplate("pt", { locale: "pt" }),
  aTemplate("any"),
];

const wanted = { channelId: "ch", status: "SHIPPED", locale: "pt-br" };

describe("the template of an update", () => {
  test.each(IN_ORDER.map((template, index) => [template.templateId, index] as const))(
    "is %s where nothing that goes before it is there",
    (templateId, index) => {
      const left = IN_ORDER.slice(index).toReversed();
      expect(chooseTemplate(left, wanted)?.templateId).toBe(templateId);
    },
  );

  test.each([
    ["another channel", { channelId: "other" }],
    ["another status", { statusKey: "delivered" }],
    ["another language", { locale: "es" }],
    ["another region", { locale: "pt-PT" }],
    ["a language that only begins alike", { locale: "p" }],
  ])("is none of %s", (_, changes) => {
    expect(chooseTemplate([aTemplate("a", changes)], wanted)).toBeNull();
  });

  test("is one of no locale where the customer has none", () => {
    const templates = [aTemplate("pt", { locale: "pt" }), aTemplate("any")];
    expect(chooseTemplate(templates, { ...wanted, locale: null })?.templateId).toBe("any");
  });
});

test.each([
  [null, [""]],
  ["pt", ["pt", ""]],
  ["pt_BR", ["pt-br", "pt", ""]],
  ["zh-Hant-TW", ["zh-hant-tw", "zh-hant", "zh", ""]],
  ["de-x-old", ["de-x-old", "de", ""]],
])("a locale falls back by its parts: %s", (locale, chain) => {
  expect(localeChain(locale)).toEqual(chain);
});
