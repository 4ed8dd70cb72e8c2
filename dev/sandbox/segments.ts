import { measureSms } from "../../src/domain/sms-segments.ts";

/** Number of SMS segments that Twilio counts for a text. */
export function countSegments(text: string): number {
  return measureSms(text).segments;
}
