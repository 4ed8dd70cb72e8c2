import { ORIGINAL_GATEWAYS, seed, type SeedEnterprise } from "../dev/local/seed.ts";

/** How many enterprises of each kind the load is spread over. */
export const EACH = 8;

/** Enterprises that no other figure posts for: each is unknown to the isolate when it is first named. */
export const COLD = 200;

/** Enterprises that only get e-mail, and may lose it: the receipts of one figure suppress their addresses. */
export const MAILED = 60;

const { sms, email, whatsapp } = ORIGINAL_GATEWAYS;

/** `three-0` … subscribe to the original's three channels, `one-0` … to SMS, `mail-0` … to e-mail, `cold-0` … to all three. */
const ENTERPRISES: SeedEnterprise[] = [
  ...many("three", EACH, [sms, email, whatsapp]),
  ...many("one", EACH, [sms]),
  ...many("mail", MAILED, [email]),
  ...many("cold", COLD, [sms, email, whatsapp]),
];

export async function seedEnterprises(databaseUrl: string): Promise<void> {
  await seed(databaseUrl, ENTERPRISES);
}

function many(kind: string, count: number, subscriptions: SeedEnterprise["subscriptions"]): SeedEnterprise[] {
  return Array.from({ length: count }, (_, number) => ({
    enterpriseId: `${kind}-${number}`,
    phone: `+1202555${String(number).padStart(4, "0")}`,
    email: `orders@${kind}-${number}.example`,
    subscriptions,
  }));
}
