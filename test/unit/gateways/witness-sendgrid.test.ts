import sendgridClient from "@sendgrid/client";
import sendgridMail from "@sendgrid/mail";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createSendgridEmail } from "../../../src/gateways/sendgrid/sendgrid-email.ts";
import { aMessage } from "./support.ts";
import { startWitness } from "./witness-server.ts";

const API_KEY = "SG.witness";

let witness: Awaited<ReturnType<typeof startWitness>>;

beforeAll(async () => {
  witness = await startWitness(202, { "x-message-id": "sg1" }, "");
});
beforeEach(() => void witness.received.splice(0));
afterAll(() => witness.close());

/** SendGrid's own client with its own HTTP code; only the host is ours. */
function officialClient() {
  sendgridClient.setApiKey(API_KEY);
  sendgridClient.setDefaultRequest("baseUrl", witness.url);
  sendgridMail.setClient(sendgridClient);
  return sendgridMail;
}

test.each([
  ["with a name", "Shop"],
  ["without a name", ""],
])("a mail from a sender %s goes out as SendGrid's own client sends it", async (_what, fromName) => {
  const message = aMessage({ to: "ana@example.test", subject: "Pedido nº 1 & más" });
  const config = { apiUrl: witness.url, apiKey: API_KEY, fromEmail: "orders@shop.test", fromName };

  const outcome = await createSendgridEmail(config, fetch).send(message);
  await officialClient().send({
    to: message.to,
    from: fromName === "" ? "orders@shop.test" : { email: "orders@shop.test", name: fromName },
    subject: message.subject,
    text: message.text,
    html: message.html,
    customArgs: { enterprise_id: message.enterpriseId, attempt_id: message.attemptId },
    trackingSettings: { clickTracking: { enable: false, enableText: false }, openTracking: { enable: false } },
  });

  const [first, second, ...more] = witness.received.map(({ body, ...rest }) => ({ ...rest, json: JSON.parse(body) }));
  expect(outcome).toEqual({ kind: "accepted", providerId: "sg1" });
  expect(more).toEqual([]);
  expect(second).toEqual(first);
});
