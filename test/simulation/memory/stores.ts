import type { SuppressionChange } from "../../../src/domain/suppression.ts";
import type { Times } from "../../../src/domain/times.ts";
import type { Stores } from "../../../src/stores.ts";
import * as channels from "./channels.ts";
import * as health from "./health.ts";
import * as holds from "./holds.ts";
import * as inbound from "./inbound.ts";
import * as purging from "./purge.ts";
import * as receipts from "./receipts.ts";
import * as reconciliation from "./reconcile.ts";
import { recordStatements } from "./record.ts";
import * as redriving from "./redrive.ts";
import * as sending from "./sending.ts";
import { changeSuppressions } from "./suppressions.ts";
import * as sweeping from "./sweeping.ts";
import type { MemoryDatabase } from "./tables.ts";
import * as updates from "./updates.ts";

/** Sends one statement to the database. The simulation loses it, its answer or the one who asks on the way. */
export type Ask = <T>(name: string, statement: () => T) => Promise<T>;

/** The stores of src/stores.ts on the in-memory database, statement for statement, but for what only reads. */
export function createMemoryStores(database: MemoryDatabase, times: Times, ask: Ask): Stores {
  const suppress = async (name: string, changes: SuppressionChange[]) => {
    if (changes.length > 0) await ask(name, () => changeSuppressions(database, changes));
  };
  return {
    updates: {
      insert: (update) => ask("updates.insert", () => updates.insertUpdates(database, [update], times)),
      insertAll: (all) => ask("updates.insertAll", () => updates.insertUpdates(database, all, times)),
      findOriginal: (enterpriseId, keys) =>
        ask("updates.findOriginal", () => updates.findOriginals(database, [{ update: { enterpriseId }, keys }])),
      findOriginals: (asked) => ask("updates.findOriginals", () => updates.findOriginals(database, asked)),
    },
    channels: {
      ...unplayed,
      find: (channelKey) => ask("channels.find", () => channels.findChannel(database, channelKey)),
      insertChannel: (row) => ask("channels.insertChannel", () => channels.insertChannel(database, row)),
    },
    gateways: {
      ...unplayed,
      insert: (row) => ask("gateways.insert", () => channels.insertGateway(database, row)),
      list: (enterpriseId) => ask("gateways.list", () => channels.listGateways(database, enterpriseId)),
    },
    customers: unplayed,
    subscriptions: unplayed,
    audit: unplayed,
    templates: unplayed,
    keys: unplayed,
    sending: {
      claim: (named, leaseToken) => ask("sending.claim", () => sending.claimDue(database, named, leaseToken, times)),
      load: (named, leaseToken) => ask("sending.load", () => sending.loadDue(database, named, leaseToken, times)),
      commitIntents: async (intents, leaseToken) => {
        const count = await ask("sending.commitIntents", () =>
          sending.insertIntents(database, intents, leaseToken, times.callTimeout),
        );
        if (count === intents.length) return intents;
        return ask("sending.findCommitted", () => sending.findCommitted(database, intents));
      },
      findCommitted: (intents) => ask("sending.findCommitted", () => sending.findCommitted(database, intents)),
      record: async (results) => {
        for (const { name, run } of recordStatements(database, results, times))
          await ask(`sending.record.${name}`, run);
      },
      takeTrials: async (gatewayIds) => {
        const taken: string[] = [];
        for (const id of gatewayIds) {
          if (await ask("sending.takeTrials", () => health.takeTrial(database, id, times.healthRest))) taken.push(id);
        }
        return taken;
      },
    },
    sweeping: {
      findSilent: (lanes) => ask("sweeping.findSilent", () => sweeping.findSilent(database, lanes)),
      findUnheard: (rung) => ask("sweeping.findUnheard", () => sweeping.findUnheard(database, rung)),
      moveRingOn: (rows) => ask("sweeping.moveRingOn", () => sweeping.moveRingOn(database, rows, times)),
      findExpiredLeases: (limit) =>
        ask("sweeping.findExpiredLeases", () => sweeping.findExpiredLeases(database, limit)),
    },
    health: {
      tally: () => ask("health.tally", () => health.tallyGateways(database, times.healthWindow)),
      change: async (change) => {
        await ask("health.change.log", () => health.insertChange(database, change));
        return ask("health.change", () => health.applyChange(database, change, times.healthRest));
      },
    },
    holding: {
      findEnded: (limit) => ask("holding.findEnded", () => holds.findEndedHolds(database, limit)),
      writeSteps: (steps) => ask("holding.writeSteps", () => reconciliation.insertSteps(database, steps)),
      logEnds: (endings) => ask("holding.logEnds", () => holds.logHoldEnds(database, endings)),
      end: (endings) => ask("holding.end", () => holds.moveHoldEnds(database, endings, times)),
    },
    reconciling: {
      findDue: (limit) => ask("reconciling.findDue", () => reconciliation.findDueLooks(database, limit)),
      findHolders: (ids) => ask("reconciling.findHolders", () => reconciliation.findHolders(database, ids)),
      countRivals: (looks, address) =>
        ask("reconciling.countRivals", () => reconciliation.countRivals(database, looks, address)),
      countLaterHeard: (looks, enough) =>
        ask("reconciling.countLaterHeard", () => reconciliation.countLaterHeard(database, looks, enough)),
      writeSteps: (steps) => ask("reconciling.writeSteps", () => reconciliation.insertSteps(database, steps)),
      moveAfterLook: (concluded) =>
        ask("reconciling.moveAfterLook", () => reconciliation.moveAfterLook(database, concluded, times.silentAfter)),
    },
    purging: {
      findOld: (wanted) => ask("purging.findOld", () => purging.findOld(database, wanted)),
      remove: (what, rows) => ask("purging.remove", () => purging.removeOld(database, what, rows)),
      mark: (round) => ask("purging.mark", () => database.blankingMarks.get(round) ?? ""),
      moveMark: (round, reached) => ask("purging.moveMark", () => purging.writeMark(database, round, reached)),
      readContent: (wanted) => ask("purging.readContent", () => purging.readContent(database, wanted)),
    },
    redriving: {
      count: async (filter) => ask("redriving.count", () => redriving.countRedrivable(database, filter)),
      find: (filter, limit) => ask("redriving.find", () => redriving.findRedrivable(database, filter, limit)),
      lastDueInMs: () => ask("redriving.lastDueInMs", () => redriving.lastRedriveDueInMs(database)),
      log: (filter, planned) => ask("redriving.log", () => redriving.logRedrive(database, filter, planned)),
      redrive: (filter, planned) =>
        ask("redriving.redrive", () => redriving.redrive(database, filter, planned, times.silentAfter)),
    },
    reading: { update: unread, timeline: unread, page: unread },
    receipts: {
      findAttempts: (named, accounts) =>
        ask("receipts.findAttempts", () => receipts.findAttempts(database, named, accounts)),
      writeSteps: async (steps) => {
        if (steps.length > 0) await ask("receipts.writeSteps", () => reconciliation.insertSteps(database, steps));
      },
      suppress: (changes) => suppress("receipts.suppress", changes),
      insert: (rows) => ask("receipts.insert", () => receipts.insertReceipts(database, rows)),
      markAccepted: (proven) => ask("receipts.markAccepted", () => receipts.markAccepted(database, proven)),
      logProven: (proven) => ask("receipts.logProven", () => receipts.logProven(database, proven)),
      logUndelivered: async (givenUp) => {
        if (givenUp.length > 0) await ask("receipts.logUndelivered", () => receipts.logUndelivered(database, givenUp));
      },
      moveForward: (moves) => ask("receipts.moveForward", () => receipts.moveForward(database, moves)),
    },
    ownGateways: { find: unread },
    inbound: {
      insert: (message) => ask("inbound.insert", () => inbound.insertInbound(database, message)),
      findConcerned: (message) => ask("inbound.findConcerned", () => inbound.findConcerned(database, message)),
      suppress: (changes) => suppress("inbound.suppress", changes),
    },
  };
}

function unread(): never {
  throw new Error("The simulation looks into the database by itself, and knocks at no door.");
}

/** What operators keep is there from the start. */
const unplayed = {
  find: unread,
  get: unread,
  page: unread,
  insert: unread,
  change: unread,
  rename: unread,
  remove: unread,
  reseal: unread,
  revoke: unread,
  noteUse: unread,
  target: unread,
};
