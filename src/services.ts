import { createClock } from "./clock.ts";
import { readConfig, type Config } from "./config.ts";
import { createDb } from "./db/client.ts";
import { createDirectory, type Directory } from "./db/directory-memory.ts";
import { loadEnterprise } from "./db/directory.ts";
import { readAccounts } from "./gateways/provider-accounts.ts";
import { createAdapters, createInboundReaders, createReceiptReaders } from "./gateways/registry.ts";
import { createIds } from "./ids.ts";
import { createLog } from "./log.ts";
import { createBellGathering } from "./queue/bell-gathering.ts";
import { createBellProducer } from "./queue/producer.ts";
import { createStores } from "./stores.ts";

/** The longest wait for one statement, in ms: a client is told within 3 s, a batch can wait longer. */
const DB_TIMEOUT_MS = { http: 3_000, background: 10_000 };

/** A carrier of gathered bells that is later than this, in ms, has gone away. */
const CARRIED_LATE_MS = 250;

export type Door = keyof typeof DB_TIMEOUT_MS;

type Invocation = { waitUntil: (work: Promise<unknown>) => void };

/** Everything that the use cases work with. */
export type Services = ReturnType<typeof createServices>;

/**
 * Wires everything for one invocation of one door. What is costly to make or worth remembering is made once
 * per isolate. Throws ConfigError when settings are missing.
 */
export function createServices(env: Env, invocation: Invocation, door: Door) {
  return {
    ...isolateServices(env)[door],
    /** Lets work go on after the answer was sent. Not durable. */
    defer: (work: Promise<unknown>) => invocation.waitUntil(work),
  };
}

type IsolateServices = ReturnType<typeof createShared> & ReturnType<typeof createStores> & { directory: Directory };

const isolates = new WeakMap<Env, Record<Door, IsolateServices>>();

function isolateServices(env: Env): Record<Door, IsolateServices> {
  const known = isolates.get(env);
  if (known) return known;
  const config = readConfig(env);
  const open = (door: Door) =>
    createDb({ databaseUrl: config.DATABASE_URL, timeoutMs: DB_TIMEOUT_MS[door], fetch: fetchNow });
  const http = open("http");
  const shared = {
    ...createShared(env, config),
    directory: createDirectory((enterpriseId) => loadEnterprise(http, enterpriseId), Date.now),
  };
  const made = {
    http: { ...shared, ...createStores(http, config.TIMES) },
    background: { ...shared, ...createStores(open("background"), config.TIMES) },
  };
  isolates.set(env, made);
  return made;
}

function createShared(env: Env, config: Config) {
  const accounts = readAccounts(config);
  return {
    config,
    times: config.TIMES,
    expiry: config.EXPIRES_AFTER,
    retention: config.RETENTION_DAYS,
    log: createLog(),
    ids: createIds(),
    clock: createClock(),
    /** In [0, 1). */
    random: () => Math.random(),
    adapters: createAdapters(accounts, fetchNow, config.TIMES),
    /** The names of the provider accounts that a gateway may send through; the first one's is empty. */
    accounts: accounts.map(({ name }) => name),
    receiptReaders: createReceiptReaders(accounts),
    inboundReaders: createInboundReaders(accounts),
    gathering: createBellGathering(config.TIMES.gatherBells + config.TIMES.gatherBellsLonger + CARRIED_LATE_MS),
    bells: createBellProducer({
      sms: { first: env.QUEUE_SMS, again: env.QUEUE_SMS_AGAIN },
      sms_2: { first: env.QUEUE_SMS_2, again: env.QUEUE_SMS_2_AGAIN },
      email: { first: env.QUEUE_EMAIL, again: env.QUEUE_EMAIL_AGAIN },
      email_2: { first: env.QUEUE_EMAIL_2, again: env.QUEUE_EMAIL_2_AGAIN },
      whatsapp: { first: env.QUEUE_WHATSAPP, again: env.QUEUE_WHATSAPP_AGAIN },
      whatsapp_2: { first: env.QUEUE_WHATSAPP_2, again: env.QUEUE_WHATSAPP_2_AGAIN },
      other: { first: env.QUEUE_OTHER, again: env.QUEUE_OTHER_AGAIN },
      other_2: { first: env.QUEUE_OTHER_2, again: env.QUEUE_OTHER_2_AGAIN },
    }),
  };
}

/** Looked up at each call, so that a closed network in tests is closed for everything. */
function fetchNow(input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> {
  return globalThis.fetch(input, init);
}
