/// <reference types="node" />
import { createHmac } from "node:crypto";
import { Resend } from "resend";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createResendEmail } from "../../../src/gateways/resend/resend-email.ts";
import { toTags } from "../../../src/gateways/resend/resend-tags.ts";
import { importSvixKey, isSignedBySvix } from "../../../src/gateways/resend/svix-signature.ts";
import { aMessage, utf8 } from "./support.ts";
import { startWitness } from "./witness-server.ts";

let witness: Awaited<ReturnType<typeof startWitness>>;

beforeAll(async () => {
  witness = await startWitness(200, { "content-type": "application/json" }, '{"id":"m1"}');
});
beforeEach(() => void witness.received.splice(0));
afterAll(() => witness.close());

/** Resend's own client with its own HTTP code; only the host is ours. */
function officialClient(): Resend {
  return new Resend("re_witness", { baseUrl: witness.url });
}

test("a mail goes out as Resend's own client sends it", async () => {
  const from = "Shop <orders@shop.example>";
  const message = aMessage({ to: "ana@customer.example", subject: "Pedido nº 1 & más", sender: from });
  const account = { apiUrl: witness.url, apiKey: "re_witness", fromEmail: "", fromName: "" };

  const outcome = await createResendEmail(account, fetch).send(message);
  const { to, subject, text, html, attemptId } = message;
  const mail = { from, to: [to], subject, text, html, tags: toTags(message) };
  await officialClient().emails.send(mail, { idempotencyKey: attemptId });

  const [first, second, ...more] = witness.received.map(({ body, ...rest }) => ({ ...rest, json: JSON.parse(body) }));
  expect(outcome).toEqual({ kind: "accepted", providerId: "m1" });
  expect(more).toEqual([]);
  expect(second).toEqual(first);
});

const SECRET = `whsec_${Buffer.from("a key that both of us know").toString("base64")}`;

/** What Resend's own client says of these headers. */
function isTakenByOfficialClient(payload: string, headers: { id: string; timestamp: string; signature: string }) {
  try {
    officialClient().webhooks.verify({ payload, headers, webhookSecret: SECRET });
    return true;
  } catch {
    return false;
  }
}

test.each([
  ["as it came", {}, 0],
  ["with another id", { id: "msg_2" }, 0],
  ["with another signature", { signature: "v1,AAAA" }, 0],
  ["with a signature of another version", { signature: "v2,AAAA" }, 0],
  ["after four minutes", {}, 240],
  ["after six minutes", {}, 360],
  ["six minutes ahead", {}, -360],
])("a webhook is believed exactly when Resend's own client believes it: %s", async (what, changes, ageS) => {
  const payload = '{"type":"email.sent","data":{}}';
  const timestamp = String(Math.floor(Date.now() / 1000) - ageS);
  const hmac = createHmac("sha256", "a key that both of us know").update(`msg_1.${timestamp}.${payload}`);
  const signed = { id: "msg_1", timestamp, signature: `v1,${hmac.digest("base64")}`, ...changes };

  const headers = new Headers(Object.entries(signed).map(([name, value]) => [`svix-${name}`, value] as const));
  const key = await importSvixKey(SECRET);
  if (key === null) throw new Error("This is a key.");
  const request = { publicUrl: "https://notify.test/callbacks/resend", headers, body: utf8(payload) };
  const isOurs = await isSignedBySvix(request, key, Date.now());

  expect(isOurs).toBe(isTakenByOfficialClient(payload, signed));
  expect(isOurs).toBe(["as it came", "after four minutes"].includes(what));
});
