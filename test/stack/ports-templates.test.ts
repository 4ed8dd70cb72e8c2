import { expect } from "vitest";
import { onEveryDatabase, useEveryDatabase, type Port, type Settings } from "./ports-kit.ts";
import { anUpdate, ended, AMBIGUOUS, nameOf, SETTINGS, sorted } from "./ports-settings.ts";

useEveryDatabase();

type Template = Settings["templates"][number];

function aTemplate(templateId: string, changes: Partial<Template> = {}): Template {
  return {
    templateId,
    ownerId: "",
    channelId: "ch_sms",
    statusKey: "",
    locale: "",
    version: 1,
    isRemoved: false,
    subject: null,
    textBody: `${templateId} says {{data.eta}}`,
    htmlBody: null,
    contentSid: null,
    variables: null,
    needs: ["data.eta"],
    createdAt: Date.UTC(2026, 0, 15),
    ...changes,
  };
}

/** Settings with these templates, for a customer with this locale. */
async function settle(port: Port, templates: Template[], locale: string | null = null): Promise<void> {
  const customers = SETTINGS.customers.map((customer) => ({ ...customer, locale }));
  await port.settle({ ...SETTINGS, customers, templates });
}

async function choosable(port: Port): Promise<string[]> {
  return sorted(((await port.loadEnterprise("ent_a"))?.templates ?? []).map(({ templateId }) => templateId));
}

onEveryDatabase(
  "the directory shows the templates of an enterprise's channels, its own and everyone's",
  async (port) => {
    await settle(port, [
      aTemplate("tpl_all"),
      aTemplate("tpl_own", { ownerId: "ent_a", statusKey: "shipped", needs: [] }),
      aTemplate("tpl_other", { ownerId: "ent_b" }),
      aTemplate("tpl_push", { channelId: "ch_push" }),
    ]);
    expect(await choosable(port)).toEqual(["tpl_all", "tpl_own"]);
    const templates = (await port.loadEnterprise("ent_a"))?.templates ?? [];
    expect(templates.toSorted((a, b) => (a.templateId < b.templateId ? -1 : 1))).toEqual([
      { templateId: "tpl_all", isOwn: false, channelId: "ch_sms", statusKey: "", locale: "", needs: ["data.eta"] },
      { templateId: "tpl_own", isOwn: true, channelId: "ch_sms", statusKey: "shipped", locale: "", needs: [] },
    ]);
  },
);

onEveryDatabase("of each template only the last version counts, and none that was removed", async (port) => {
  await settle(port, [
    aTemplate("tpl_1"),
    aTemplate("tpl_2", { version: 2 }),
    aTemplate("tpl_3", { statusKey: "lost" }),
    aTemplate("tpl_4", { statusKey: "lost", version: 2, isRemoved: true }),
  ]);
  expect(await choosable(port)).toEqual(["tpl_2"]);
});

onEveryDatabase("only templates come along that the customer's locale can fall back to", async (port) => {
  const locales = ["", "pt", "pt-BR", "pt-PT", "es", "p"];
  const templates = locales.map((locale) => aTemplate(`tpl_${locale}`, { locale }));
  await settle(port, templates, "pt-br");
  expect(await choosable(port)).toEqual(["tpl_", "tpl_pt", "tpl_pt-BR"]);
});

onEveryDatabase("a customer without a locale gets templates of none", async (port) => {
  await settle(port, [aTemplate("tpl_"), aTemplate("tpl_pt", { locale: "pt" })]);
  expect(await choosable(port)).toEqual(["tpl_"]);
});

onEveryDatabase("a delivery is loaded with the version that it was accepted with, and with its data", async (port) => {
  const parts = { subject: "S", htmlBody: "<p>H</p>", contentSid: "HX1", variables: { 1: "{{status}}" } };
  await settle(port, [aTemplate("tpl_1", parts), aTemplate("tpl_2", { version: 2 })]);
  await port.updates.insert(anUpdate("dlv_1", { templateId: "tpl_1" }));
  const [delivery] = await port.sending.load([nameOf("dlv_1")], "lse_1");
  expect(delivery?.pinned).toEqual({
    template: {
      subject: "S",
      text: "tpl_1 says {{data.eta}}",
      html: "<p>H</p>",
      contentSid: "HX1",
      variables: { 1: "{{status}}" },
      needs: ["data.eta"],
    },
    data: { note: "a" },
  });
});

onEveryDatabase("without a template nothing is loaded for one, and of one that is gone it is known", async (port) => {
  await settle(port, []);
  await port.updates.insert(anUpdate("dlv_1"));
  await port.updates.insert(anUpdate("dlv_2", { templateId: "tpl_gone", status: "lost" }));
  const loaded = await port.sending.load([nameOf("dlv_1"), nameOf("dlv_2")], "lse_1");
  expect(loaded.map(({ pinned }) => pinned)).toEqual([null, { template: null, data: { note: "a" } }]);
});

onEveryDatabase("what is looked for is known as it was written", async (port) => {
  await settle(port, [aTemplate("tpl_1")]);
  await ended(port, "dlv_1", AMBIGUOUS, { state: "unknown" }, { templateId: "tpl_1" });
  await port.age(600_000);
  const [look] = await port.reconciling.findDue(10);
  expect(look?.pinned?.template?.text).toBe("tpl_1 says {{data.eta}}");
  expect(look?.pinned?.data).toEqual({ note: "a" });
});
