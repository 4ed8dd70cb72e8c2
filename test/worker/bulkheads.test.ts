import { expect, it } from "vitest";
import { enterpriseOn, newGateway } from "./gateway-health-kit.ts";
import { bellFor, deliveriesOf, hear, newEnterprise, post, postIn, quietEnv, untilStates, updateOf } from "./kit.ts";
import { network } from "./network.ts";

/** A provider that answers one recipient only when the test lets it. */
function hangFor(phone: string): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  network.answer(phone, async () => {
    await promise;
    return Response.json({ sid: "SM1" }, { status: 201 });
  });
  return resolve;
}

it("sends through the other gateway of the kind, and on other channels, while one gateway hangs", async () => {
  const [hanging, other] = [await enterpriseOn(await newGateway(0)), await enterpriseOn(await newGateway(1))];
  const elsewhere = await newEnterprise(["email", "whatsapp"]);
  const answer = hangFor(hanging.phone);
  await post(updateOf(hanging));
  await untilStates(hanging, ["sending"]);

  await Promise.all([post(updateOf(other)), post(updateOf(elsewhere))]);

  await untilStates(other, ["sent"]);
  await untilStates(elsewhere, ["sent"]);
  expect((await deliveriesOf(hanging)).map((row) => row.state)).toEqual(["sending"]);
  answer();
  await untilStates(hanging, ["sent"]);
});

it("rings for a fail-over in the lane of the gateway that is asked next", async () => {
  const enterprise = await enterpriseOn(await newGateway(0), await newGateway(1));
  const quiet = quietEnv();
  const { body } = await postIn(quiet.env, updateOf(enterprise));
  const ids = body.deliveries.map((delivery) => delivery.delivery_id);
  const [first] = quiet.bells.splice(0);
  network.answer(enterprise.phone, () => Response.json({ code: 20503, status: 503 }, { status: 503 }));

  await hear(quiet.env, [bellFor(enterprise, ids)]);

  expect(new Set([first?.lane, ...quiet.bells.map((bell) => bell.lane)])).toEqual(new Set(["sms", "sms_2"]));
});
