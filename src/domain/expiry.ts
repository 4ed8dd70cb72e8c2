import { nameKey } from "./adapter-facts.ts";

/** How long after its acceptance an update is dropped, in ms, by its status in lower case. */
export type ExpiryRules = ReadonlyMap<string, number>;

/** The longest that an update of this status may wait to be sent, in ms; `byDefault` where no rule names it. */
export function expiryOf(status: string, rules: ExpiryRules, byDefault: number): number {
  return rules.get(nameKey(status)) ?? byDefault;
}
