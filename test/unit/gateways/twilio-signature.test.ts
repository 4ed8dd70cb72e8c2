import { describe, expect, test } from "vitest";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { isSignedByTwilio } from "../../../src/gateways/twilio/twilio-signature.ts";
import { utf8 } from "./support.ts";

const TOKEN = "12345";
const URL = "https://mycompany.com/myapp.php?foo=1&bar=2";
const FORM = new URLSearchParams({
  CallSid: "CA1234567890ABCDE",
  Caller: "+14158675309",
  Digits: "1234",
  From: "+14158675309",
  To: "+18005551212",
}).toString();
const SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
const JSON_BODY = '{"property": "value", "boolean": true}';
const JSON_HASH = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";

function isSigned(publicUrl: string, body: string, signature: string | null, token = TOKEN): Promise<boolean> {
  const headers = new Headers(signature === null ? {} : { "x-twilio-signature": signature });
  return isSignedByTwilio({ publicUrl, headers, body: utf8(body) }, token);
}

describe("the published vectors", () => {
  test("a form", async () => {
    expect(await isSigned(URL, FORM, SIGNATURE)).toBe(true);
  });

  test("the order of the parameters does not matter", async () => {
    expect(await isSigned(URL, FORM.split("&").toReversed().join("&"), SIGNATURE)).toBe(true);
  });

  test("values of a repeated parameter are sorted, and equal ones count once", async () => {
    const body = "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234";

    expect(await isSigned(URL, body, "IK+Dwps556ElfBT0I3Rgjkr1wJU=")).toBe(true);
  });

  test("a JSON body is signed by its hash in the URL", async () => {
    const url = `${URL}&bodySHA256=${JSON_HASH}`;
    const signature = getExpectedTwilioSignature(TOKEN, url, {});

    expect(await isSigned(url, JSON_BODY, signature)).toBe(true);
    expect(await isSigned(url, `${JSON_BODY} `, signature)).toBe(false);
    expect(await isSigned(`${URL}&bodySHA256=${JSON_HASH.replace("0", "1")}`, JSON_BODY, signature)).toBe(false);
  });
});

describe("agrees with Twilio's own library", () => {
  test.each([
    ["no parameters", {}],
    ["empty values", { Body: "", To: "+1" }],
    ["new parameters that we do not know", { AccountSid: "AC1", Zzz: "new", aaa: "lower case sorts last" }],
    ["text of the world", { Body: "\u{feff}ñ 🎁 = & +", From: "whatsapp:+1" }],
  ])("%s", async (_what, params) => {
    const url = "https://notify.test/callbacks/twilio?enterprise=a%26b+c%27d&attempt=1";
    const signature = getExpectedTwilioSignature(TOKEN, url, params);

    expect(await isSigned(url, new URLSearchParams(params).toString(), signature)).toBe(true);
  });

  test.each([
    ["https://a.test/x?y=1", "https://a.test:443/x?y=1"],
    ["https://a.test:443/x?y=1", "https://a.test/x?y=1"],
    ["http://a.test/x", "http://a.test:80/x"],
    ["http://a.test:8787/x", "http://a.test:8787/x"],
    ["http://a.test:8787/x", "http://a.test/x"],
  ])("asked as %s, signed as %s", async (publicUrl, signed) => {
    expect(await isSigned(publicUrl, "A=1", getExpectedTwilioSignature(TOKEN, signed, { A: "1" }))).toBe(true);
  });
});

describe("a forgery", () => {
  test.each([
    ["no signature", URL, FORM, null, TOKEN],
    ["an empty signature", URL, FORM, "", TOKEN],
    ["a signature that is not base64", URL, FORM, "%%%", TOKEN],
    ["a shortened signature", URL, FORM, SIGNATURE.slice(0, -4), TOKEN],
    ["another token", URL, FORM, SIGNATURE, "12346"],
    ["another URL", `${URL}3`, FORM, SIGNATURE, TOKEN],
    ["another host", URL.replace("mycompany", "my-company"), FORM, SIGNATURE, TOKEN],
    ["another value", URL, FORM.replace("1234", "1235"), SIGNATURE, TOKEN],
    ["one parameter more", URL, `${FORM}&X=1`, SIGNATURE, TOKEN],
    ["one parameter less", URL, FORM.replace("Digits=1234&", ""), SIGNATURE, TOKEN],
    ["no body", URL, "", SIGNATURE, TOKEN],
  ])("%s is seen", async (_what, url, body, signature, token) => {
    expect(await isSigned(url, body, signature, token)).toBe(false);
  });
});
