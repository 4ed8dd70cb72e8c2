import { expect, it } from "vitest";
import { problemOf, readAnswer } from "./http-kit.ts";
import { newEnterprise, post, postIn, quietEnv, send, sendIn, unique, updateOf } from "./kit.ts";

it("answers an accepted update with its id and a delivery for each channel", async () => {
  const enterprise = await newEnterprise(["sms", "email"]);

  const { status, body } = await postIn(quietEnv().env, updateOf(enterprise));

  expect(status).toBe(202);
  expect(body).toEqual({
    status: 202,
    message: "Accepted.",
    update_id: expect.stringMatching(/^upd_[0-9a-f]{32}$/),
    deliveries: [
      {
        delivery_id: expect.stringMatching(/^dlv_[0-9a-f]{32}$/),
        channel: "Email",
        gateway: "SendGrid",
        state: "queued",
      },
      { delivery_id: expect.stringMatching(/^dlv_[0-9a-f]{32}$/), channel: "SMS", gateway: "Twilio", state: "queued" },
    ],
    skipped: [],
  });
});

it("answers GET / with the original's greeting as an error, to anybody", async () => {
  const answer = await readAnswer(await sendIn(quietEnv().env, "/"));

  const body = problemOf(answer);
  expect(body).toMatchObject({ status: 400, code: "welcome" });
  expect(body["message"]).toBe("Welcome to Notify API. Please put a post request with shipment data.");
});

it("answers an added gateway with the ids of channel and gateway", async () => {
  const [channel, gateway] = [unique("Channel"), unique("Gateway")];

  const { status, body } = await post(
    { channel_name: channel, gateway_name: gateway, adapter: "twilio_sms" },
    {},
    "/add-channel-gateway",
  );

  expect(status).toBe(201);
  expect(body).toEqual({
    status: 201,
    message: "Added.",
    channel_id: expect.stringMatching(/^ch_[0-9a-f]{32}$/),
    channel_name: channel,
    kind: "sms",
    gateway_id: expect.stringMatching(/^gw_[0-9a-f]{32}$/),
    gateway_name: gateway,
    adapter: "twilio_sms",
    account: "",
  });
});

it("answers 409 when the channel has a gateway of that name", async () => {
  const answer = await post({ channel_name: "SMS", gateway_name: "Twilio" }, {}, "/add-channel-gateway");

  expect(problemOf(answer)).toMatchObject({ status: 409, code: "gateway_exists" });
});

it("lists every gateway with its channel, under `message`", async () => {
  const { status, body } = await readAnswer(await send("/fetch-channels-gateways"));

  expect({ status, body }).toEqual({ status: 200, body: { status: 200, message: expect.any(Array) } });
  const all = body["message"] as { gateway_id: string }[];
  // Other tests add gateways of their own to the same database.
  const originals = all.filter(({ gateway_id: id }) => ["gw_sendgrid", "gw_twilio", "gw_twilio_whatsapp"].includes(id));
  expect(originals).toEqual([
    listed("ch_email", "Email", "gw_sendgrid", "SendGrid", "sendgrid_email"),
    listed("ch_sms", "SMS", "gw_twilio", "Twilio", "twilio_sms"),
    listed("ch_whatsapp", "Whatsapp", "gw_twilio_whatsapp", "Twilio Whatsapp", "twilio_whatsapp"),
  ]);
});

function listed(channelId: string, channel: string, gatewayId: string, gateway: string, adapter: string) {
  return {
    channel_id: channelId,
    channel_name: channel,
    gateway_id: gatewayId,
    gateway_name: gateway,
    adapter,
    account: "",
    enabled: true,
  };
}

it("answers GET /health to anybody, without asking the database", async () => {
  const answer = await readAnswer(await sendIn(quietEnv({ DATABASE_URL: "http://u:p@nobody.test" }).env, "/health"));

  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({ status: "ok" });
});

it("answers HEAD like GET, without a body", async () => {
  const answer = await sendIn(quietEnv().env, "/health", { method: "HEAD" });

  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe("");
});
