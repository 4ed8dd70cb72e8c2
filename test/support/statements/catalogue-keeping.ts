import { AUDIT_ENTRY, KEY_ID, NEW_GATEWAY, NEW_KEY, NEW_TEMPLATE } from "./arguments.ts";
import { once } from "./entry.ts";
import { ROWS, row } from "./sample.ts";

const OPERATORS = "an operator may mean all enterprises";

const { enterpriseId, channelId, gatewayId, phone } = row(ROWS - 1);
const subscription = { enterprise_id: enterpriseId, channel_id: channelId, gateway_id: gatewayId };
const customer = {
  enterprise_id: "ent_new",
  is_subscribed: true,
  phone,
  email: null,
  locale: "pt-BR",
  time_zone: "Europe/Madrid",
  ambiguity_policy: "hold",
} as const;
/** The first page, and one that follows another. */
const pagesAfter = (...key: (string | number)[]) => [null, { at: 0, key }].map((after) => ({ limit: 200, after }));

/** What operators keep. */
export const KEEPING = {
  keys: {
    noteUse: once("at most once a minute and key", ({ stores }) => stores.keys.noteUse(KEY_ID), {
      keys: { api_keys: "PRIMARY" },
    }),
    find: once("asked by people", ({ stores }) => stores.keys.find(KEY_ID, { enterpriseId, mode: "test" })),
    page: once(
      "asked by people, 200 rows at a time",
      async ({ stores }) => {
        for (const filter of [
          { enterpriseId: null, mode: null },
          { enterpriseId, mode: "test" as const },
        ]) {
          for (const page of pagesAfter(KEY_ID)) await stores.keys.page({ ...page, filter });
        }
      },
      { walks: "a page is 200 rows" },
    ),
    insert: once("asked by people", ({ stores }) => stores.keys.insert(NEW_KEY, AUDIT_ENTRY)),
    revoke: once("asked by people", ({ stores }) => stores.keys.revoke(KEY_ID, AUDIT_ENTRY), {
      keys: { api_keys: "PRIMARY" },
    }),
  },
  customers: {
    find: once("asked by people", ({ stores }) => stores.customers.find(enterpriseId)),
    page: once(
      "asked by people, 200 rows at a time",
      async ({ stores }) => {
        for (const filter of [{ enterpriseId: null }, { enterpriseId }]) {
          for (const page of pagesAfter(enterpriseId)) await stores.customers.page({ ...page, filter });
        }
      },
      { keys: { customers: "PRIMARY" }, scatters: OPERATORS, walks: "a page is 200 rows" },
    ),
    insert: once("asked by people", ({ stores }) => stores.customers.insert(customer, AUDIT_ENTRY)),
    change: once("asked by people", ({ stores }) => stores.customers.change(enterpriseId, { phone }, AUDIT_ENTRY)),
    remove: once("asked by people", ({ stores }) => stores.customers.remove(enterpriseId, AUDIT_ENTRY)),
  },
  channels: {
    find: once("asked by people", ({ stores }) => stores.channels.find("sms")),
    insertChannel: once("asked by people", ({ stores }) =>
      stores.channels.insertChannel({ channelId: "ch_x", channelName: "X", channelKey: "x", kind: "sms" }, AUDIT_ENTRY),
    ),
    get: once("asked by people", ({ stores }) => stores.channels.get(channelId)),
    page: once("asked by people, 200 rows at a time", async ({ stores }) => {
      for (const page of pagesAfter(channelId)) await stores.channels.page(page);
    }),
    rename: once("asked by people", ({ stores }) =>
      stores.channels.rename(channelId, { channelName: "X", channelKey: "x" }, AUDIT_ENTRY),
    ),
    remove: once("asked by people", ({ stores }) => stores.channels.remove(channelId, AUDIT_ENTRY)),
  },
  gateways: {
    insert: once("asked by people", ({ stores }) => stores.gateways.insert(NEW_GATEWAY, AUDIT_ENTRY)),
    find: once("asked by people", ({ stores }) => stores.gateways.find(gatewayId)),
    page: once("asked by people, 200 rows at a time", async ({ stores }) => {
      for (const filter of [
        { channelId: null, enterpriseId: null },
        { channelId, enterpriseId },
      ]) {
        for (const page of pagesAfter(gatewayId)) await stores.gateways.page({ ...page, filter });
      }
    }),
    change: once("asked by people", ({ stores }) =>
      stores.gateways.change(gatewayId, { gateway_name: "X", gateway_key: "x" }, AUDIT_ENTRY),
    ),
    reseal: once("when a key is replaced", ({ stores }) => stores.gateways.reseal(gatewayId, "v1.a", "v1.b")),
    remove: once("asked by people", ({ stores }) => stores.gateways.remove("gw_x", AUDIT_ENTRY), {
      keys: { subscriptions: "subscriptions_gateway" },
      scatters: "any enterprise may subscribe to it",
    }),
    list: once("asked by people", ({ stores }) => stores.gateways.list("ent_000001")),
  },
  subscriptions: {
    find: once("asked by people", ({ stores }) => stores.subscriptions.find(subscription)),
    page: once(
      "asked by people, 200 rows at a time",
      async ({ stores }) => {
        const filter = { enterpriseId };
        for (const page of pagesAfter(channelId, gatewayId)) await stores.subscriptions.page({ ...page, filter });
      },
      { keys: { subscriptions: "PRIMARY" } },
    ),
    insert: once("asked by people", ({ stores }) =>
      stores.subscriptions.insert({ ...subscription, enabled: true, statuses: ["shipped"] }, AUDIT_ENTRY),
    ),
    change: once("asked by people", ({ stores }) =>
      stores.subscriptions.change(subscription, { statuses: ["shipped"] }, AUDIT_ENTRY),
    ),
    remove: once("asked by people", ({ stores }) => stores.subscriptions.remove(subscription, AUDIT_ENTRY)),
  },
  audit: {
    page: once("asked by people, 200 rows at a time", async ({ stores }) => {
      for (const filter of [
        { enterpriseId: null, resource: null, resourceId: null },
        { enterpriseId, resource: "customer", resourceId: enterpriseId },
      ]) {
        for (const page of pagesAfter("aud_1")) await stores.audit.page({ ...page, filter });
      }
    }),
  },
  templates: {
    target: once("asked by people", ({ stores }) => stores.templates.target(channelId, enterpriseId)),
    insert: once("asked by people", ({ stores }) => stores.templates.insert(NEW_TEMPLATE, AUDIT_ENTRY)),
    remove: once("asked by people", ({ stores }) => stores.templates.remove("tpl_1", "tpl_2", AUDIT_ENTRY)),
    find: once("asked by people", ({ stores }) => stores.templates.find("tpl_1")),
    page: once(
      "asked by people, 200 rows at a time",
      async ({ stores }) => {
        const any = { ownerId: null, channelId: null, statusKey: null, locale: null };
        const own = { ownerId: enterpriseId, channelId, statusKey: "shipped", locale: "pt-BR" };
        for (const filter of [any, own]) {
          for (const page of pagesAfter(enterpriseId, channelId, "shipped", "pt-BR", 1)) {
            for (const allVersions of [false, true]) {
              await stores.templates.page({ ...page, filter: { ...filter, allVersions } });
            }
          }
        }
      },
      { keys: { t: "templates_version" } },
    ),
  },
};
