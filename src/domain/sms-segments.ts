/** The GSM 7-bit default alphabet, without its escape: one septet each. 3GPP TS 23.038, section 6.2.1. */
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** Its extension table: two septets each. Section 6.2.1.1. */
const EXTENDED = new Set("\f^{}\\[~]|€");

/** What a text takes as an SMS. `units`: septets of GSM-7, 16-bit units of UCS-2. */
export type SmsMeasure = { encoding: "GSM-7" | "UCS-2"; characters: number; units: number; segments: number };

/**
 * 160 septets in one segment and 153 in each of several, or 70 and 67 UTF-16 units when a character is outside of GSM-7
 * (https://www.twilio.com/docs/glossary/what-sms-character-limit).
 */
export function measureSms(text: string): SmsMeasure {
  const characters = [...text];
  const isGsm = characters.every((character) => BASIC.has(character) || EXTENDED.has(character));
  const sizes = characters.map((character) => (isGsm ? (EXTENDED.has(character) ? 2 : 1) : character.length));
  return {
    encoding: isGsm ? "GSM-7" : "UCS-2",
    characters: characters.length,
    units: sizes.reduce((sum, size) => sum + size, 0),
    segments: isGsm ? split(sizes, 160, 153) : split(sizes, 70, 67),
  };
}

/** A character is never cut in two, so a segment may stay short of its size. */
function split(sizes: readonly number[], single: number, part: number): number {
  if (sizes.reduce((sum, size) => sum + size, 0) <= single) return 1;
  let segments = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > part) {
      segments += 1;
      used = 0;
    }
    used += size;
  }
  return segments;
}
