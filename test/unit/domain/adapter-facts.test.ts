import { describe, expect, test } from "vitest";
import {
  ADAPTERS,
  ADAPTER_NAMES,
  adapterOfGatewayName,
  isAdapterName,
  nameKey,
} from "../../../src/domain/adapter-facts.ts";
import { KINDS } from "../../../src/domain/lane.ts";

describe("adapters", () => {
  test("go to the kind of channel and the address of their provider's messages", () => {
    expect(ADAPTERS).toEqual({
      twilio_sms: { kind: "sms", address: "phone" },
      twilio_whatsapp: { kind: "whatsapp", address: "phone" },
      sendgrid_email: { kind: "email", address: "email" },
      resend_email: { kind: "email", address: "email" },
    });
  });

  test("have lanes that exist and names that fit their column", () => {
    for (const name of ADAPTER_NAMES) {
      expect(KINDS).toContain(ADAPTERS[name].kind);
      expect(name).toMatch(/^[a-z_]{1,20}$/);
    }
  });

  test("are known by their own names only", () => {
    for (const name of ADAPTER_NAMES) expect(isAdapterName(name)).toBe(true);
    for (const name of ["", "Twilio", "TWILIO_SMS", "constructor", "toString", "__proto__"]) {
      expect(isAdapterName(name)).toBe(false);
    }
  });
});

describe("a gateway's name", () => {
  test.each([
    ["Twilio", "twilio_sms"],
    ["TWILIO", "twilio_sms"],
    ["SendGrid", "sendgrid_email"],
    ["Twilio Whatsapp", "twilio_whatsapp"],
    ["twilio WhatsApp", "twilio_whatsapp"],
  ])("of the original implies its adapter: %s", (name, adapter) => {
    expect(adapterOfGatewayName(name)).toBe(adapter);
  });

  test.each(["", "Twilio SMS", "Vonage", "constructor"])("of another kind implies none: %j", (name) => {
    expect(adapterOfGatewayName(name)).toBeUndefined();
  });

  test("is the same in any case and in either Unicode form", () => {
    expect(nameKey("CAFÉ")).toBe(nameKey("cafe\u0301"));
    expect(nameKey("Cafe")).not.toBe(nameKey("Café"));
  });
});
