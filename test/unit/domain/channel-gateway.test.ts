import { describe, expect, test } from "vitest";
import { readChannelGateway } from "../../../src/domain/channel-gateway.ts";

const BODY = { channel_name: "SMS", gateway_name: "Twilio" };

/** The pointers that are reported, or "ok". */
function verdict(body: unknown): string[] | "ok" {
  const reading = readChannelGateway(body);
  return reading.ok ? "ok" : reading.errors.map((error) => error.pointer);
}

describe("a gateway to be added", () => {
  test("needs no more than the original's two names", () => {
    expect(readChannelGateway(BODY)).toEqual({
      ok: true,
      request: {
        channelName: "SMS",
        gatewayName: "Twilio",
        adapter: undefined,
        kind: undefined,
        sender: null,
        account: "",
        priority: 100,
      },
    });
  });

  test("may say everything else as well", () => {
    const more = { adapter: "twilio_sms", kind: "sms", sender: "+15005550006", account: "backup", priority: 0 };
    expect(readChannelGateway({ ...BODY, ...more, unknown: 1 })).toEqual({
      ok: true,
      request: { channelName: "SMS", gatewayName: "Twilio", ...more },
    });
  });

  test("may have null for no sender, and for the first account", () => {
    const request = { sender: null, account: "" };
    expect(readChannelGateway({ ...BODY, sender: null, account: null })).toMatchObject({ request });
  });

  test("is told of every wrong field at once", () => {
    const wrong = { gateway_name: " Twilio", adapter: "", kind: "fax", sender: 5, account: 5, priority: 1.5 };
    expect(verdict(wrong)).toEqual([
      "/channel_name",
      "/gateway_name",
      "/adapter",
      "/kind",
      "/sender",
      "/account",
      "/priority",
    ]);
  });

  test.each([
    ["channel_name", 64],
    ["gateway_name", 64],
    ["adapter", 64],
    ["sender", 320],
  ])("has a %s of at most %i characters", (field, max) => {
    expect(verdict({ ...BODY, [field]: "😀".repeat(max) })).toBe("ok");
    expect(verdict({ ...BODY, [field]: "😀".repeat(max + 1) })).toEqual([`/${field}`]);
  });

  test("has a priority from 0 to 1000000", () => {
    expect(verdict({ ...BODY, priority: 1_000_000 })).toBe("ok");
    expect(verdict({ ...BODY, priority: 1_000_001 })).toEqual(["/priority"]);
    expect(verdict({ ...BODY, priority: -1 })).toEqual(["/priority"]);
  });

  test.each([null, [], "text", 5])("is an object, not %j", (body) => {
    expect(readChannelGateway(body)).toEqual({
      ok: false,
      errors: [{ pointer: "", message: "must be a JSON object" }],
    });
  });
});
