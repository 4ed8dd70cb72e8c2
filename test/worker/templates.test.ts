import { describe, expect, it } from "vitest";
import { problemOf } from "./http-kit.ts";
import {
  bellFor,
  deliveriesOf,
  hear,
  newEnterprise,
  postIn,
  query,
  quietEnv,
  updateOf,
  type TestEnterprise,
} from "./kit.ts";
import { network, type ProviderCall } from "./network.ts";
import { audited, auditOf, call, pathOf } from "./resource-kit.ts";

const SID = `HX${"a1".repeat(16)}`;

/** Saves a template of an enterprise's own for text messages, by default. */
async function save(enterprise: TestEnterprise, set: Record<string, unknown>) {
  return call("POST", "/v1/templates", { enterprise_id: enterprise.id, channel_id: "ch_sms", ...set });
}

const idOf = (saved: Awaited<ReturnType<typeof save>>) => String(saved.body["template_id"]);

async function speaking(enterprise: TestEnterprise, locale: string): Promise<void> {
  await query("UPDATE customers SET locale = ? WHERE enterprise_id = ?", [locale, enterprise.id]);
}

/** Posts an update where nothing is remembered, lets `between` happen, delivers it, and gives what the providers got. */
async function sent(
  enterprise: TestEnterprise,
  set: Record<string, unknown> = {},
  between: () => Promise<unknown> = async () => undefined,
): Promise<ProviderCall[]> {
  const { env: quiet } = quietEnv();
  const { body } = await postIn(quiet, updateOf(enterprise, { shipment_id: "SH-1", ...set }));
  await between();
  const ids = body.deliveries.map((delivery) => delivery.delivery_id);
  await hear(quiet, [bellFor(enterprise, ids)]);
  return network.calls.filter(({ to }) => to === enterprise.phone || to === enterprise.email);
}

const textsOf = (calls: ProviderCall[]) => calls.map(({ text }) => text);

describe("what is sent", () => {
  it("is the original's sentence where there is no template", async () => {
    const enterprise = await newEnterprise(["sms"]);
    const posted = { timestamp: "2026-11-23 08:00:05" };
    expect(textsOf(await sent(enterprise, posted))).toEqual([
      "Shipment ID SH-1 is shipped. Updated on 2026-11-23 08:00:05",
    ]);
  });

  it("is the template filled with the update and its data, as it is in a text message", async () => {
    const enterprise = await newEnterprise(["sms"]);
    await save(enterprise, {
      text: "{{shipment_id}}: {{status}}{{#data.eta}}, {{data.eta}}{{/data.eta}} <{{data.who}}>",
    });
    const texts = textsOf(await sent(enterprise, { data: { eta: "9 & 10", who: "O'Neil" } }));
    expect(texts).toEqual(["SH-1: shipped, 9 & 10 <O'Neil>"]);
  });

  it.each([
    ["pt-BR", "brasileiro"],
    ["pt-PT", "português"],
    ["es", "any"],
  ])("is in the customer's language %s as far as there is a template: %s", async (locale, text) => {
    const enterprise = await newEnterprise(["sms"]);
    await save(enterprise, { text: "any" });
    await save(enterprise, { text: "português", locale: "pt" });
    await save(enterprise, { text: "brasileiro", locale: "pt-br" });
    await speaking(enterprise, locale);
    expect(textsOf(await sent(enterprise))).toEqual([text]);
  });

  it("is an e-mail with its subject, its text, and its HTML with every value escaped", async () => {
    const enterprise = await newEnterprise(["email"]);
    await save(enterprise, {
      channel_id: "ch_email",
      status: "Shipped",
      subject: "{{shipment_id}}: {{data.who}}",
      text: "Dear {{data.who}}",
      html: "<h1>Dear {{data.who}}</h1>",
    });
    const who = "<script>alert('x')</script>\n& co";
    const [mail] = await sent(enterprise, { data: { who } });
    const { subject, content } = JSON.parse(mail?.request ?? "") as { subject: string; content: { value: string }[] };
    expect(subject).toBe("SH-1: <script>alert('x')</script> & co");
    expect(content.map(({ value }) => value)).toEqual([
      `Dear ${who}`,
      "<h1>Dear &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\n&amp; co</h1>",
    ]);
  });

  it("is a WhatsApp template of the provider's with its variables filled", async () => {
    const enterprise = await newEnterprise(["whatsapp"]);
    await save(enterprise, {
      channel_id: "ch_whatsapp",
      content_sid: SID,
      variables: { 1: "{{shipment_id}}", parcel: "{{data.eta}}" },
    });
    const [message] = await sent(enterprise, { data: { eta: "9 am" } });
    const form = new URLSearchParams(message?.request);
    expect([form.get("ContentSid"), form.get("ContentVariables")]).toEqual([SID, '{"1":"SH-1","parcel":"9 am"}']);
  });

  it("is the version that was current at acceptance, whatever is saved or removed afterwards", async () => {
    const enterprise = await newEnterprise(["sms"]);
    await save(enterprise, { text: "first" });
    const calls = await sent(enterprise, {}, async () => {
      const second = await save(enterprise, { text: "second" });
      await call("DELETE", pathOf("templates", idOf(second)));
    });
    expect(textsOf(calls)).toEqual(["first"]);
  });

  it("is nothing, for a reason that can be read, where the data is gone that the template needs", async () => {
    const enterprise = await newEnterprise(["sms"]);
    await save(enterprise, { text: "{{data.eta}}" });
    const calls = await sent(enterprise, { data: { eta: "9" } }, () =>
      query("UPDATE deliveries SET data = NULL WHERE enterprise_id = ?", [enterprise.id]),
    );
    expect(calls).toEqual([]);
    expect(await deliveriesOf(enterprise)).toMatchObject([{ state: "skipped", code: "template_failed" }]);
    const failures = await query("SELECT code FROM logs_failure WHERE enterprise_id = ?", [enterprise.id]);
    expect(failures).toEqual([{ code: "template_failed" }]);
  });
});

describe("an update without what a template needs", () => {
  it("is refused with each missing name, and nothing is stored", async () => {
    const enterprise = await newEnterprise(["sms"]);
    await save(enterprise, { text: "{{data.eta}} {{data.driver.name}} {{#data.gift}}{{data.card}}{{/data.gift}}" });
    const answer = await postIn(quietEnv().env, updateOf(enterprise, { data: { eta: " ", driver: {} } }));
    expect(problemOf(answer)).toMatchObject({
      status: 422,
      code: "missing_variables",
      errors: [{ pointer: "/data/driver/name" }, { pointer: "/data/eta" }],
    });
    expect(await deliveriesOf(enterprise)).toEqual([]);
  });

  it("is answered as before where it was accepted before the template was", async () => {
    const enterprise = await newEnterprise(["sms"]);
    const update = updateOf(enterprise);
    const first = await postIn(quietEnv().env, update);
    await save(enterprise, { text: "{{data.eta}}" });
    const again = await postIn(quietEnv().env, update);
    expect([again.status, again.body.update_id]).toEqual([202, first.body.update_id]);
  });
});

it("costs an update no statement more, and a batch none", async () => {
  const enterprise = await newEnterprise(["sms"]);
  await save(enterprise, { text: "{{data.eta}}" });
  const { env: quiet } = quietEnv();
  const post = () => postIn(quiet, updateOf(enterprise, { data: { eta: "9" } }));
  const cold = await network.statementsOf(post);
  const warm = await network.statementsOf(post);
  expect(cold.length).toBeLessThanOrEqual(2);
  expect(warm).toHaveLength(1);
  const ids = (await deliveriesOf(enterprise)).map((row) => row.delivery_id);
  expect((await network.statementsOf(() => hear(quiet, [bellFor(enterprise, ids)]))).length).toBeLessThanOrEqual(7);
});

describe("templates", () => {
  it("are saved as versions, of which the last one counts, and removed by it", async () => {
    const enterprise = await newEnterprise(["sms"]);
    const first = await save(enterprise, { text: "{{data.eta}}", status: "Shipped", locale: "pt-br" });
    const second = await save(enterprise, { text: "b", status: "SHIPPED", locale: "pt-BR" });
    expect(first).toMatchObject({
      status: 201,
      body: { version: 1, status: "shipped", locale: "pt-BR", needs: ["data.eta"], is_current: true },
    });
    expect(second.body).toMatchObject({ version: 2, is_current: true });
    expect((await call("GET", pathOf("templates", idOf(first)))).body).toMatchObject({ is_current: false });
    const stale = await call("DELETE", pathOf("templates", idOf(first)));
    expect(problemOf(stale)).toMatchObject({ status: 404, code: "template_not_found" });
    expect((await call("DELETE", pathOf("templates", idOf(second)))).status).toBe(204);
    const list = async (more: string) =>
      (await call("GET", `/v1/templates?enterprise_id=${enterprise.id}${more}`)).body["data"];
    expect(await list("")).toEqual([]);
    expect(await list("&versions=all")).toMatchObject([
      { version: 1 },
      { version: 2 },
      { version: 3, is_removed: true },
    ]);
    const changes = { channel_id: "ch_sms", status: "shipped", locale: "pt-BR" };
    expect(await auditOf("template", idOf(second))).toEqual([
      audited("created", enterprise.id, changes),
      audited("removed", enterprise.id, changes),
    ]);
  });

  it("get versions without gaps when many are saved at once", async () => {
    const enterprise = await newEnterprise(["sms"]);
    const saved = await Promise.all(["a", "b", "c"].map((text) => save(enterprise, { text })));
    expect(saved.map(({ body }) => Number(body["version"])).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
  });

  it("are listed page by page", async () => {
    const enterprise = await newEnterprise(["sms"]);
    for (const status of ["a", "b", "c"]) await save(enterprise, { text: "t", status });
    const seen: unknown[] = [];
    let cursor = "";
    for (let page = 0; page < 3; page += 1) {
      const { body } = await call("GET", `/v1/templates?enterprise_id=${enterprise.id}&limit=1${cursor}`);
      seen.push(...(body["data"] as { status: string }[]).map(({ status }) => status));
      cursor = `&cursor=${String(body["next"])}`;
      if (page === 2) expect(body["next"]).toBeNull();
    }
    expect(seen).toEqual(["a", "b", "c"]);
  });

  it.each([
    ["an unknown variable", { text: "{{shipmentid}}" }, "/text"],
    ["what is no template", { text: "{{#data.a}}" }, "/text"],
    ["a partial", { text: "{{>footer}}" }, "/text"],
    ["nothing to say", {}, "/text"],
    ["a part of another kind", { text: "a", html: "<p>a</p>" }, "/html"],
    ["unescaped HTML", { channel_id: "ch_email", subject: "a", text: "a", html: "{{{data.a}}}" }, "/html"],
    ["an unescaped variable", { channel_id: "ch_email", subject: "a", text: "a", html: "{{&data.a}}" }, "/html"],
    [
      "an unknown variable of the provider's text",
      { channel_id: "ch_whatsapp", content_sid: SID, variables: { a: "{{b}}" } },
      "/variables/a",
    ],
  ])("are refused with %s", async (_, set, pointer) => {
    const answer = await save(await newEnterprise(["sms"]), set);
    expect(problemOf(answer)).toMatchObject({ status: 422, code: "invalid_template", errors: [{ pointer }] });
  });

  it("are refused for a channel or an enterprise that there is not", async () => {
    const enterprise = await newEnterprise(["sms"]);
    const noChannel = await save(enterprise, { channel_id: "ch_none", text: "a" });
    const nobody = await save({ ...enterprise, id: "nobody-at-all" }, { text: "a" });
    expect([noChannel.body.code, nobody.body.code]).toEqual(["channel_not_found", "enterprise_not_found"]);
  });
});

describe("a preview", () => {
  it("shows a text message as it would be sent, with what it takes", async () => {
    const answer = await call("POST", "/v1/templates/preview", {
      channel_id: "ch_sms",
      text: "{{shipment_id}} €{{data.price}}",
      update: { shipment_id: "S", data: { price: 5 } },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ text: "S €5", sms: { encoding: "GSM-7", characters: 4, units: 5, segments: 1 } });
  });

  it("shows a saved e-mail, its HTML made from its text", async () => {
    const enterprise = await newEnterprise(["email"]);
    const saved = await save(enterprise, {
      channel_id: "ch_email",
      subject: "S {{status}}",
      text: "a < b\n\n{{data.x}}",
    });
    const answer = await call("POST", "/v1/templates/preview", {
      template_id: idOf(saved),
      update: { status: "lost", data: { x: "<b>" } },
    });
    expect(answer.body).toEqual({
      subject: "S lost",
      text: "a < b\n\n<b>",
      html: "<p>a &lt; b</p>\n<p>&lt;b&gt;</p>",
    });
  });

  it("names what its update lacks", async () => {
    const answer = await call("POST", "/v1/templates/preview", { channel_id: "ch_sms", text: "{{data.eta}}" });
    expect(problemOf(answer)).toMatchObject({ code: "missing_variables", errors: [{ pointer: "/update/data/eta" }] });
  });
});
