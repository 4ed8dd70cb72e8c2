import { describe, expect, test } from "vitest";
import { usableAddress } from "../../../src/domain/address.ts";

const phone = (text: string | null) => usableAddress({ phone: text, email: "ops@shop.test" }, "phone");
const email = (text: string | null) => usableAddress({ phone: "+34600111222", email: text }, "email");

describe("a phone number (ITU-T E.164)", () => {
  test.each(["+34600111222", "+1234567", "+123456789012345"])("%s is used as it is", (number) => {
    expect(phone(number)).toBe(number);
  });

  test("may have spaces around it, which are taken off", () => {
    expect(phone(" +34600111222\n")).toBe("+34600111222");
  });

  test.each([
    null,
    "",
    " ",
    "34600111222",
    "0034600111222",
    "+034600111222",
    "+123456",
    "+1234567890123456",
    "+34 600 111 222",
    "+34-600-111-222",
    "whatsapp:+34600111222",
    "+34600111222\n+34600111223",
    "++34600111222",
    "+٣٤٦٠٠١١١٢٢٢",
  ])("%j is none", (text) => {
    expect(phone(text)).toBeNull();
  });
});

describe("an e-mail address", () => {
  test.each(["a@b.co", "ops+orders@mail.shop.test", "josé@correo.españa.es", `${"l".repeat(64)}@shop.test`])(
    "%s is used as it is",
    (address) => {
      expect(email(address)).toBe(address);
    },
  );

  test("may have spaces around it, which are taken off", () => {
    expect(email(" ops@shop.test\t")).toBe("ops@shop.test");
  });

  test("has at most 254 characters (RFC 5321 §4.5.3.1)", () => {
    const address = `${"l".repeat(64)}@${"d".repeat(184)}.test`;
    expect(address).toHaveLength(254);
    expect(email(address)).toBe(address);
    expect(email(address.replace("@", "@d"))).toBeNull();
  });

  test.each([
    null,
    "",
    "ops",
    "@shop.test",
    "ops@",
    "ops@shop",
    "ops@shop.",
    "a@b@shop.test",
    "a b@shop.test",
    "a@shop.test,b@shop.test",
    "a@shop.test;b@shop.test",
    "Ops <ops@shop.test>",
    "ops@shop.test\r\nBcc: all@shop.test",
    "ops\u0000@shop.test",
    '"a"@shop.test',
    `${"l".repeat(65)}@shop.test`,
  ])("%j is none", (text) => {
    expect(email(text)).toBeNull();
  });
});

test("the other kind of address is never used instead", () => {
  expect(usableAddress({ phone: null, email: "ops@shop.test" }, "phone")).toBeNull();
  expect(usableAddress({ phone: "+34600111222", email: null }, "email")).toBeNull();
});
