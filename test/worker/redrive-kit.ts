import type { TestEnterprise } from "./kit.ts";
import { bellFor, hear, newEnterprise, postIn, query, quietEnv, sendIn, updateOf } from "./kit.ts";
import { posting, readAnswer } from "./http-kit.ts";
import { network } from "./network.ts";

export type Troubled = { enterprise: TestEnterprise; quiet: ReturnType<typeof quietEnv>; ids: string[] };

const REJECTED = () => Response.json({ code: 21211, message: "not valid", status: 400 }, { status: 400 });
const LOST = () => new Response("oops", { status: 500 });

/** Deliveries of an enterprise of their own that failed, or about which nothing was heard; the provider is well again. */
export async function troubled(state: "failed" | "unconfirmed", count = 1, set = {}): Promise<Troubled> {
  const enterprise = await newEnterprise(["sms"]);
  const quiet = quietEnv();
  const ids: string[] = [];
  network.answer(enterprise.phone, state === "failed" ? REJECTED : LOST);
  for (let one = 0; one < count; one++) {
    const { body } = await postIn(quiet.env, updateOf(enterprise, set));
    ids.push(body.deliveries[0]?.delivery_id ?? "");
  }
  await hear(quiet.env, [bellFor(enterprise, ids)]);
  if (state === "unconfirmed") await park(enterprise);
  network.answers.delete(enterprise.phone);
  network.calls = network.calls.filter((call) => call.to !== enterprise.phone);
  quiet.bells.length = 0;
  return { enterprise, quiet, ids };
}

/** The hold has ended without a word. */
function park(enterprise: TestEnterprise) {
  return query(
    `UPDATE deliveries SET state = 'unconfirmed', code = 'unconfirmed', hold_until = NULL, look_at = NULL,
            settled_at = UTC_TIMESTAMP(3) WHERE enterprise_id = ?`,
    [enterprise.id],
  );
}

/** Asks for a redrive of an enterprise's deliveries; `set` replaces or adds members of the body. */
export async function ask(
  { enterprise, quiet }: Pick<Troubled, "enterprise" | "quiet">,
  state: "failed" | "unconfirmed",
  set: Record<string, unknown> = {},
  filter: Record<string, unknown> = {},
) {
  const body = { filter: { state, enterprise_id: enterprise.id, ...filter }, dry_run: false, ...set };
  return readAnswer(await sendIn(quiet.env, "/redrive", posting(JSON.stringify(body))));
}

/** An order that takes whatever matches. */
export const ORDER = { expected: 10_000, per_second: 100 };

/** Lets the waiting time of an enterprise's deliveries pass, and the consumer hear their bell. */
export async function heard({ enterprise, quiet, ids }: Troubled) {
  await query("UPDATE deliveries SET due_at = UTC_TIMESTAMP(3) WHERE enterprise_id = ?", [enterprise.id]);
  await hear(quiet.env, [bellFor(enterprise, ids)]);
}

/** Another status of the same shipment, reached `seconds` later (earlier where negative). */
export async function addSibling({ ids }: Troubled, state: string, seconds: number): Promise<void> {
  await query(
    `INSERT INTO deliveries (delivery_id, enterprise_id, update_id, update_key, fingerprint, position, shipment_id,
        status, occurred_at, timestamp_text, lane, channel_id, channel, state, due_at, accepted_at, expires_at, settled_at)
     SELECT CONCAT(LEFT(delivery_id, 35), 'z'), enterprise_id, update_id, REPEAT('s', 43), fingerprint, 0, shipment_id,
        'sibling', occurred_at + INTERVAL ? SECOND, timestamp_text, lane, channel_id, channel, ?, due_at, accepted_at,
        expires_at, settled_at
       FROM deliveries WHERE delivery_id = ?`,
    [seconds, state, ids[0]],
  );
}
