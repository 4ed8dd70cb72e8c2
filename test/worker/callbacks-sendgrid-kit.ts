import type { Callback } from "./callbacks-kit.ts";

/** A key pair like that of a signed event webhook: `publicKey` as SendGrid shows it. */
export type MailKey = { publicKey: string; sign: (events: unknown, timestamp?: string) => Promise<Callback> };

export async function newMailKey(): Promise<MailKey> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const pair = (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
  const spki = (await crypto.subtle.exportKey("spki", pair.publicKey)) as ArrayBuffer;
  return {
    publicKey: base64(new Uint8Array(spki)),
    sign: async (events, timestamp = String(Math.floor(Date.now() / 1000))) => {
      const body = typeof events === "string" ? events : JSON.stringify(events);
      const signed = new TextEncoder().encode(timestamp + body);
      const raw = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, signed);
      return {
        path: "/callbacks/sendgrid",
        headers: {
          "Content-Type": "application/json",
          "X-Twilio-Email-Event-Webhook-Signature": base64(toDer(new Uint8Array(raw))),
          "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
        },
        body,
      };
    },
  };
}

/** Web Crypto gives r and s side by side; SendGrid sends them as a DER SEQUENCE (X.690 §8.9) of two INTEGERs. */
function toDer(raw: Uint8Array): Uint8Array {
  const content = [...derInteger(raw.slice(0, 32)), ...derInteger(raw.slice(32))];
  return Uint8Array.from([0x30, content.length, ...content]);
}

function derInteger(bytes: Uint8Array): number[] {
  const digits = bytes.slice(bytes.findIndex((byte) => byte !== 0));
  const positive = (digits[0] ?? 0) > 0x7f ? [0, ...digits] : [...digits];
  return [0x02, positive.length, ...positive];
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
