import { LANES } from "../../../src/domain/lane.ts";
import { DEFAULT_RETENTION, idsBefore, REMOVED, RETAINED } from "../../../src/domain/retention.ts";
import { FIRST_SIZE } from "../../../src/domain/ring-window.ts";
import * as given from "./arguments.ts";
import { once, overFound } from "./entry.ts";
import { NOW, row, ROWS } from "./sample.ts";

const SWEPT = "the index is by time, not by enterprise: each shard is asked for its oldest rows";

/** What sweeps and the purge cost. */
export const SWEEPING = {
  sweeping: {
    findSilent: once(
      "per round of bells, as many of each lane as its window has room for",
      ({ stores }) => stores.sweeping.findSilent(LANES.map((lane) => ({ lane, limit: FIRST_SIZE }))),
      { scatters: SWEPT },
    ),
    findUnheard: overFound("per round of bells", ({ stores, rows }) => stores.sweeping.findUnheard(rows), {
      keys: { deliveries: "PRIMARY" },
    }),
    moveRingOn: overFound("per round of bells", ({ stores, rows }) => stores.sweeping.moveRingOn(rows), {
      keys: { deliveries: "PRIMARY" },
    }),
    findExpiredLeases: once("per sweep, 500 at most", ({ stores }) => stores.sweeping.findExpiredLeases(500), {
      keys: { d: "deliveries_lease", a: "attempts_delivery" },
      scatters: SWEPT,
    }),
  },
  holding: {
    findEnded: once("per sweep, 500 at most", ({ stores }) => stores.holding.findEnded(500), {
      keys: { d: "deliveries_hold", a: "attempts_delivery", c: "PRIMARY" },
      scatters: SWEPT,
    }),
    writeSteps: overFound("per sweep", ({ stores, rows }) => stores.holding.writeSteps(given.steps(rows))),
    logEnds: overFound("per sweep", ({ stores, rows }) => stores.holding.logEnds(given.endings(rows))),
    end: overFound("per sweep", ({ stores, rows }) => stores.holding.end(given.endings(rows)), {
      keys: { deliveries: "PRIMARY" },
    }),
  },
  reconciling: {
    findDue: once("per sweep, 100 at most", ({ stores }) => stores.reconciling.findDue(100), {
      keys: { d: "deliveries_look", a: "attempts_delivery" },
      scatters: SWEPT,
    }),
    findHolders: overFound(
      "per sweep, the messages that a provider listed",
      ({ stores, rows }) => stores.reconciling.findHolders(rows.map(({ deliveryId }) => deliveryId)),
      {
        keys: { attempts: "attempts_provider" },
        scatters: "only the provider's id is known, and any enterprise's attempt may hold it",
      },
    ),
    countRivals: overFound(
      "per sweep",
      ({ stores, rows }) => stores.reconciling.countRivals(given.looks(rows), "phone"),
      {
        keys: { d: "PRIMARY", other: "customers_phone", rival: "deliveries_shipment", a: "attempts_delivery" },
        scatters: "only the address is known, and any enterprise may have it",
      },
    ),
    countLaterHeard: overFound(
      "per sweep, one look at each account",
      ({ stores, rows }) => stores.reconciling.countLaterHeard(given.looks(rows), 5),
      {
        keys: { a: "attempts_ended", r: "PRIMARY" },
        scatters: "an account serves all enterprises, so its calls lie on every shard",
      },
    ),
    writeSteps: overFound("per sweep", ({ stores, rows }) => stores.reconciling.writeSteps(given.steps(rows))),
    moveAfterLook: overFound(
      "per sweep",
      ({ stores, rows }) => stores.reconciling.moveAfterLook(given.concluded(rows)),
      {
        keys: { deliveries: "PRIMARY" },
      },
    ),
  },
  purging: {
    findOld: once(
      "per cron run, 500 of each table at a time",
      async ({ stores }) => {
        for (const what of REMOVED) {
          await stores.purging.findOld({ what, retention: DEFAULT_RETENTION, now: NOW, limit: 500 });
        }
      },
      { scatters: "what is old lies on every shard" },
    ),
    remove: overFound(
      "per portion of 500",
      async ({ stores, rows }) => {
        for (const what of RETAINED) await stores.purging.remove(what, given.oldRows(rows));
      },
      { keys: Object.fromEntries(REMOVED.map((what) => [what, "PRIMARY"])) },
    ),
    mark: once("once for each portion of a round", ({ stores }) => stores.purging.mark("first")),
    readContent: once(
      "per cron run, 500 at a time",
      ({ stores }) =>
        stores.purging.readContent({
          after: row(ROWS / 2).deliveryId,
          before: idsBefore("dlv", NOW, DEFAULT_RETENTION.data),
          days: DEFAULT_RETENTION.data,
          limit: 500,
        }),
      { keys: { deliveries: "PRIMARY" }, scatters: "what is old lies on every shard" },
    ),
    moveMark: once("per portion of 500", ({ stores }) => stores.purging.moveMark("first", row(0).deliveryId)),
  },
};
