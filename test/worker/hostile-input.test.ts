import { expect, it } from "vitest";
import { AS_JSON, problemOf, posting, readAnswer } from "./http-kit.ts";
import {
  bellFor,
  deliveriesOf,
  hear,
  newEnterprise,
  postIn,
  query,
  quietEnv,
  sendIn,
  unique,
  updateOf,
} from "./kit.ts";
import { network } from "./network.ts";

/** Texts that are allowed, and that somewhere else have broken something. */
const AWKWARD = {
  emoji: "📦👩‍👩‍👧‍👦🇪🇸",
  "right-to-left text": "شحنة משלוח",
  "marks on marks": "Z\u0351\u036bA\u0343\u0346L\u0321",
  markup: `<script>"x" & 'y'</script>`,
  SQL: `'; DROP TABLE logs; -- \\' "`,
  "a template": "{{1}} ${x} %s $&",
  "names of every object": "__proto__ constructor",
};

it.for(Object.entries(AWKWARD))("sends and logs %s exactly as it was posted", async ([, text]) => {
  const enterprise = await newEnterprise(["sms", "email"]);
  const quiet = quietEnv().env;
  const shipment_id = `${unique("S").slice(0, 12)} ${text}`;
  const update = updateOf(enterprise, { shipment_id, status: text });
  const { status, body } = await postIn(quiet, update);
  expect(status).toBe(202);

  await hear(quiet, [
    bellFor(
      enterprise,
      body.deliveries.map((delivery) => delivery.delivery_id),
    ),
  ]);

  const sentence = `Shipment ID ${shipment_id} is ${text}. Updated on ${String(update["timestamp"])}`;
  const calls = [...network.callsTo(enterprise.phone), ...network.callsTo(enterprise.email)];
  expect(calls.map((call) => call.text)).toEqual([sentence, sentence]);
  const logs = await query("SELECT shipment_id, status FROM logs WHERE enterprise_id = ?", [enterprise.id]);
  expect(logs).toEqual([
    { shipment_id, status: text },
    { shipment_id, status: text },
  ]);
});

it.for([
  ["NUL", "a\u0000b"],
  ["a line break", "shipped\r\nBcc: everybody@shop.example"],
  ["a line separator", "a\u2028b"],
  ["half of a surrogate pair", "a\ud83d"],
  ["a space of no width", "ship\u200bped"],
  ["a turn of direction", "shipped \u202e1234"],
  ["more than 64 characters", "😀".repeat(65)],
] as const)("refuses %s in ids and status by their names, and stores nothing", async ([, text]) => {
  const enterprise = await newEnterprise(["sms"]);

  const answer = await postIn(quietEnv().env, updateOf(enterprise, { shipment_id: text, status: text }));

  const { errors } = problemOf(answer) as unknown as { errors: { pointer: string }[] };
  expect(answer.status).toBe(400);
  expect(errors.map((error) => error.pointer)).toEqual(["/shipment_id", "/status"]);
  expect(await deliveriesOf(enterprise)).toEqual([]);
});

it("answers 413 to 10 MB, and 400 to JSON that nests 10,000 levels deep, and stores nothing", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const quiet = quietEnv().env;
  const withData = (data: string) => `${JSON.stringify(updateOf(enterprise)).slice(0, -1)},"data":${data}}`;
  const deep = `{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;

  const huge = await readAnswer(await sendIn(quiet, "/", posting(withData(`{"a":"${"x".repeat(10_000_000)}"}`))));
  const nested = await readAnswer(await sendIn(quiet, "/", posting(withData(deep))));

  expect(problemOf(huge)).toMatchObject({ status: 413, code: "body_too_large" });
  expect(problemOf(nested)).toMatchObject({ status: 400, errors: [{ pointer: "" }] });
  expect(await deliveriesOf(enterprise)).toEqual([]);
});

it("puts ids into the queue and nothing else, however large the update", async () => {
  const enterprise = await newEnterprise(["sms", "email", "whatsapp"]);
  const quiet = quietEnv();

  const { body } = await postIn(quiet.env, updateOf(enterprise, { data: { note: "x".repeat(60_000) } }));

  const ids = body.deliveries.map((delivery) => delivery.delivery_id);
  expect(quiet.bells.map((bell) => bell.body)).toEqual(ids.map((id) => bellFor(enterprise, [id])));
  expect(JSON.stringify(quiet.bells.map((bell) => bell.body)).length).toBeLessThan(600);
});

it("keeps a member __proto__ of the data as a member, and gives nothing its powers", async () => {
  const enterprise = await newEnterprise(["sms"]);
  const json = `${JSON.stringify(updateOf(enterprise)).slice(0, -1)},"data":{"__proto__":{"isSubscribed":false}}}`;

  const answer = await sendIn(quietEnv().env, "/", { method: "POST", headers: AS_JSON, body: json });

  expect(answer.status).toBe(202);
  const [row] = await query<{ kept: string }>(
    "SELECT CAST(data AS CHAR) AS kept FROM deliveries WHERE enterprise_id = ?",
    [enterprise.id],
  );
  expect((row?.kept ?? "").replaceAll(" ", "")).toBe('{"__proto__":{"isSubscribed":false}}');
  expect("isSubscribed" in {}).toBe(false);
});

it.for([
  ["sender", "Shop\r\nBcc: everybody@shop.example"],
  ["gateway_name", "Twilio\r\nX: y"],
  ["channel_name", "SMS\u0000"],
] as const)("refuses line breaks and NUL in a gateway's %s", async ([field, text]) => {
  const gateway = { channel_name: "SMS", gateway_name: unique("Gate"), adapter: "twilio_sms", [field]: text };

  const answer = await readAnswer(
    await sendIn(quietEnv().env, "/add-channel-gateway", posting(JSON.stringify(gateway))),
  );

  expect(problemOf(answer)).toMatchObject({ status: 400, errors: [{ pointer: `/${field}` }] });
});

it.for([
  ["12345", "no_address"],
  ["0034600111222", "no_address"],
  ["+1 (500) 555-0006", "no_address"],
  ["+34600111222\u0000", "no_address"],
] as const)("calls nobody for the recipient %j, and says why", async ([phone, code]) => {
  const enterprise = await newEnterprise(["sms"], { phone });

  const { body } = await postIn(quietEnv().env, updateOf(enterprise));

  expect(body.skipped).toMatchObject([{ channel: "SMS", code }]);
  expect(network.callsTo(phone)).toEqual([]);
});

it("calls nobody for an e-mail address that brings a header of its own", async () => {
  const email = `${unique("mail")}@customer.example\r\nBcc: everybody@shop.example`;
  const enterprise = await newEnterprise(["email"], { email });

  const { body } = await postIn(quietEnv().env, updateOf(enterprise));

  expect(body.skipped).toMatchObject([{ channel: "Email", code: "no_address" }]);
  expect(network.calls.filter((call) => call.to.includes(email.slice(0, 20)))).toEqual([]);
});
