import type { CallbackRequest, Unbelieved } from "../adapter.ts";
import { isRecord, parseJson } from "../json-text.ts";
import { isSignedByTwilio, readForm, signedBodyHash } from "./twilio-signature.ts";

/** An account of ours. `authToken`: its primary one, which signs callbacks even where an API key sends. */
export type TwilioSigner = { name: string; authToken: string; accountSid: string };

/** A parameter of a callback, or null. */
export type Field = (name: string) => string | null;

/**
 * Reads what Twilio posts. A callback is signed by the account that it names, or it is forged as far as we are
 * concerned; `accounts` are our names of those that signed it.
 */
export async function readTwilioCallback(
  request: CallbackRequest,
  accounts: readonly TwilioSigner[],
): Promise<{ kind: "signed"; accounts: string[]; field: Field } | Unbelieved> {
  const configured = accounts.filter(({ authToken, accountSid }) => authToken !== "" && accountSid !== "");
  if (configured.length === 0) return { kind: "not_configured" };
  const field = readFields(request);
  const named = field === null ? configured : configured.filter((one) => one.accountSid === field("AccountSid"));
  const signers = await signersOf(request, named);
  if (signers.length === 0) return { kind: "forged" };
  if (field === null) return { kind: "malformed", reason: "the body is not a JSON object" };
  return { kind: "signed", accounts: signers, field };
}

/** The names of the accounts whose token the signature is made with. */
async function signersOf(request: CallbackRequest, accounts: readonly TwilioSigner[]): Promise<string[]> {
  const signed = await Promise.all(accounts.map(({ authToken }) => isSignedByTwilio(request, authToken)));
  return accounts.flatMap(({ name }, index) => (signed[index] === true ? [name] : []));
}

function readFields({ publicUrl, body }: CallbackRequest): Field | null {
  if (signedBodyHash(publicUrl) === null) {
    const form = readForm(body);
    return (name) => form.get(name);
  }
  const content = parseJson(new TextDecoder().decode(body));
  if (!isRecord(content)) return null;
  return (name) => {
    const value = content[name];
    return typeof value === "string" ? value : null;
  };
}
