import { createClock } from "./clock.ts";
import { KEY_BYTES, makeApiKey } from "./domain/api-key.ts";
import type { Caller } from "./domain/caller.ts";
import { readConfig, type Config } from "./config.ts";
import { createDb } from "./db/client.ts";
import { loadKey } from "./db/api-keys.ts";
import { createDirectory, type Directory } from "./db/directory-memory.ts";
import { loadEnterprise, loadEnterprises, loadKeyAndEnterprise } from "./db/directory.ts";
import { createKeyring, type Keyring } from "./db/keyring.ts";
import { LANES, type Lane } from "./domain/lane.ts";
import { createOwnReaders } from "./gateways/own-callbacks.ts";
import { readAccounts } from "./gateways/provider-accounts.ts";
import { createAdapters, createInboundReaders, createReceiptReaders } from "./gateways/registry.ts";
import { createVault } from "./gateways/vault.ts";
import { createIds } from "./ids.ts";
import { countStatement, idsNow, statementsNow } from "./invocation.ts";
import { createLog } from "./log.ts";
import { createBellGathering } from "./queue/bell-gathering.ts";
import { createBellProducer, type LaneQueues } from "./queue/producer.ts";
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
  const shared = isolateServices(env)[door];
  return {
    ...shared,
    /** When this invocation began, in ms since the epoch. */
    startedAt: shared.clock.now(),
    /** Lets work go on after the answer was sent. Not durable. */
    defer: (work: Promise<unknown>) => invocation.waitUntil(work),
  };
}

type IsolateServices = ReturnType<typeof createShared> &
  ReturnType<typeof createStores> & { directory: Directory; keyring: Keyring };

const isolates = new WeakMap<Env, Record<Door, IsolateServices>>();

function isolateServices(env: Env): Record<Door, IsolateServices> {
  const known = isolates.get(env);
  if (known) return known;
  const config = readConfig(env);
  const open = (door: Door) =>
    createDb({
      databaseUrl: config.DATABASE_URL,
      timeoutMs: DB_TIMEOUT_MS[door],
      fetch: fetchNow,
      onStatement: countStatement,
    });
  const http = open("http");
  const directory = createDirectory(
    (enterpriseId) => loadEnterprise(http, enterpriseId),
    (enterpriseIds) => loadEnterprises(http, enterpriseIds),
    Date.now,
  );
  const readKeys = {
    key: (keyId: string) => loadKey(http, keyId),
    both: (keyId: string, enterpriseId: string) => loadKeyAndEnterprise(http, keyId, enterpriseId),
  };
  const shared = {
    ...createShared(env, config),
    directory,
    keyring: createKeyring(readKeys, directory, Date.now),
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
  const vault = createVault(config.CREDENTIALS_KEYS);
  return {
    config,
    times: config.TIMES,
    expiry: config.EXPIRES_AFTER,
    retention: config.RETENTION_DAYS,
    log: createLog(idsNow),
    rateLimits: rateLimitsOf(env),
    /** Addresses that this isolate keeps out, and until when, in ms: from there came too many keys that let nobody in. */
    keptOut: new Map<string, number>(),
    /** How many statements this request, batch or cron run has sent so far. */
    statements: statementsNow,
    ids: createIds(),
    clock: createClock(),
    /** A key that nobody has had, of this platform's randomness. */
    newKey: (mode: Caller["mode"]) =>
      makeApiKey({ mode, now: Date.now(), random: crypto.getRandomValues(new Uint8Array(KEY_BYTES)) }),
    /** In [0, 1). */
    random: () => Math.random(),
    adapters: createAdapters(accounts, fetchNow, config.TIMES, vault),
    /** The names of the provider accounts that a gateway may send through; the first one's is empty. */
    accounts: accounts.map(({ name }) => name),
    /** Seals and opens the credentials of gateways that have their own. */
    vault,
    receiptReaders: createReceiptReaders(accounts),
    /** For the callbacks of enterprises' own gateways. */
    ownReaders: createOwnReaders(accounts[0], vault),
    inboundReaders: createInboundReaders(accounts),
    gathering: createBellGathering(config.TIMES.gatherBells + config.TIMES.gatherBellsLonger + CARRIED_LATE_MS),
    bells: createBellProducer(queuesOf(env)),
  };
}

/** A Worker that runs elsewhere than on Cloudflare or under wrangler has none bound. */
function rateLimitsOf(env: Partial<Env>) {
  return { keys: env.RATE_LIMIT, failures: env.RATE_LIMIT_FAILURES };
}

/** A lane's queues are bound by its name. */
function queuesOf(env: Env): Record<Lane, LaneQueues> {
  const named = LANES.map((lane): [Lane, LaneQueues] => {
    const name = `QUEUE_${lane.toUpperCase() as Uppercase<Lane>}` as const;
    return [lane, { first: env[name], again: env[`${name}_AGAIN`] }];
  });
  return Object.fromEntries(named) as Record<Lane, LaneQueues>;
}

/** Looked up at each call, so that a closed network in tests is closed for everything. */
function fetchNow(input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> {
  return globalThis.fetch(input, init);
}
