import { expect, it } from "vitest";
import { bellFor, deliveriesOf, hear, newEnterprise, postIn, query, quietEnv, sweepIn, updateOf } from "./kit.ts";
import { network } from "./network.ts";

const taken = () => Response.json({ sid: "SM00000000000000000000000000000007" }, { status: 201 });

/** Someone who sends, and who is frozen in the middle of the call until `wake` gives him the provider's answer. */
async function frozenSender() {
  const enterprise = await newEnterprise(["sms"]);
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise));
  const bell = bellFor(
    enterprise,
    body.deliveries.map((delivery) => delivery.delivery_id),
  );
  const calling = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  network.answer(enterprise.phone, () => {
    calling.resolve();
    return answer.promise;
  });
  const sending = hear(quiet.env, [bell]);
  await calling.promise;
  network.answer(enterprise.phone, taken);
  const wake = async (response: Response) => {
    answer.resolve(response);
    await sending;
  };
  return { enterprise, bell, wake };
}

type Frozen = Awaited<ReturnType<typeof frozenSender>>;

async function passAndSweep({ enterprise }: Frozen, column: string, seconds: number): Promise<void> {
  await query(`UPDATE deliveries SET ${column} = ${column} - INTERVAL ? SECOND WHERE enterprise_id = ?`, [
    seconds,
    enterprise.id,
  ]);
  await sweepIn(quietEnv().env);
}

const statesOf = async ({ enterprise }: Frozen) => (await deliveriesOf(enterprise)).map((row) => row.state);

const attemptsOf = ({ enterprise }: Frozen) =>
  query("SELECT attempt_no, outcome FROM attempts WHERE enterprise_id = ? ORDER BY attempt_no", [enterprise.id]);

it.for([
  ["refused", () => Response.json({ code: 20429, status: 429 }, { status: 429 })],
  ["rejected", () => Response.json({ code: 21211, status: 400 }, { status: 400 })],
  ["ambiguous", () => new Response("bad gateway", { status: 502 })],
] as const)("does not overwrite what others did while it slept: its own %s call is only noted", async (given) => {
  const [outcome, answer] = given;
  const one = await frozenSender();
  await passAndSweep(one, "lease_until", 61);
  await passAndSweep(one, "look_at", 121);
  await passAndSweep(one, "look_at", 61);
  await hear(quietEnv().env, [one.bell]);
  expect(await statesOf(one)).toEqual(["sent"]);

  await one.wake(answer());

  expect(await statesOf(one)).toEqual(["sent"]);
  expect(await attemptsOf(one)).toEqual([
    { attempt_no: 1, outcome },
    { attempt_no: 2, outcome: "accepted" },
  ]);
  expect(await query("SELECT 1 FROM logs WHERE enterprise_id = ?", [one.enterprise.id])).toHaveLength(1);
  const attempts = network.callsTo(one.enterprise.phone).map((call) => call.attempt);
  expect(new Set(attempts).size).toBe(2);
});

it("tells what came of its call when it wakes while proof is being looked for", async () => {
  const one = await frozenSender();
  await passAndSweep(one, "lease_until", 61);
  expect(await statesOf(one)).toEqual(["unknown"]);

  await one.wake(taken());

  expect(await statesOf(one)).toEqual(["sent"]);
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(1);
});

it("is not called for again while it sleeps within its lease", async () => {
  const one = await frozenSender();
  await passAndSweep(one, "lease_until", 30);
  await hear(quietEnv().env, [one.bell]);

  await one.wake(taken());

  expect(await statesOf(one)).toEqual(["sent"]);
  expect(network.callsTo(one.enterprise.phone)).toHaveLength(1);
});
