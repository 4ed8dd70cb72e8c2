/** What a key may be used for. `admin` includes the other two. */
export const SCOPES = ["send", "read", "admin"] as const;

export type Scope = (typeof SCOPES)[number];

/** Who asks: the key, what it may do, and the one enterprise that it is for; null: all of them. */
export type Caller = {
  keyId: string;
  /** With a `test` key nothing real is sent. */
  mode: "live" | "test";
  scopes: readonly Scope[];
  enterpriseId: string | null;
};

/** Whether a caller may use routes of this scope. */
export function hasScope({ scopes }: Pick<Caller, "scopes">, scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes("admin");
}

/** Whether a caller may see and change what belongs to this enterprise; null: what belongs to all. */
export function mayTouch({ enterpriseId }: Pick<Caller, "enterpriseId">, owner: string | null): boolean {
  return enterpriseId === null || enterpriseId === owner;
}
