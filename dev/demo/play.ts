import type { DeliveryState } from "../../src/domain/delivery.ts";
import { ORIGINAL_GATEWAYS, seed } from "../local/seed.ts";
import { bodyOf, type DemoUpdate } from "./demo-update.ts";
import { ADDED_GATEWAYS, DEMO_ENTERPRISES, DISABLED_GATEWAY } from "./enterprises.ts";
import type { Answer, Service } from "./service.ts";
import type { DemoDatabase } from "./tables.ts";
import { until } from "./until.ts";

/** An update that was posted, and what came back. */
export type Posted = { update: DemoUpdate; answer: Answer };

export type Playing = {
  service: Service;
  database: DemoDatabase;
  signal: AbortSignal;
  say: (line: string) => void;
};

/** Adds the demo's gateways by the API, then its enterprises and subscriptions. `databaseUrl`: of the bridge. */
export async function prepare({ service, database }: Playing, databaseUrl: string): Promise<void> {
  const { sms, email, whatsapp } = ORIGINAL_GATEWAYS;
  const byName = new Map([
    ["Twilio", sms],
    ["SendGrid", email],
    ["Twilio Whatsapp", whatsapp],
  ]);
  for (const gateway of ADDED_GATEWAYS) byName.set(gateway.gateway_name, await service.addGateway(gateway));
  await database.disableGateway(DISABLED_GATEWAY);
  const subscriptionTo = (name: string) => {
    const gateway = byName.get(name);
    if (gateway === undefined) throw new Error(`The demo has no gateway ${name}.`);
    return gateway;
  };
  await seed(
    databaseUrl,
    DEMO_ENTERPRISES.map(({ gateways, ...enterprise }) => ({
      ...enterprise,
      subscriptions: gateways.map(subscriptionTo),
    })),
  );
}

/** Posts a day's updates one after the other. `day` as `YYYY-MM-DD`. */
export async function playDay(updates: DemoUpdate[], day: string, playing: Playing): Promise<Posted[]> {
  const posted: Posted[] = [];
  for (const update of updates) {
    playing.signal.throwIfAborted();
    if (update.once) await reaches(update.once, lastOf(posted, update), playing);
    await arm(update, playing);
    const answer = await playing.service.postUpdate(bodyOf(update, day), update.idempotencyKey);
    posted.push({ update, answer });
    await intervene(update, answer, playing);
  }
  return posted;
}

function lastOf(posted: Posted[], { enterprise, shipment }: DemoUpdate): Answer | undefined {
  return posted.findLast(({ update }) => update.enterprise === enterprise && update.shipment === shipment)?.answer;
}

/** The fault strikes the enterprise's next message, and no other. */
async function arm({ enterprise, fault }: DemoUpdate, { service }: Playing): Promise<void> {
  if (!fault) return;
  const customer = DEMO_ENTERPRISES.find(({ enterpriseId }) => enterpriseId === enterprise);
  const to = fault.provider === "twilio" ? customer?.phone : customer?.email;
  await service.armFault({ ...fault, operation: "send", times: 1, match: { to: to ?? "" } });
}

async function intervene(
  { meanwhile, enterprise, shipment }: DemoUpdate,
  answer: Answer,
  playing: Playing,
): Promise<void> {
  if (!meanwhile) return;
  const { database, say } = playing;
  const updateId = await reaches(meanwhile.when, answer, playing);
  switch (meanwhile.kind) {
    case "set_clock_back":
      await database.setClockBack(updateId, meanwhile.hours);
      say(
        `${enterprise} ${shipment} is ${meanwhile.when}: its row is set back by ${meanwhile.hours} h in SQL, to save the wait`,
      );
      return;
    case "unsubscribe":
      await database.disableSubscriptions(enterprise);
      say(`${enterprise} ${shipment} is ${meanwhile.when}: its subscription is switched off in SQL`);
  }
}

/** Waits until all deliveries of an update are in a state, at most 20 s; gives the update's id. */
async function reaches(state: DeliveryState, answer: Answer | undefined, playing: Playing): Promise<string> {
  const updateId = answer?.body.update_id;
  if (updateId === undefined) throw new Error("The demo waits for an update that was not accepted.");
  let seen: string[] = [];
  const look = async () => {
    seen = (await playing.database.readDeliveries(updateId)).map((row) => row.state);
    return seen.length > 0 && seen.every((one) => one === state) ? true : undefined;
  };
  const limit = AbortSignal.timeout(20_000);
  await until(look, AbortSignal.any([playing.signal, limit])).catch((error: unknown) => {
    if (!limit.aborted) throw error;
    throw new Error(`Deliveries of ${updateId} were expected to be ${state} and are ${seen.join(", ")}.`);
  });
  return updateId;
}
