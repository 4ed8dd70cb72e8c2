import type { CallbackRequest } from "../adapter.ts";
import { decodeBase64 } from "../base64.ts";
import { signedBytes } from "../signed-bytes.ts";
import { rawSignatureFromDer } from "./der-signature.ts";

const SIGNATURE_HEADER = "x-twilio-email-event-webhook-signature";
const TIMESTAMP_HEADER = "x-twilio-email-event-webhook-timestamp";

/**
 * Whether the holder of the key signed this request
 * (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features):
 * ECDSA P-256 over the timestamp header followed by the raw body, to its last line break.
 */
export async function isSignedBySendgrid({ headers, body }: CallbackRequest, key: CryptoKey): Promise<boolean> {
  const der = decodeBase64(headers.get(SIGNATURE_HEADER) ?? "");
  const signature = der === null ? null : rawSignatureFromDer(der);
  const timestamp = headers.get(TIMESTAMP_HEADER);
  if (signature === null || timestamp === null) return false;
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, signedBytes(timestamp, body));
}

/**
 * The verification key as SendGrid shows it: base64 of a SubjectPublicKeyInfo, with or without PEM lines.
 * Null when it is no P-256 public key.
 */
export async function importSendgridKey(publicKey: string): Promise<CryptoKey | null> {
  const spki = decodeBase64(publicKey.replaceAll(/-----[^-]*-----|\s/g, ""));
  if (spki === null || spki.length === 0) return null;
  try {
    return await crypto.subtle.importKey("spki", spki, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  } catch {
    return null;
  }
}
