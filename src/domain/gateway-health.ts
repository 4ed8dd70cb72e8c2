/**
 * How well a gateway works, as all isolates see it.
 *
 * - `well`: asked in its turn.
 * - `poor`: half of its calls fail; asked last while another gateway does better.
 * - `closed`: nothing gets through; not asked at all, and what has no other gateway waits.
 */
export type GatewayHealth = "well" | "poor" | "closed";

/** A stored health; one that this version does not know counts as `well`. */
export function readHealth(health: string | null): GatewayHealth {
  return health === "poor" || health === "closed" ? health : "well";
}
