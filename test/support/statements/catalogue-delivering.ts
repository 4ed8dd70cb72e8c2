import { ownAccount } from "../../../src/domain/credentials.ts";
import { countGood, readFailures } from "../../../src/db/gateway-tally.ts";
import { loadKey } from "../../../src/db/api-keys.ts";
import { loadEnterprise, loadEnterprises, loadKeyAndEnterprise } from "../../../src/db/directory.ts";
import * as given from "./arguments.ts";
import { once, perArray, perBatch, perCallback, perUpdate } from "./entry.ts";

const enterprise = (rows: { enterpriseId: string }[]) => rows[0]?.enterpriseId ?? "";

/** What an update, a batch and a callback cost. */
export const DELIVERING = {
  directory: {
    find: perUpdate(
      "per update, on an isolate that did not serve the enterprise lately",
      ({ db, rows }) => loadEnterprise(db, enterprise(rows)),
      { keys: { customers: "PRIMARY", subscriptions: "PRIMARY" }, sorts: "an enterprise's few subscriptions" },
    ),
    findAll: perArray(
      "per array of updates, of enterprises that the isolate did not serve lately",
      ({ db, rows }) => loadEnterprises(db, [...new Set(rows.map(({ enterpriseId }) => enterpriseId))]),
      { keys: { customers: "PRIMARY", subscriptions: "PRIMARY" }, sorts: "the few subscriptions of those enterprises" },
    ),
  },
  keyring: {
    read: perUpdate(
      "per request, on an isolate that did not see the key lately",
      ({ db }) => loadKey(db, given.KEY_ID),
      {
        keys: { api_keys: "PRIMARY" },
      },
    ),
    readWithEnterprise: perUpdate(
      "per update, on an isolate that knows neither its key nor its enterprise",
      ({ db, rows }) => loadKeyAndEnterprise(db, given.KEY_ID, enterprise(rows)),
      {
        keys: { api_keys: "PRIMARY", customers: "PRIMARY", subscriptions: "PRIMARY" },
        sorts: "an enterprise's few subscriptions",
      },
    ),
  },
  updates: {
    insertAll: perArray("per array of updates", ({ stores, rows }) =>
      stores.updates.insertAll(given.newUpdates(rows, "key")),
    ),
    findOriginals: perArray("per array of updates", async ({ stores, rows }) => {
      for (const key of [null, "key"]) await stores.updates.findOriginals(given.newUpdates(rows, key));
    }),
    insert: perUpdate("per update", ({ stores }) => stores.updates.insert(given.newUpdate(3, "key"))),
    findOriginal: perUpdate("per repeated update", async ({ stores, rows }) => {
      for (const key of [null, "key"]) {
        await stores.updates.findOriginal(enterprise(rows), given.newUpdate(1, key).keys);
      }
    }),
  },
  sending: {
    claim: perBatch("per batch", ({ stores, rows }) => stores.sending.claim(rows, "lse_1"), {
      keys: { d: "PRIMARY", sibling: "deliveries_shipment" },
    }),
    load: perBatch("per batch", ({ stores, rows }) => stores.sending.load(rows, "lse_1"), {
      keys: {
        deliveries: "PRIMARY",
        customers: "PRIMARY",
        subscriptions: "PRIMARY",
        s: "PRIMARY",
        other: "deliveries_shipment",
        a: "attempts_delivery",
      },
      sorts: "the batch's own rows, one for each gateway",
    }),
    commitIntents: perBatch(
      "per batch",
      ({ stores, rows }) => stores.sending.commitIntents(given.intents(rows), "lse_1"),
      {
        keys: { d: "PRIMARY", attempts: "PRIMARY" },
      },
    ),
    findCommitted: perBatch(
      "per batch that lost some of its deliveries",
      ({ stores, rows }) => stores.sending.findCommitted(given.intents(rows)),
      { keys: { attempts: "PRIMARY" } },
    ),
    record: perBatch("per batch", ({ stores, rows }) => stores.sending.record(given.results(rows)), {
      keys: { attempts: "PRIMARY", deliveries: "PRIMARY" },
    }),
    takeTrials: perUpdate("per batch that tries a resting gateway", ({ stores }) =>
      stores.sending.takeTrials(["gw_twilio"]),
    ),
  },
  health: {
    tally: once(
      "per sweep, and after a batch that lost a whole gateway; the last one only while something fails",
      async ({ stores, db }) => {
        await stores.health.tally();
        await readFailures(db, given.GATEWAYS);
        await countGood(db, given.GATEWAYS);
      },
      {
        keys: { f: "attempts_health", a: "attempts_health" },
        scatters: "gateways serve all enterprises, so their calls lie on every shard",
      },
    ),
    change: once("per change of a gateway's health", ({ stores }) =>
      stores.health.change({ changeId: "chg_1", gatewayId: "gw_twilio", health: "poor", reason: "a" }),
    ),
  },
  receipts: {
    findAttempts: perCallback(
      "per callback",
      async ({ stores, rows }) => {
        await stores.receipts.findAttempts(given.receipts(rows), [""]);
        await stores.receipts.findAttempts(given.receipts(rows), [ownAccount("gw_own")]);
      },
      { keys: { a: "PRIMARY", d: "PRIMARY", logs: "PRIMARY", customers: "PRIMARY" } },
    ),
    insert: perCallback("per callback", ({ stores, rows }) => stores.receipts.insert(given.receipts(rows))),
    writeSteps: perCallback("per callback that answers a question", ({ stores, rows }) =>
      stores.receipts.writeSteps(given.steps(rows)),
    ),
    markAccepted: perCallback("per callback", ({ stores, rows }) => stores.receipts.markAccepted(given.proven(rows)), {
      keys: { attempts: "PRIMARY" },
    }),
    logProven: perCallback("per callback", ({ stores, rows }) => stores.receipts.logProven(given.proven(rows))),
    logUndelivered: perCallback("per callback with an undelivered message", ({ stores, rows }) =>
      stores.receipts.logUndelivered(given.proven(rows)),
    ),
    moveForward: perCallback("per callback", ({ stores, rows }) => stores.receipts.moveForward(given.moves(rows)), {
      keys: { deliveries: "PRIMARY" },
    }),
    suppress: perCallback("per callback about an address", ({ stores, rows }) =>
      stores.receipts.suppress(given.stops(rows)),
    ),
  },
};
