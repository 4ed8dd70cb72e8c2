import * as z from "zod/mini";
import type { AdapterName } from "./adapter-facts.ts";
import { readBody, strictBody, type BodyReading } from "./body-reading.ts";
import type { Credentials } from "./credentials.ts";
import { plainText } from "./order-update.ts";

/** What goes into a header or a path of the provider: visible ASCII, in a form that the provider writes. */
function token(form: RegExp, error: string) {
  return z.string({ error }).check(z.regex(form, { error }));
}

const SECRET = token(/^[\x21-\x7e]{8,500}$/, "must be 8 to 500 visible ASCII characters");
const SENDER = plainText(320);
const EMAIL = z.email({ error: "must be an e-mail address" }).check(z.maxLength(254, { error: "is too long" }));

const twilio = {
  account_sid: token(/^AC[0-9a-f]{32}$/i, "must be an account SID: AC and 32 hexadecimal digits"),
  auth_token: SECRET,
};
const mail = { api_key: SECRET, from_email: EMAIL, from_name: z.optional(plainText(100)) };

const NEEDS_SENDER = "must name a sender: from or messaging_service_sid";

/**
 * What credentials of an enterprise's own gateway are, by adapter: an account at its provider, a sender there, and what
 * verifies its callbacks. They are written and never read: the answer to each says no more than that there are some.
 */
export const OWN_CREDENTIALS = {
  twilio_sms: strictBody({
    ...twilio,
    from: z.optional(SENDER),
    messaging_service_sid: z.optional(token(/^MG[0-9a-f]{32}$/i, "must be MG and 32 hexadecimal digits")),
  }).check(
    z.refine(({ from, messaging_service_sid: service }) => (from ?? service) !== undefined, { error: NEEDS_SENDER }),
  ),
  twilio_whatsapp: strictBody({
    ...twilio,
    from: SENDER,
    content_sid: z.optional(token(/^HX[0-9a-f]{32}$/i, "must be HX and 32 hexadecimal digits")),
  }),
  sendgrid_email: strictBody({ ...mail, webhook_public_key: z.optional(SECRET) }),
  resend_email: strictBody({ ...mail, webhook_secret: z.optional(SECRET) }),
} satisfies Record<AdapterName, z.ZodMiniType<Record<string, string | undefined>>>;

/** Reads the credentials of a gateway of this adapter; pointers begin at the body that they are in. */
export function readOwnCredentials(adapter: AdapterName, given: unknown): BodyReading<Credentials> {
  const reading = readBody<Record<string, string | undefined>>(OWN_CREDENTIALS[adapter], given);
  if (!reading.ok) {
    return { ok: false, errors: reading.errors.map((one) => ({ ...one, pointer: `/credentials${one.pointer}` })) };
  }
  const named = Object.entries(reading.value).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return { ok: true, value: Object.fromEntries(named) as Credentials };
}
