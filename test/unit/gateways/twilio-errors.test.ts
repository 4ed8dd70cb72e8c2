import { describe, expect, test } from "vitest";
import type { SendOutcome } from "../../../src/domain/send-outcome.ts";
import { explainTwilioCode } from "../../../src/gateways/twilio/twilio-errors.ts";
import { createTwilioSms } from "../../../src/gateways/twilio/twilio-sms.ts";
import { aMessage, jsonResponse, recordingFetch } from "./support.ts";

const CONFIG = {
  apiUrl: "https://twilio.test",
  accountSid: "AC1",
  authToken: "token",
  publicUrl: "https://notify.test",
  from: "+15005550006",
  messagingServiceSid: "",
};

/** Every code that the adapter knows, by what it must lead to; stated again here, so that no class slips. */
const EXPECTED = {
  refused: [
    14107, 20429, 21611, 30001, 30003, 30008, 30010, 30017, 30022, 30023, 30027, 30410, 63009, 63010, 63012, 63017,
    63018,
  ],
  misconfigured: [
    20003, 20005, 20006, 20008, 20404, 21212, 21408, 21601, 21602, 21603, 21606, 21608, 21609, 21612, 21617, 21619,
    21654, 21655, 21656, 21658, 21659, 21660, 21661, 21703, 21704, 21705, 21910, 30002, 30007, 30032, 30033, 30034,
    63001, 63002, 63005, 63007, 63008, 63015, 63016, 63020, 63021, 63027, 63028, 63040, 63041, 63042, 63051,
  ],
  rejectedForGood: [21211, 21217, 21401, 21604, 21610, 21614, 21635, 30036],
  rejectedHere: [30004, 30005, 30006, 63003, 63013, 63014, 63024, 63032, 63033],
};

const ALL = Object.values(EXPECTED).flat();

async function outcomeOfCode(code: number, status = 400): Promise<SendOutcome> {
  const body = { code, message: "about +34600111222", more_info: "https://www.twilio.com/docs", status };
  return createTwilioSms(CONFIG, recordingFetch(() => jsonResponse(status, body)).fetch).send(aMessage());
}

describe("Twilio's codes", () => {
  test.each(EXPECTED.refused)("%i is worth another try", async (code) => {
    expect(await outcomeOfCode(code)).toMatchObject({ kind: "refused", code: String(code) });
  });

  test.each(EXPECTED.misconfigured)("%i is for an operator", async (code) => {
    expect(await outcomeOfCode(code)).toMatchObject({ kind: "misconfigured", code: String(code) });
  });

  test.each(EXPECTED.rejectedForGood)("%i ends the delivery", async (code) => {
    expect(await outcomeOfCode(code)).toMatchObject({ kind: "rejected", code: String(code), otherGateway: false });
  });

  test.each(EXPECTED.rejectedHere)("%i lets another gateway try", async (code) => {
    expect(await outcomeOfCode(code)).toMatchObject({ kind: "rejected", code: String(code), otherGateway: true });
  });

  test("only 21610 says that the recipient has opted out", async () => {
    const outcomes = await Promise.all(ALL.map(async (code) => [code, await outcomeOfCode(code)] as const));

    expect(outcomes.flatMap(([code, outcome]) => ("optedOut" in outcome ? [code] : []))).toEqual([21610]);
  });

  test.each(ALL)("%i has a reason in our words, without numbers of persons", async (code) => {
    const outcome = await outcomeOfCode(code);

    expect(outcome).toHaveProperty("reason", explainTwilioCode(code));
    expect(explainTwilioCode(code)).not.toMatch(/\+?\d{6,}|twilio\.com/);
  });

  test("an unknown code is rejected, and says where to read about it", async () => {
    expect(await outcomeOfCode(29_999)).toEqual({
      kind: "rejected",
      code: "29999",
      reason: "Twilio error 29999, see https://www.twilio.com/docs/api/errors/29999",
      otherGateway: false,
    });
  });

  test.each([401, 403])("an unknown code with %i is for an operator", async (status) => {
    expect(await outcomeOfCode(29_999, status)).toMatchObject({ kind: "misconfigured", code: "29999" });
  });

  test("a code that may be tried again keeps the wait that came with it", async () => {
    const answer = () => jsonResponse(400, { code: 21611 }, { "retry-after": "60" });
    const outcome = await createTwilioSms(CONFIG, recordingFetch(answer).fetch).send(aMessage());

    expect(outcome).toMatchObject({ kind: "refused", retryAfterMs: 60_000 });
  });
});
