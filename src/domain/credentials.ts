/** What a gateway keeps secret, by name: texts that its adapter knows how to read. */
export type Credentials = Readonly<Record<string, string>>;

/** The gateway that credentials belong to; `ownerId` is empty where every enterprise may use it. They open for no other. */
export type CredentialsPlace = { ownerId: string; gatewayId: string };

/** Credentials sealed as one ASCII text, or none: `not_configured` without a key to seal with. */
export type Sealing = { kind: "sealed"; text: string } | { kind: "not_configured" };

/**
 * - `opened`: `isOutdated` where they are sealed with a key that is not the present one.
 * - `damaged`: not a sealed text, changed since, or sealed for another gateway or enterprise.
 * - `unknown_key`: sealed with a key that is not configured (any more).
 */
export type Opening =
  | { kind: "opened"; credentials: Credentials; isOutdated: boolean }
  | { kind: "damaged" }
  | { kind: "unknown_key"; keyId: string };

/** Why credentials cannot be used, in words for whoever can repair it. */
export function reasonNotOpened(opening: Exclude<Opening, { kind: "opened" }>): string {
  switch (opening.kind) {
    case "damaged":
      return "the gateway's credentials are damaged or were sealed for another gateway; set them again";
    case "unknown_key":
      return `the gateway's credentials are sealed with the key ${opening.keyId}, which is not in CREDENTIALS_KEYS`;
  }
}

/** What an adapter is made from at each call, where a gateway has credentials of its own; as its row has it. */
export type SealedGateway = CredentialsPlace & { credentials: string | null };

/** The name of the account that an enterprise's own gateway is, beside the configured ones, whose names have no colon. */
export function ownAccount(gatewayId: string): string {
  return `${OWN_ACCOUNT}${gatewayId}`;
}

/** Whether an account is an enterprise's own. */
export function isOwnAccount(account: string): boolean {
  return account.startsWith(OWN_ACCOUNT);
}

/** What such a name begins with. */
export const OWN_ACCOUNT = "own:";
