import { encodeBase64Url } from "./base64url.ts";

const encoder = new TextEncoder();

/** The SHA-256 digest of a text as 43 characters of base64url. */
export async function digestOf(text: string): Promise<string> {
  return encodeBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));
}
