import type { Db } from "../../../src/db/client.ts";
import { loadEnterprise } from "../../../src/db/directory.ts";
import { DEFAULT_RETENTION, RETAINED } from "../../../src/domain/retention.ts";
import { DEFAULT_TIMES } from "../../../src/domain/times.ts";
import { createStores, type Stores } from "../../../src/stores.ts";
import { capturingDb } from "./capture.ts";
import * as sampled from "./sample.ts";
import { NOW, row, type Row } from "./sample.ts";

type Asked = { stores: Stores; db: Db; rows: Row[] };

/** A statement that the service sends, or a few that one method sends. */
export type Entry = {
  /** Hot: once per update, per batch or per callback. Bounded: a sweep's, or asked by people; so much at a time. */
  heat: "hot" | "bounded";
  /** How often it is sent, or what bounds it. */
  when: string;
  call: (asked: Asked) => Promise<unknown>;
  /** With how many rows it is asked. */
  sizes: number[];
  /** By which key each table must be read, by the name that the statement calls it. */
  keys: Record<string, string>;
  /** Why it may ask every shard: there it names no enterprise. */
  scatters?: string;
  /** Why it may sort: what it sorts are rows that it has named, however large the table grows. */
  sorts?: string;
};

type Call = Entry["call"];
type More = Partial<Pick<Entry, "sizes" | "keys" | "scatters" | "sorts">>;

const entry =
  (heat: Entry["heat"], sizes: number[]) =>
  (when: string, call: Call, more: More = {}) =>
    ({ heat, when, call, sizes, keys: {}, ...more }) satisfies Entry;

const UP_TO_A_BATCH = [1, 50, 100];
const hot = entry("hot", UP_TO_A_BATCH);
const receipted = entry("hot", [1, 50, 1_000]);
const bounded = entry("bounded", UP_TO_A_BATCH);
const whole = entry("bounded", [1]);

const ALL_ENTERPRISES = "the sweep's index leads with no enterprise: each shard is asked for its oldest rows";
const BY_ADDRESS = "only an address is known, and any enterprise may have it";
const OPERATORS = { state: "failed", channelId: null, gatewayId: null, code: null, settledTo: null } as const;
const filter = {
  ...OPERATORS,
  enterpriseId: null,
  shipmentId: null,
  providerCode: null,
  settledFrom: NOW - 8 * 86_400_000,
  maySendTwice: false,
};
const ofShipment = { ...filter, ...row(sampled.ROWS - 1), ...OPERATORS, providerCode: "21610" };
const planned = (rows: Row[]) => rows.map((one) => ({ ...one, code: null, expiresInMs: 60_000, delayMs: 0 }));
const stops = (rows: Row[]) =>
  rows.map(({ enterpriseId, channelId, phone }) => ({
    enterpriseId,
    channelId,
    address: phone,
    wish: "stopped" as const,
    at: NOW,
  }));
const stop = (rows: Row[]) => ({
  messageId: "SM_1",
  adapter: "twilio_sms" as const,
  from: rows[0]?.phone ?? "",
  wish: "stop" as const,
});

/**
 * Every method of every store, with the look-up of the directory. A new method has no type without its entry here:
 * say how often it is sent and by which keys it reads.
 */
export const CATALOGUE = {
  directory: {
    find: hot(
      "per update, on an isolate that did not serve the enterprise lately",
      ({ db, rows }) => loadEnterprise(db, rows[0]?.enterpriseId ?? ""),
      {
        sizes: [1],
        keys: { customers: "PRIMARY", subscriptions: "PRIMARY" },
        sorts: "an enterprise's few subscriptions",
      },
    ),
  },
  updates: {
    insert: hot("per update", ({ stores }) => stores.updates.insert(sampled.newUpdate(3, "key")), { sizes: [1] }),
    findOriginal: hot(
      "per repeated update",
      async ({ stores, rows }) => {
        for (const key of [null, "key"])
          await stores.updates.findOriginal(rows[0]?.enterpriseId ?? "", sampled.newUpdate(1, key).keys);
      },
      { sizes: [1] },
    ),
  },
  channels: {
    find: whole("asked by people", ({ stores }) => stores.channels.find("sms")),
    insertChannel: whole("asked by people", ({ stores }) =>
      stores.channels.insertChannel({ channelId: "ch_x", channelName: "X", channelKey: "x", kind: "sms" }),
    ),
    insertGateway: whole("asked by people", ({ stores }) =>
      stores.channels.insertGateway({
        ...{ gatewayId: "gw_x", gatewayName: "X", gatewayKey: "x", channelId: "ch_sms", adapter: "twilio_sms" },
        ...{ sender: null, account: "", priority: 1 },
      }),
    ),
    list: whole("asked by people", ({ stores }) => stores.channels.list()),
  },
  sending: {
    claim: hot("per batch", ({ stores, rows }) => stores.sending.claim(rows, "lse_1"), {
      keys: { d: "PRIMARY", sibling: "deliveries_shipment" },
    }),
    load: hot("per batch", ({ stores, rows }) => stores.sending.load(rows, "lse_1"), {
      keys: {
        deliveries: "PRIMARY",
        customers: "PRIMARY",
        subscriptions: "PRIMARY",
        gateways: "PRIMARY",
        s: "PRIMARY",
        other: "deliveries_shipment",
        a: "attempts_delivery",
      },
      sorts: "the batch's own rows, one for each gateway",
    }),
    commitIntents: hot(
      "per batch",
      ({ stores, rows }) => stores.sending.commitIntents(sampled.intents(rows), "lse_1"),
      {
        keys: { d: "PRIMARY", attempts: "PRIMARY" },
      },
    ),
    findCommitted: hot(
      "per batch that lost some of its deliveries",
      ({ stores, rows }) => stores.sending.findCommitted(sampled.intents(rows)),
      { keys: { attempts: "PRIMARY" } },
    ),
    record: hot("per batch", ({ stores, rows }) => stores.sending.record(sampled.results(rows)), {
      keys: { attempts: "PRIMARY", deliveries: "PRIMARY" },
    }),
    takeTrials: hot(
      "per batch that tries a resting gateway",
      ({ stores }) => stores.sending.takeTrials(["gw_twilio"]),
      {
        sizes: [1],
        keys: { gateways: "PRIMARY" },
      },
    ),
  },
  health: {
    tally: whole("per sweep, and after a batch that lost a whole gateway", ({ stores }) => stores.health.tally(), {
      keys: { a: "attempts_ended" },
      scatters: "gateways serve all enterprises, so their calls lie on every shard",
    }),
    change: whole("per change of a gateway's health", ({ stores }) =>
      stores.health.change({ changeId: "chg_1", gatewayId: "gw_twilio", health: "poor", reason: "a" }),
    ),
  },
  sweeping: {
    findSilent: whole("per sweep, 500 of each lane", ({ stores }) => stores.sweeping.findSilent(500), {
      scatters: ALL_ENTERPRISES,
    }),
    moveRingOn: bounded("per sweep, what it found", ({ stores, rows }) => stores.sweeping.moveRingOn(rows), {
      keys: { deliveries: "PRIMARY" },
    }),
    findExpiredLeases: whole("per sweep, so many at most", ({ stores }) => stores.sweeping.findExpiredLeases(500), {
      keys: { deliveries: "deliveries_lease", attempts: "attempts_delivery" },
      scatters: ALL_ENTERPRISES,
    }),
  },
  holding: {
    findEnded: whole("per sweep, so many at most", ({ stores }) => stores.holding.findEnded(500), {
      keys: { deliveries: "deliveries_hold", attempts: "attempts_delivery", customers: "PRIMARY" },
      scatters: ALL_ENTERPRISES,
    }),
    writeSteps: bounded("per sweep, what it found", ({ stores, rows }) =>
      stores.holding.writeSteps(sampled.steps(rows)),
    ),
    logEnds: bounded("per sweep, what it found", ({ stores, rows }) => stores.holding.logEnds(sampled.endings(rows))),
    end: bounded("per sweep, what it found", ({ stores, rows }) => stores.holding.end(sampled.endings(rows)), {
      keys: { deliveries: "PRIMARY" },
    }),
  },
  reconciling: {
    findDue: whole("per sweep, so many at most", ({ stores }) => stores.reconciling.findDue(100), {
      keys: { deliveries: "deliveries_look", attempts: "attempts_delivery" },
      scatters: ALL_ENTERPRISES,
    }),
    findHolders: bounded(
      "per sweep, the messages that a provider listed",
      ({ stores, rows }) => stores.reconciling.findHolders(rows.map(({ deliveryId }) => deliveryId)),
      {
        keys: { attempts: "attempts_provider" },
        scatters: "only the provider's id is known, and any enterprise's attempt may hold it",
      },
    ),
    countRivals: bounded(
      "per sweep, what it found",
      ({ stores, rows }) => stores.reconciling.countRivals(sampled.looks(rows), "phone"),
      {
        keys: { d: "PRIMARY", other: "customers_phone", rival: "deliveries_shipment", a: "attempts_delivery" },
        scatters: BY_ADDRESS,
      },
    ),
    countLaterHeard: bounded(
      "per sweep, one look at each account",
      ({ stores, rows }) => stores.reconciling.countLaterHeard(sampled.looks(rows), 5),
      {
        keys: { a: "attempts_ended", r: "PRIMARY" },
        scatters: "an account serves all enterprises, so its calls lie on every shard",
      },
    ),
    writeSteps: bounded("per sweep, what it found", ({ stores, rows }) =>
      stores.reconciling.writeSteps(sampled.steps(rows)),
    ),
    moveAfterLook: bounded(
      "per sweep, what it found",
      ({ stores, rows }) => stores.reconciling.moveAfterLook(sampled.concluded(rows)),
      { keys: { deliveries: "PRIMARY" } },
    ),
  },
  purging: {
    findOld: whole(
      "once an hour, 500 of each table at a time",
      async ({ stores }) => {
        for (const what of RETAINED)
          await stores.purging.findOld({ what, retention: DEFAULT_RETENTION, now: NOW, limit: 500 });
      },
      { scatters: "what is old lies on every shard" },
    ),
    remove: bounded("once an hour, what it found", async ({ stores, rows }) => {
      const keys = rows.map(({ enterpriseId, deliveryId, attemptId }) => ({
        ...{
          enterprise_id: enterpriseId,
          delivery_id: deliveryId,
          attempt_id: attemptId,
          attempt_no: 1,
          code: "rejected",
        },
        ...{ event_id: "event_1", step_no: 1, change_id: deliveryId, message_id: deliveryId },
      }));
      for (const what of RETAINED) await stores.purging.remove(what, keys);
    }),
  },
  redriving: {
    count: whole(
      "asked by people, up to 10,000",
      async ({ stores }) => {
        for (const one of [filter, ofShipment]) await stores.redriving.count(one);
      },
      { scatters: "an operator may mean all enterprises" },
    ),
    find: whole(
      "asked by people, 500 at a time",
      async ({ stores }) => {
        for (const one of [filter, ofShipment]) await stores.redriving.find(one, 500);
      },
      { scatters: "an operator may mean all enterprises" },
    ),
    lastDueInMs: whole("asked by people", ({ stores }) => stores.redriving.lastDueInMs(), {
      scatters: ALL_ENTERPRISES,
    }),
    log: bounded("asked by people, 500 at a time", ({ stores, rows }) => stores.redriving.log(filter, planned(rows))),
    redrive: bounded(
      "asked by people, 500 at a time",
      ({ stores, rows }) => stores.redriving.redrive(filter, planned(rows)),
      {
        keys: { deliveries: "PRIMARY" },
      },
    ),
  },
  receipts: {
    findAttempts: receipted(
      "per callback",
      ({ stores, rows }) => stores.receipts.findAttempts(sampled.receipts(rows), [""]),
      {
        keys: { attempts: "PRIMARY", deliveries: "PRIMARY", customers: "PRIMARY" },
      },
    ),
    insert: receipted("per callback", ({ stores, rows }) => stores.receipts.insert(sampled.receipts(rows))),
    writeSteps: receipted("per callback that answers a question", ({ stores, rows }) =>
      stores.receipts.writeSteps(sampled.steps(rows)),
    ),
    markAccepted: receipted("per callback", ({ stores, rows }) => stores.receipts.markAccepted(sampled.proven(rows)), {
      keys: { attempts: "PRIMARY" },
    }),
    logProven: receipted("per callback", ({ stores, rows }) => stores.receipts.logProven(sampled.proven(rows))),
    logUndelivered: receipted("per callback with an undelivered message", ({ stores, rows }) =>
      stores.receipts.logUndelivered(sampled.proven(rows)),
    ),
    moveForward: receipted("per callback", ({ stores, rows }) => stores.receipts.moveForward(sampled.moves(rows)), {
      keys: { deliveries: "PRIMARY" },
    }),
    suppress: receipted("per callback about an address", ({ stores, rows }) => stores.receipts.suppress(stops(rows))),
  },
  inbound: {
    insert: whole("per STOP or START", ({ stores, rows }) => stores.inbound.insert(stop(rows))),
    findConcerned: whole("per STOP or START", ({ stores, rows }) => stores.inbound.findConcerned(stop(rows)), {
      keys: { customers: "customers_phone" },
      scatters: BY_ADDRESS,
      sorts: "the enterprises of one number",
    }),
    suppress: bounded("per STOP or START", ({ stores, rows }) => stores.inbound.suppress(stops(rows))),
  },
} satisfies { [S in keyof Stores]: Record<keyof Stores[S], Entry> } & { directory: Record<string, Entry> };

/** Every entry by its name. */
export const ENTRIES: [name: string, Entry][] = Object.entries(CATALOGUE).flatMap(([store, methods]) =>
  Object.entries<Entry>(methods).map(([method, one]): [string, Entry] => [`${store}.${method}`, one]),
);

/** What an entry's method sends when it is asked with these rows; nothing of it is carried out. */
export async function statementsOf({ call }: Entry, rows: Row[]): Promise<string[]> {
  const { db, sent } = capturingDb();
  await call({ stores: createStores(db, DEFAULT_TIMES), db, rows });
  return sent;
}
