import { expect, it } from "vitest";
import { enterpriseOn, newGateway } from "./gateway-health-kit.ts";
import { bellFor, hear, newEnterprise, postIn, query, quietEnv, sweepIn, updateOf } from "./kit.ts";
import type { TestEnterprise } from "./kit.ts";
import { network } from "./network.ts";
import { ambiguous, sweep } from "./reconcile-kit.ts";
import { ORDER, ask, troubled } from "./redrive-kit.ts";

type Quiet = ReturnType<typeof quietEnv>;

const set = (enterprise: TestEnterprise, columns: string) =>
  query(`UPDATE deliveries SET ${columns} WHERE enterprise_id = ?`, [enterprise.id]);

async function accepted(enterprise: TestEnterprise, update = {}) {
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise, update));
  return { enterprise, quiet, ids: body.deliveries.map((delivery) => delivery.delivery_id) };
}

it("rings for a new update in its lane's first queue", async () => {
  const { quiet, ids } = await accepted(await newEnterprise(["sms", "email"]));

  expect(new Set(quiet.bells.map(({ lane, again }) => `${lane} ${again}`))).toEqual(
    new Set(["email false", "sms false"]),
  );
  expect(quiet.bells.flatMap(({ body }) => body.delivery_ids).toSorted()).toEqual(ids.toSorted());
});

/** Each makes a delivery be rung for again; gives its lane. */
const REPEATS: Record<string, () => Promise<{ quiet: Quiet; enterprise: TestEnterprise; lane?: string }>> = {
  "after a refusal": async () => {
    const one = await accepted(await newEnterprise(["sms"]));
    network.answer(one.enterprise.phone, () => Response.json({ code: 20429, status: 429 }, { status: 429 }));
    one.quiet.bells.length = 0;
    await hear(one.quiet.env, [bellFor(one.enterprise, one.ids)]);
    return one;
  },
  "for a fail-over, in the lane of the other gateway": async () => {
    const one = await accepted(await enterpriseOn(await newGateway(0), await newGateway(1)));
    const lane = one.quiet.bells[0]?.lane === "sms" ? "sms_2" : "sms";
    network.answer(one.enterprise.phone, () => Response.json({ code: 20503, status: 503 }, { status: 503 }));
    one.quiet.bells.length = 0;
    await hear(one.quiet.env, [bellFor(one.enterprise, one.ids)]);
    return { ...one, lane };
  },
  "while a gateway is closed": async () => {
    const gateway = await newGateway();
    await query(
      "UPDATE gateways SET health = 'closed', health_until = UTC_TIMESTAMP(3) + INTERVAL 1 MINUTE WHERE gateway_id = ?",
      [gateway.id],
    );
    const one = await accepted(await enterpriseOn(gateway));
    one.quiet.bells.length = 0;
    await hear(one.quiet.env, [bellFor(one.enterprise, one.ids)]);
    return one;
  },
  "while a sibling is being sent": async () => {
    const first = await accepted(await newEnterprise(["sms"]), { shipment_id: "S-1" });
    await set(first.enterprise, "state = 'sending', lease_until = UTC_TIMESTAMP(3) + INTERVAL 1 MINUTE");
    const second = await accepted(first.enterprise, { shipment_id: "S-1", status: "delivered" });
    second.quiet.bells.length = 0;
    await hear(second.quiet.env, [bellFor(second.enterprise, second.ids)]);
    return second;
  },
  "when nobody has heard its bell": async () => {
    const one = await accepted(await newEnterprise(["sms"]));
    await set(one.enterprise, "ring_at = UTC_TIMESTAMP(3)");
    one.quiet.bells.length = 0;
    await sweepIn(one.quiet.env);
    return one;
  },
  "when its sender went away": async () => {
    const one = await accepted(await newEnterprise(["sms"]));
    const ended = "state = 'sending', ring_at = NULL, lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND";
    await set(one.enterprise, `${ended}, attempt_no = 1`);
    one.quiet.bells.length = 0;
    await sweepIn(one.quiet.env);
    return one;
  },
  "when its hold has ended and it is to be sent again": async () => {
    const one = await ambiguous({ policy: "resend" });
    await set(one.enterprise, "hold_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND, look_at = NULL");
    await sweep(one);
    return one;
  },
  "when it is redriven": async () => {
    const one = await troubled("failed");
    await ask(one, "failed", ORDER);
    return one;
  },
};

it.for(Object.entries(REPEATS))("rings %s in the lane's second queue", async ([, repeat]) => {
  const { quiet, enterprise, lane = "sms" } = await repeat();

  const bells = quiet.bells.filter(({ body }) => body.enterprise_id === enterprise.id);

  expect(bells.map((bell) => [bell.lane, bell.again])).toEqual([[lane, true]]);
});
