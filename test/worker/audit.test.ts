import { expect, it } from "vitest";
import { readKeyId } from "../../src/domain/api-key.ts";
import { ADMIN_KEY } from "../support/admin-key.ts";
import { problemOf } from "./http-kit.ts";
import { newEnterprise, unique } from "./kit.ts";
import { call, pathOf } from "./resource-kit.ts";

type Told = { audit_id: string; resource: string; action: string; [member: string]: unknown };

const told = async (asked: Record<string, string>) => {
  const { body } = await call("GET", `/v1/audit?${new URLSearchParams(asked).toString()}`);
  return { rows: body["data"] as Told[], next: body["next"] as string | null };
};

it("tells who changed what and when, newest first", async () => {
  const id = unique("ent");
  await call("POST", "/v1/customers", { enterprise_id: id });
  await call("PATCH", pathOf("customers", id), { locale: "de" });

  const { rows, next } = await told({ enterprise_id: id });

  expect(rows[0]).toEqual({
    audit_id: expect.stringMatching(/^aud_/),
    changed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    enterprise_id: id,
    key_id: readKeyId(ADMIN_KEY),
    resource: "customer",
    resource_id: id,
    action: "changed",
    changes: { fields: ["locale"], values: { locale: "de" } },
  });
  expect([rows.map(({ action }) => action), next]).toEqual([["changed", "created"], null]);
});

it("tells of one resource only where that is asked for", async () => {
  const { id } = await newEnterprise(["sms"]);
  await call("PATCH", pathOf("customers", id), { locale: "de" });
  await call("PATCH", pathOf("subscriptions", id, "ch_sms", "gw_twilio"), { enabled: false });

  const { rows } = await told({ resource: "subscription", resource_id: `${id}/ch_sms/gw_twilio` });

  expect(rows.map(({ resource, action }) => [resource, action])).toEqual([["subscription", "changed"]]);
});

it("pages through the changes of an enterprise, each once", async () => {
  const { id } = await newEnterprise();
  for (const locale of ["de", "en", "es", "fr", "it"]) await call("PATCH", pathOf("customers", id), { locale });

  const locales: unknown[] = [];
  for (let cursor: string | null = "", asked = {}; cursor !== null; asked = { cursor }) {
    const page = await told({ enterprise_id: id, limit: "2", ...asked });
    locales.push(...page.rows.map(({ changes }) => (changes as { values: { locale: string } }).values.locale));
    cursor = page.next;
  }

  expect(locales).toEqual(["it", "fr", "es", "en", "de"]);
});

it.for([
  ["a resource that there is not", { resource: "pigeon" }, "resource"],
  ["the id of a resource without its kind", { resource_id: "acme" }, "resource"],
] as const)("refuses %s", async ([, asked, parameter]) => {
  const answer = await call("GET", `/v1/audit?${new URLSearchParams(asked).toString()}`);

  expect(problemOf(answer)).toMatchObject({ status: 400, errors: [{ parameter }] });
});
