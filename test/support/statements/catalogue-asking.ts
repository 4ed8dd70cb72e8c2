import type { List } from "../../../src/domain/listed-rows.ts";
import * as given from "./arguments.ts";
import { once, overFound } from "./entry.ts";
import { NOW, ROWS, row } from "./sample.ts";

const OPERATORS = "an operator may mean all enterprises";
const LISTS: List[] = ["deliveries", "logs", "logs_failure"];

const meant = {
  state: "failed" as const,
  enterpriseId: null,
  shipmentId: null,
  channelId: null,
  gatewayId: null,
  code: null,
  providerCode: null,
  settledFrom: NOW - 8 * 86_400_000,
  settledTo: null,
  maySendTwice: false,
};
const { enterpriseId, shipmentId, deliveryId, attemptId, occurredAt } = row(ROWS - 1);
const ofShipment = { ...meant, enterpriseId, shipmentId, providerCode: "21610" };
const listed = { enterpriseId, channel: null, gateway: null, state: null, code: null, from: null, to: null };
const listedBy = [
  { ...listed, shipmentId: null },
  { ...listed, shipmentId },
  { ...listed, shipmentId: null, channel: "SMS" },
  { ...listed, shipmentId: null, from: NOW - 7 * 86_400_000, to: NOW },
];
/** The first page of a list, and one that follows another. */
const positions = {
  deliveries: [null, { at: occurredAt, key: [deliveryId] }],
  logs: [null, { at: occurredAt, key: [attemptId] }],
  logs_failure: [null, { at: occurredAt, key: [deliveryId, 1, "rejected"] }],
};

/** What people ask, and recipients. */
export const ASKING = {
  reading: {
    update: once(
      "asked by people, about one update",
      ({ stores }) => stores.reading.update(enterpriseId, deliveryId.replace("dlv_", "upd_")),
      { keys: { deliveries: "PRIMARY" } },
    ),
    timeline: once(
      "asked by people, about one shipment",
      async ({ stores }) => {
        for (const after of [null, { at: occurredAt, key: [1, attemptId] }]) {
          await stores.reading.timeline({ filter: { enterpriseId, shipmentId }, limit: 200, after });
        }
      },
      {
        keys: {
          d: "deliveries_shipment",
          a: "attempts_delivery",
          r: "PRIMARY",
          s: "PRIMARY",
          l: "logs_shipment",
          f: "logs_failure_shipment",
        },
      },
    ),
    page: once("asked by people, 200 rows at a time", async ({ stores }) => {
      for (const list of LISTS) {
        for (const filter of listedBy) {
          for (const after of positions[list]) await stores.reading.page(list, { filter, limit: 200, after });
        }
      }
    }),
  },
  redriving: {
    count: once(
      "asked by people, up to 10,000",
      async ({ stores }) => {
        for (const filter of [meant, ofShipment]) await stores.redriving.count(filter);
      },
      { scatters: OPERATORS },
    ),
    find: once(
      "asked by people, 500 at a time",
      async ({ stores }) => {
        for (const filter of [meant, ofShipment]) await stores.redriving.find(filter, 500);
      },
      { scatters: OPERATORS },
    ),
    lastDueInMs: once("asked by people", ({ stores }) => stores.redriving.lastDueInMs(), { scatters: OPERATORS }),
    log: overFound("asked by people, 500 at a time", ({ stores, rows }) =>
      stores.redriving.log(meant, given.planned(rows)),
    ),
    redrive: overFound(
      "asked by people, 500 at a time",
      ({ stores, rows }) => stores.redriving.redrive(meant, given.planned(rows)),
      { keys: { deliveries: "PRIMARY" } },
    ),
  },
  ownGateways: {
    find: once("per callback that names an enterprise's own gateway", ({ stores }) =>
      stores.ownGateways.find("gw_twilio"),
    ),
  },
  inbound: {
    insert: once("per STOP or START", ({ stores, rows }) => stores.inbound.insert(given.stopMessage(rows))),
    findConcerned: once(
      "per STOP or START",
      async ({ stores, rows }) => {
        const message = given.stopMessage(rows);
        await stores.inbound.findConcerned(message);
        await stores.inbound.findConcerned({ ...message, own: { gatewayId: "gw_twilio", ownerId: "ent_1" } });
      },
      {
        keys: { customers: "customers_phone" },
        scatters: "only the address is known, and any enterprise may have it",
      },
    ),
    suppress: overFound("per STOP or START", ({ stores, rows }) => stores.inbound.suppress(given.stops(rows))),
  },
};
