/** GSM 03.38 basic set; each counts as one septet. 3GPP TS 23.038, section 6.2.1. */
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** Its extension table: two septets each. Section 6.2.1.1. */
const EXTENDED = new Set("\f^{}\\[~]|€");

/**
 * Number of SMS segments: 160 septets in one and 153 in each of several, or 70 and 67 UTF-16 units when a
 * character is outside of GSM-7. https://www.twilio.com/docs/glossary/what-sms-character-limit
 */
export function countSegments(text: string): number {
  const characters = [...text];
  const gsm = characters.every((character) => BASIC.has(character) || EXTENDED.has(character));
  if (!gsm)
    return split(
      characters.map((character) => character.length),
      70,
      67,
    );
  return split(
    characters.map((character) => (EXTENDED.has(character) ? 2 : 1)),
    160,
    153,
  );
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
