/** A JSON column as the driver gives it: parsed, or as text where a server forgets what an expression is made of. */
export type Json = string | object | null;

export function fromJson(value: Json): unknown {
  return typeof value === "string" ? JSON.parse(value) : value;
}
