import { expect, it } from "vitest";
import { problemOf } from "./http-kit.ts";
import { newEnterprise, query, unique, uniquePhone } from "./kit.ts";
import { network } from "./network.ts";
import { audited, auditOf, call, pathOf } from "./resource-kit.ts";

const add = (customer: Record<string, unknown>) => call("POST", "/v1/customers", customer);

it("adds a customer and answers it whole, with where it is", async () => {
  const [id, phone] = [unique("ent"), uniquePhone()];

  const { status, headers, body } = await add({ enterprise_id: id, phone, locale: "pt-br" });

  const customer = {
    enterprise_id: id,
    is_subscribed: true,
    phone,
    email: null,
    locale: "pt-BR",
    time_zone: null,
    ambiguity_policy: "hold",
  };
  expect({ status, body }).toEqual({ status: 201, body: customer });
  expect(headers.get("Location")).toBe(pathOf("customers", id));
  expect(await call("GET", pathOf("customers", id))).toMatchObject({ status: 200, body: customer });
});

it("finds a customer whose id has signs that mean something in a path", async () => {
  const id = unique("a/b?c#d%20é");
  const { headers } = await add({ enterprise_id: id });

  expect(await call("GET", headers.get("Location") ?? "")).toMatchObject({ status: 200, body: { enterprise_id: id } });
});

it("adds a customer once when eight ask at the same time", async () => {
  const id = unique("ent");

  const answers = await Promise.all(Array.from({ length: 8 }, () => add({ enterprise_id: id })));

  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    201, 409, 409, 409, 409, 409, 409, 409,
  ]);
  expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: "customer_exists" });
  expect(await auditOf("customer", id)).toHaveLength(1);
});

it("changes what is named and nothing else, and null clears", async () => {
  const { id, email } = await newEnterprise();

  const { status, body } = await call("PATCH", pathOf("customers", id), {
    phone: null,
    time_zone: "Europe/Madrid",
    ambiguity_policy: "drop",
  });

  expect({ status, body }).toEqual({
    status: 200,
    body: {
      enterprise_id: id,
      is_subscribed: true,
      phone: null,
      email,
      locale: null,
      time_zone: "Europe/Madrid",
      ambiguity_policy: "drop",
    },
  });
});

it("loses neither of two changes that are made at once", async () => {
  const { id } = await newEnterprise();
  const [phone, email] = [uniquePhone(), `${unique("mail")}@shop.example`];

  await Promise.all([
    call("PATCH", pathOf("customers", id), { phone }),
    call("PATCH", pathOf("customers", id), { email }),
  ]);

  expect((await call("GET", pathOf("customers", id))).body).toMatchObject({ phone, email });
});

it("takes a change that changes nothing, and one that is empty, which is no change", async () => {
  const { id, phone } = await newEnterprise();

  const answers = [
    await call("PATCH", pathOf("customers", id), { phone }),
    await call("PATCH", pathOf("customers", id), {}),
  ];

  expect(answers.map(({ status, body }) => [status, body["phone"]])).toEqual([
    [200, phone],
    [200, phone],
  ]);
  expect(await auditOf("customer", id)).toHaveLength(1);
});

it("removes a customer with its subscriptions, but not its opt-outs", async () => {
  const { id, phone } = await newEnterprise(["sms", "email"]);
  await query(
    `INSERT INTO suppressions (enterprise_id, channel_id, address, code, since)
     VALUES (?, 'ch_sms', ?, 'stopped', UTC_TIMESTAMP(3))`,
    [id, phone],
  );

  expect((await call("DELETE", pathOf("customers", id))).status).toBe(204);

  expect(problemOf(await call("GET", pathOf("customers", id)))).toMatchObject({
    status: 404,
    code: "enterprise_not_found",
  });
  expect(await query("SELECT * FROM subscriptions WHERE enterprise_id = ?", [id])).toEqual([]);
  expect(await query("SELECT * FROM suppressions WHERE enterprise_id = ?", [id])).toHaveLength(1);
});

it.for(["GET", "PATCH", "DELETE"] as const)("answers 404 to %s of a customer that there is not", async (method) => {
  const answer = await call(
    method,
    pathOf("customers", unique("stranger")),
    method === "PATCH" ? { phone: null } : undefined,
  );

  expect(problemOf(answer)).toMatchObject({ status: 404, code: "enterprise_not_found" });
});

it("writes down who changed what and when, and never an address", async () => {
  const [id, phone] = [unique("ent"), uniquePhone()];
  await add({ enterprise_id: id, phone, locale: "de" });
  await call("PATCH", pathOf("customers", id), { email: `${unique("mail")}@shop.example`, is_subscribed: false });
  await call("DELETE", pathOf("customers", id));

  const written = ["is_subscribed", "phone", "email", "locale", "time_zone", "ambiguity_policy"];
  const values = { is_subscribed: true, locale: "de", time_zone: null, ambiguity_policy: "hold" };
  expect(await auditOf("customer", id)).toEqual([
    audited("created", id, { fields: written, values }),
    audited("changed", id, { fields: ["is_subscribed", "email"], values: { is_subscribed: false } }),
    audited("removed", id, null),
  ]);
});

it("changes nothing when the change cannot be written down", async () => {
  const { id, phone } = await newEnterprise();
  network.failSql({
    errno: 1105,
    matches: (statement) => statement.includes("INSERT INTO audit") && statement.includes(id),
  });

  const { status } = await call("PATCH", pathOf("customers", id), { phone: uniquePhone() });

  expect(status).toBeGreaterThanOrEqual(500);
  expect((await call("GET", pathOf("customers", id))).body["phone"]).toBe(phone);
});

it("names every wrong field at once, and each that a customer does not have", async () => {
  const problem = problemOf(
    await add({
      is_subscribed: "yes",
      phone: "0034600111222",
      email: "nobody",
      locale: "pt_BR",
      time_zone: "+01:00",
      ambiguity_policy: "shrug",
      phon: "+34600111222",
    }),
  );

  expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
  expect(problem["errors"]).toEqual(
    ["/enterprise_id", "/is_subscribed", "/phone", "/email", "/locale", "/time_zone", "/ambiguity_policy", "/phon"].map(
      (pointer) => ({ pointer, message: expect.stringMatching(/\S/) }),
    ),
  );
});

it("pages through the customers by their ids, each once", async () => {
  const prefix = unique("~page");
  const ids = Array.from({ length: 5 }, (_, index) => `${prefix}-${index}`);
  for (const id of ids) await add({ enterprise_id: id });

  const seen: unknown[] = [];
  let cursor: string | undefined;
  for (let next: unknown = ""; next !== null; cursor = String(next)) {
    const asked = new URLSearchParams({ limit: "200", ...(cursor === undefined ? {} : { cursor }) });
    const { body } = await call("GET", `/v1/customers?${asked.toString()}`);
    seen.push(...(body["data"] as { enterprise_id: string }[]).map((row) => row.enterprise_id));
    next = body["next"];
  }

  expect(seen.filter((id) => String(id).startsWith(prefix))).toEqual(ids);
  expect(new Set(seen).size).toBe(seen.length);
});

it("continues a page where it ended, with a cursor that fits no other list", async () => {
  const first = await call("GET", "/v1/customers?limit=1");
  const cursor = String(first.body["next"]);

  const second = await call("GET", `/v1/customers?limit=1&cursor=${cursor}`);
  const strange = await call("GET", `/v1/channels?cursor=${cursor}`);

  const idOf = ({ body }: typeof first) => (body["data"] as { enterprise_id: string }[])[0]?.enterprise_id ?? "";
  expect(idOf(first) < idOf(second)).toBe(true);
  expect(problemOf(strange)).toMatchObject({ status: 400, errors: [{ parameter: "cursor" }] });
});

it.for(["limit=0", "limit=201", "limit=ten", "enterprise=acme"])("refuses the query %s", async (asked) => {
  expect(problemOf(await call("GET", `/v1/customers?${asked}`))).toMatchObject({
    status: 400,
    errors: [{ parameter: asked.split("=")[0] }],
  });
});
