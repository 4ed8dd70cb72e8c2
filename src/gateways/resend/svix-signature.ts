import type { CallbackRequest } from "../adapter.ts";
import { decodeBase64 } from "../base64.ts";
import { signedBytes } from "../signed-bytes.ts";

/** A request that was signed longer ago than this, or so far ahead, is a replay. In ms, as Svix's own libraries have it. */
const TOLERANCE_MS = 300_000;

/**
 * Whether the holder of the key signed this request (https://docs.svix.com/receiving/verifying-payloads/how-manual):
 * HMAC-SHA256 over id, timestamp and raw body. The header holds several signatures while keys are changed.
 */
export async function isSignedBySvix(request: CallbackRequest, key: CryptoKey, nowMs: number): Promise<boolean> {
  const { headers, body } = request;
  const id = headers.get("svix-id") ?? "";
  const timestamp = headers.get("svix-timestamp") ?? "";
  if (id === "" || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(nowMs - Number(timestamp) * 1000) > TOLERANCE_MS) return false;
  const signed = signedBytes(`${id}.${timestamp}.`, body);
  for (const signature of signaturesOf(headers.get("svix-signature") ?? "")) {
    if (await crypto.subtle.verify("HMAC", key, signature, signed)) return true;
  }
  return false;
}

/** The key of a secret as Svix shows it, `whsec_` and base64; null when it is none. */
export async function importSvixKey(secret: string): Promise<CryptoKey | null> {
  const bytes = decodeBase64(secret.replace(/^whsec_/, ""));
  if (bytes === null || bytes.length === 0) return null;
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

/** `v1,<base64> v1,<base64> v1a,…`: other versions are other algorithms. */
function signaturesOf(header: string): Uint8Array<ArrayBuffer>[] {
  return header.split(" ").flatMap((one) => {
    const [version, text = ""] = one.split(",", 2);
    const bytes = version === "v1" ? decodeBase64(text) : null;
    return bytes === null ? [] : [bytes];
  });
}
