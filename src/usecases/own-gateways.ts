import { nameKey, type AdapterName } from "../domain/adapter-facts.ts";
import { AppError } from "../domain/app-error.ts";
import type { CredentialsPlace } from "../domain/credentials.ts";
import { digestOf } from "../domain/digest.ts";
import { readOwnCredentials } from "../domain/own-credentials.ts";
import type { Services } from "../services.ts";

type Vault = Pick<Services, "vault">;

/**
 * The key of a gateway's name: of one that is everyone's the name itself, of an enterprise's own a digest of owner and
 * name, so that what others call theirs is nobody's business.
 */
export async function gatewayKeyOf(name: string, enterpriseId: string | null): Promise<string> {
  return enterpriseId === null ? nameKey(name) : digestOf(JSON.stringify([enterpriseId, nameKey(name)]));
}

/** Throws AppError `enterprise_not_found`. */
export async function requireCustomer({ customers }: Pick<Services, "customers">, enterpriseId: string): Promise<void> {
  if ((await customers.find(enterpriseId)) !== null) return;
  throw new AppError("enterprise_not_found", "There is no enterprise with this enterprise_id.");
}

/**
 * Credentials as they are stored. Throws AppError `invalid_request` where they are not what the adapter takes, and
 * `not_configured` where there is no key to seal them with.
 */
export async function sealCredentials(
  { vault }: Vault,
  place: CredentialsPlace,
  adapter: AdapterName,
  given: unknown,
): Promise<string> {
  const reading = readOwnCredentials(adapter, given);
  if (!reading.ok) {
    throw new AppError("invalid_request", "The credentials are not valid. See 'errors' for each wrong field.", {
      errors: reading.errors,
    });
  }
  const sealing = await vault.seal(place, reading.value);
  switch (sealing.kind) {
    case "sealed":
      return sealing.text;
    case "not_configured":
      throw new AppError("not_configured", "There is no key in CREDENTIALS_KEYS, so credentials cannot be kept.");
  }
}

/** The same credentials by the present key, or null where they are by that already, or do not open. */
export async function resealed({ vault }: Vault, place: CredentialsPlace, sealed: string): Promise<string | null> {
  const opening = await vault.open(place, sealed);
  if (opening.kind !== "opened" || !opening.isOutdated) return null;
  const sealing = await vault.seal(place, opening.credentials);
  return sealing.kind === "sealed" ? sealing.text : null;
}
