import type { CallbackRequest } from "../adapter.ts";
import { decodeBase64 } from "../base64.ts";

/**
 * Whether Twilio signed this request (https://www.twilio.com/docs/usage/webhooks/webhooks-security):
 * `X-Twilio-Signature` is the HMAC-SHA1 of the URL followed by every form parameter. A request whose URL
 * has `bodySHA256` is signed by its URL alone, and that parameter is the SHA-256 of its body.
 */
export async function isSignedByTwilio(request: CallbackRequest, authToken: string): Promise<boolean> {
  const { publicUrl, headers, body } = request;
  const signature = decodeBase64(headers.get("x-twilio-signature") ?? "");
  if (signature === null) return false;

  const bodyHash = signedBodyHash(publicUrl);
  const parameters = bodyHash === null ? formText(body) : "";
  const key = await importKey(authToken);
  for (const url of urlVariants(publicUrl)) {
    const signed = new TextEncoder().encode(url + parameters);
    if (await crypto.subtle.verify("HMAC", key, signature, signed)) {
      return bodyHash === null || bodyHash.toLowerCase() === (await sha256Hex(body));
    }
  }
  return false;
}

/** The SHA-256 of the body, in hex, when the URL carries it (JSON requests); null for a form. */
export function signedBodyHash(publicUrl: string): string | null {
  return new URL(publicUrl).searchParams.get("bodySHA256");
}

/** The parameters of a form body, decoded. */
export function readForm(body: Uint8Array): URLSearchParams {
  return new URLSearchParams(new TextDecoder().decode(body));
}

/** Names sorted, each followed by its value; several values of one name are sorted, and equal ones count once. */
function formText(body: Uint8Array): string {
  const form = readForm(body);
  const pairs = [...new Set(form.keys())]
    .toSorted()
    .flatMap((name) => [...new Set(form.getAll(name))].toSorted().map((value) => name + value));
  return pairs.join("");
}

/** Twilio signs the URL without a port in some products and with the default one in others. */
function urlVariants(url: string): string[] {
  const parts = /^(https?:\/\/)([^/?#]*)(.*)$/is.exec(url);
  if (parts === null) return [url];
  const [, scheme = "", authority = "", rest = ""] = parts;
  const host = authority.replace(/:\d+$/, "");
  const port = scheme.toLowerCase() === "https://" ? ":443" : ":80";
  return [scheme + host + rest, scheme + (host === authority ? host + port : authority) + rest];
}

async function importKey(authToken: string): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(authToken);
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-1" }, false, ["verify"]);
}

async function sha256Hex(body: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
