/** A key that verifies what one of our provider accounts signs. */
export type AccountKey = { name: string; key: CryptoKey };

/** The keys of those accounts that have a usable one. */
export async function importAccountKeys<Account extends { name: string }>(
  accounts: readonly Account[],
  importKey: (account: Account) => Promise<CryptoKey | null>,
): Promise<AccountKey[]> {
  const keys = await Promise.all(accounts.map(importKey));
  return accounts.flatMap(({ name }, index) => {
    const key = keys[index] ?? null;
    return key === null ? [] : [{ name, key }];
  });
}

/** The names of the accounts that have signed something. */
export async function signersOf(
  keys: readonly AccountKey[],
  isSigned: (key: CryptoKey) => Promise<boolean>,
): Promise<string[]> {
  const signed = await Promise.all(keys.map(({ key }) => isSigned(key)));
  return keys.flatMap(({ name }, index) => (signed[index] === true ? [name] : []));
}
