import { toTags } from "../../src/gateways/resend/resend-tags.ts";
import { unique } from "./kit.ts";
import type { Callback } from "./callbacks-kit.ts";

/** The secret that the tests are configured with. */
export const RESEND_SECRET = "whsec_VGhlIFdvcmtlcidzIHRlc3RzIGtub3cgaXQu";

/** An event of Resend's webhook about an attempt; `data` replaces or adds members. */
export function resendEvent(
  { enterprise, attempt }: { enterprise: { id: string }; attempt: string },
  type: string,
  data: Record<string, unknown> = {},
): Record<string, unknown> {
  const tags = toTags({ enterpriseId: enterprise.id, attemptId: attempt });
  return {
    type,
    created_at: new Date().toISOString(),
    data: {
      email_id: `mail of ${attempt}`,
      tags: Object.fromEntries(tags.map(({ name, value }) => [name, value])),
      ...data,
    },
  };
}

/** The event as Resend posts it, signed by Svix's scheme, `ageS` seconds ago. */
export async function resendCallback(
  event: unknown,
  { secret = RESEND_SECRET, id = unique("msg"), ageS = 0 }: { secret?: string; id?: string; ageS?: number } = {},
): Promise<Callback> {
  const body = JSON.stringify(event);
  const timestamp = String(Math.floor(Date.now() / 1000) - ageS);
  const bytes = Uint8Array.from(atob(secret.replace("whsec_", "")), (char) => char.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`${id}.${timestamp}.${body}`));
  return {
    path: "/callbacks/resend",
    headers: {
      "Content-Type": "application/json",
      "Svix-Id": id,
      "Svix-Timestamp": timestamp,
      "Svix-Signature": `v1,${btoa(String.fromCharCode(...new Uint8Array(signature)))}`,
    },
    body,
  };
}
