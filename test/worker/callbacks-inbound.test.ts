import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { barredOf, call, everyRowOf, inboundForm } from "./callbacks-kit.ts";
import { newEnterprise, query, quietEnv, unique } from "./kit.ts";
import { network } from "./network.ts";

const quiet = quietEnv().env;

const write = async (from: string, text: string, set: Record<string, string> = {}) =>
  call(quiet, await inboundForm(from, text, set));

it("is answered by a script that does nothing", async () => {
  const { phone } = await newEnterprise(["sms"]);

  const answer = await write(phone, "STOP");

  expect(answer.status).toBe(200);
  expect(answer.headers.get("Content-Type")).toMatch(/^text\/xml\b/);
  expect(await answer.text()).toBe("<Response/>");
});

describe("STOP", () => {
  it("bars the number on the SMS channel, and on no other", async () => {
    const enterprise = await newEnterprise(["sms", "whatsapp", "email"]);

    await write(enterprise.phone, "stop ");

    expect(await barredOf(enterprise)).toMatchObject([
      { channel_id: "ch_sms", address: enterprise.phone, code: "stopped", lifted: 0 },
    ]);
  });

  it("by WhatsApp bars the number on the WhatsApp channel", async () => {
    const enterprise = await newEnterprise(["sms", "whatsapp"]);

    await write(`whatsapp:${enterprise.phone}`, "STOP");

    expect(await barredOf(enterprise)).toMatchObject([{ channel_id: "ch_whatsapp", address: enterprise.phone }]);
  });

  it("counts for every enterprise of that number, and for no other", async () => {
    const first = await newEnterprise(["sms"]);
    const second = await newEnterprise(["sms"], { phone: first.phone });
    const stranger = await newEnterprise(["sms"]);

    await write(first.phone, "STOP");

    expect(
      [await barredOf(first), await barredOf(second), await barredOf(stranger)].map(({ length }) => length),
    ).toEqual([1, 1, 0]);
  });

  it("counts on every channel that Twilio serves, once for several gateways, switched off or not", async () => {
    const enterprise = await newEnterprise(["sms"]);
    const channel = await aChannelBy("twilio_sms", "twilio_sms");
    for (const gateway of channel.gateways) {
      await query(
        "INSERT INTO subscriptions (enterprise_id, channel_id, gateway_id, enabled) VALUES (?, ?, ?, FALSE)",
        [enterprise.id, channel.id, gateway],
      );
    }

    await write(enterprise.phone, "STOP");

    const channels = (await barredOf(enterprise)).map(({ channel_id }) => channel_id);
    expect(channels.toSorted()).toEqual(["ch_sms", channel.id].toSorted());
  });

  it("in the account's own words is told by OptOutType", async () => {
    const enterprise = await newEnterprise(["sms"]);

    await write(enterprise.phone, "Basta", { OptOutType: "STOP" });

    expect(await barredOf(enterprise)).toHaveLength(1);
  });
});

describe("START", () => {
  it("lifts what STOP has barred, and a new STOP bars again", async () => {
    const enterprise = await newEnterprise(["sms"]);

    await write(enterprise.phone, "STOP");
    await write(enterprise.phone, "Start");
    expect(await barredOf(enterprise)).toMatchObject([{ code: "stopped", lifted: 1 }]);

    await write(enterprise.phone, "STOP");
    expect(await barredOf(enterprise)).toMatchObject([{ code: "stopped", lifted: 0 }]);
  });

  it("lifts also where the subscription is gone meanwhile", async () => {
    const enterprise = await newEnterprise(["sms"]);
    await write(enterprise.phone, "STOP");
    await query("DELETE FROM subscriptions WHERE enterprise_id = ?", [enterprise.id]);

    await write(enterprise.phone, "START");

    expect(await barredOf(enterprise)).toMatchObject([{ lifted: 1 }]);
  });

  it("does not make a bad address good", async () => {
    const enterprise = await newEnterprise(["sms"]);
    await query(
      "INSERT INTO suppressions (enterprise_id, channel_id, address, code, since) VALUES (?, 'ch_sms', ?, 'invalid', ?)",
      [enterprise.id, enterprise.phone, "2026-01-02 03:04:05"],
    );

    await write(enterprise.phone, "START");

    expect(await barredOf(enterprise)).toMatchObject([{ code: "invalid", lifted: 0 }]);
  });
});

describe("a message that comes again", () => {
  it("does not bar again what was lifted after it", async () => {
    const enterprise = await newEnterprise(["sms"]);
    const stop = await inboundForm(enterprise.phone, "STOP");
    await call(quiet, stop);
    await write(enterprise.phone, "START");
    const before = await everyRowOf(enterprise);

    for (let n = 0; n < 3; n += 1) expect((await call(quiet, stop)).status).toBe(200);

    expect(await everyRowOf(enterprise)).toEqual(before);
  });

  it("does not lift what was barred after it", async () => {
    const enterprise = await newEnterprise(["sms"]);
    const start = await inboundForm(enterprise.phone, "START");
    await call(quiet, start);
    await write(enterprise.phone, "STOP");
    const before = await everyRowOf(enterprise);

    await call(quiet, start);

    expect(await everyRowOf(enterprise)).toEqual(before);
  });

  it("is heeded whole when the first time was cut off in the middle", async () => {
    const enterprise = await newEnterprise(["sms"]);
    const stop = await inboundForm(enterprise.phone, "STOP");
    network.failSql({
      errno: 1053,
      matches: (one) => one.includes("INTO suppressions") && one.includes(enterprise.id),
    });
    expect((await call(quiet, stop)).status).toBe(503);

    await call(quiet, stop);

    expect(await barredOf(enterprise)).toMatchObject([{ lifted: 0 }]);
  });
});

it("takes three statements, however many enterprises have the number", async () => {
  const { phone } = await newEnterprise(["sms"]);
  for (let n = 0; n < 20; n += 1) await newEnterprise(["sms", "whatsapp"], { phone });

  const statements = await network.statementsOf(() => write(phone, "STOP"));

  expect(statements).toHaveLength(3);
});

it("keeps nothing and asks the database nothing about any other text", async () => {
  const { phone } = await newEnterprise(["sms"]);

  for (const text of ["Where is my parcel?", "HELP", "please stop", ""]) {
    const statements = await network.statementsOf(async () => expect((await write(phone, text)).status).toBe(200));
    expect(statements).toEqual([]);
  }
});

it("keeps neither the number nor the text of what it heeds", async () => {
  const { phone } = await newEnterprise([]);
  const sid = unique("SM");

  await write(phone, "STOP", { MessageSid: sid });

  expect(await query("SELECT kind, wish FROM inbound WHERE message_id = ?", [sid])).toEqual([
    { kind: "sms", wish: "stop" },
  ]);
});

describe("nothing is believed", () => {
  it("that is not signed for", async () => {
    const enterprise = await newEnterprise(["sms"]);
    const stop = await inboundForm(enterprise.phone, "STOP");
    const forged = { ...stop, body: stop.body.replace("STOP", "QUIT") };

    const answer = await call(quiet, forged);

    expect(answer.status).toBe(403);
    expect(await barredOf(enterprise)).toEqual([]);
  });

  it("while there is no account", async () => {
    const answer = await call(
      quietEnv({ TWILIO_AUTH_TOKEN: "", ACCOUNTS: "" }).env,
      await inboundForm(env.TWILIO_FROM, "STOP"),
    );

    expect(answer.status).toBe(503);
  });

  it("of a provider that has no such messages", async () => {
    const stop = await inboundForm(env.TWILIO_FROM, "STOP");

    expect((await call(quiet, { ...stop, path: "/callbacks/sendgrid/inbound" })).status).toBe(404);
  });
});

/** A channel with gateways of these adapters. */
async function aChannelBy(...adapters: string[]) {
  const id = unique("ch");
  await query("INSERT INTO channels (channel_id, channel_name, channel_key, kind) VALUES (?, ?, ?, 'sms')", [
    id,
    id,
    id,
  ]);
  const gateways = adapters.map(() => unique("gw"));
  for (const [index, gateway] of gateways.entries()) {
    await query(
      "INSERT INTO gateways (gateway_id, gateway_name, gateway_key, channel_id, adapter) VALUES (?, ?, ?, ?, ?)",
      [gateway, gateway, gateway, id, adapters[index]],
    );
  }
  return { id, gateways };
}
