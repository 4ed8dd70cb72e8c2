import { setTimeout as pause } from "node:timers/promises";
import type { UpdateBody } from "../history.ts";
import { createRandom, type Random } from "../random.ts";
import { createClient, type Client, type ClientOptions, type Posting } from "./client.ts";
import { ENTERPRISES } from "./enterprises.ts";

/** Clients, each with a connection of its own and one thing to do at a time. */
const CLIENTS = 24;

/** Between two things that a client does, in ms. */
const REST_MS = { least: 80, most: 320 };

/** The five statuses of a shipment's life, in order. */
const STATUSES = ["confirmed", "packed", "shipped", "out for delivery", "delivered"];
const SERIES_APART_MS = 100;

/** How many accepted updates a client remembers, to post them again. */
const REMEMBERED = 200;

export type Load = {
  /** Ends when `until` is aborted and every client has its last answer. */
  run: (until: AbortSignal) => Promise<void>;
  /** Posts fresh updates, all at once but for `apart` ms. */
  tail: (count: number, apart: number) => Promise<void>;
};

export type LoadOptions = Omit<ClientOptions, "random"> & {
  seed: number;
  /** Whether the service is so far behind that the clients had better wait. */
  isBehind: () => boolean;
};

/** What the clients do: the seed decides what each one posts, not when the answers come. */
export function createLoad(options: LoadOptions): Load {
  let shipments = 0;
  const newShipment = () => `SH-${options.seed}-${(shipments += 1)}`;

  const runClient = async (number: number, until: AbortSignal) => {
    const random = createRandom(options.seed, `client ${number}`);
    const client = createClient({ ...options, random: createRandom(options.seed, `retries ${number}`) });
    const accepted: Posting[] = [];
    while (!until.aborted) {
      if (options.isBehind()) await pause(200);
      else await act(client, random, accepted, newShipment);
      await pause(random.whole(REST_MS.least, REST_MS.most));
    }
  };
  return {
    run: async (until) => {
      await Promise.all(Array.from({ length: CLIENTS }, (_, number) => runClient(number, until)));
    },
    tail: async (count, apart) => {
      const random = createRandom(options.seed, "tail");
      const client = createClient({ ...options, random });
      const posts: Promise<unknown>[] = [];
      for (let number = 0; number < count; number += 1) {
        posts.push(client.post({ purpose: "tail", body: freshBody(random, newShipment()), key: null }));
        await pause(apart);
      }
      await Promise.all(posts);
    },
  };
}

async function act(client: Client, random: Random, accepted: Posting[], newShipment: () => string): Promise<void> {
  const choice = random.next();
  const earlier = accepted.length > 0 ? random.pick(accepted) : undefined;
  if (earlier !== undefined && choice < 0.2) {
    await client.post({ ...earlier, purpose: "replay" });
  } else if (earlier !== undefined && choice < 0.25) {
    await client.post({ ...earlier, purpose: "changed", body: { ...earlier.body, data: { note: newShipment() } } });
  } else if (choice < 0.33) {
    await postSeries(client, random, accepted, newShipment());
  } else {
    const shipment = newShipment();
    const key = random.happens(0.3) ? `key-${shipment}` : null;
    await postNew(client, { purpose: "fresh", body: freshBody(random, shipment), key }, accepted);
  }
}

/** One shipment's whole life within half a second; now and then its statuses come in any order. */
async function postSeries(client: Client, random: Random, accepted: Posting[], shipment: string): Promise<void> {
  const enterprise = random.pick(ENTERPRISES).enterpriseId;
  const start = Date.now() - 3_600_000;
  const bodies = STATUSES.map((status, index) => ({
    enterprise_id: enterprise,
    shipment_id: shipment,
    status,
    timestamp: new Date(start + index * 1_000).toISOString(),
  }));
  const posts: Promise<void>[] = [];
  for (const body of random.happens(0.2) ? random.shuffle(bodies) : bodies) {
    posts.push(postNew(client, { purpose: "series", body, key: null }, accepted));
    await pause(SERIES_APART_MS);
  }
  await Promise.all(posts);
}

async function postNew(client: Client, posting: Posting, accepted: Posting[]): Promise<void> {
  const answer = await client.post(posting);
  if (answer?.status !== 202) return;
  accepted.push(posting);
  if (accepted.length > REMEMBERED) accepted.shift();
}

function freshBody(random: Random, shipment: string): UpdateBody {
  return {
    enterprise_id: random.pick(ENTERPRISES).enterpriseId,
    shipment_id: shipment,
    status: random.pick(STATUSES),
    timestamp: new Date(Date.now() - random.whole(0, 3_600_000)).toISOString(),
    ...(random.happens(0.2) ? { data: { weight: random.whole(1, 30), note: "left at the door" } } : {}),
  };
}
