/** Bytes of each of the two numbers of a P-256 signature. */
const NUMBER_BYTES = 32;

/**
 * An ECDSA P-256 signature as WebCrypto takes it (r and s, 32 bytes each), made of the DER form that
 * SendGrid sends: SEQUENCE { INTEGER r, INTEGER s } (RFC 3279, section 2.2.3). Null when it is not one.
 */
export function rawSignatureFromDer(der: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const [tag, length] = der;
  if (tag !== 0x30 || length !== der.length - 2) return null;
  const r = readInteger(der, 2);
  const s = r === null ? null : readInteger(der, r.end);
  if (r === null || s === null || s.end !== der.length) return null;

  const raw = new Uint8Array(2 * NUMBER_BYTES);
  raw.set(r.digits, NUMBER_BYTES - r.digits.length);
  raw.set(s.digits, 2 * NUMBER_BYTES - s.digits.length);
  return raw;
}

/** One INTEGER, without the zeros that DER puts before a high first bit; null when it does not fit. */
function readInteger(der: Uint8Array, start: number): { digits: Uint8Array; end: number } | null {
  const length = der[start + 1];
  if (der[start] !== 0x02 || length === undefined || length === 0) return null;
  const end = start + 2 + length;
  if (end > der.length) return null;
  const bytes = der.subarray(start + 2, end);
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? bytes.subarray(bytes.length) : bytes.subarray(first);
  return digits.length > NUMBER_BYTES ? null : { digits, end };
}
