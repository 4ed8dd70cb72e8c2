import { capnpText as quote } from "../rig/capnp-text.ts";

/** How bells fare, as shares of all: the queue of `parts/bell-queues.js` reads it. */
export type BellFate = { seed: number; drop: number; double: number; delay: number };

export type WorkerdSettings = {
  port: number;
  /** Of the harness's own door to the queues: `/cron`, `/stats`. */
  ownPort: number;
  /** Settings and secrets of the Worker, by the names in wrangler.toml. */
  vars: Record<string, string>;
  /** Queue by binding. */
  queues: Record<string, string>;
  compatibilityDate: string;
  compatibilityFlags: string[];
  bells: BellFate;
};

/** The configuration of one workerd: the built Worker, untouched, and its queues beside it. */
export function workerdConfig(settings: WorkerdSettings): string {
  const { port, ownPort, vars, queues, compatibilityDate, compatibilityFlags, bells } = settings;
  const texts = Object.entries(vars).map(([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`);
  const producers = Object.entries(queues).map(
    ([name, queue]) =>
      `(name = ${quote(name)}, service = (name = "queues", entrypoint = "Queue", props = (json = ${quote(JSON.stringify({ queue }))})))`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "index.js", esModule = embed "index.js")],
      compatibilityDate = ${quote(compatibilityDate)},
      compatibilityFlags = [${compatibilityFlags.map(quote).join(", ")}],
      bindings = [
        ${[...texts, ...producers].join(",\n        ")}
      ])),
    (name = "queues", worker = (
      modules = [(name = "bell-queues.js", esModule = embed "bell-queues.js")],
      compatibilityDate = ${quote(compatibilityDate)},
      compatibilityFlags = ["service_binding_extra_handlers"],
      bindings = [
        (name = "MAIN", service = "main"),
        (name = "SETTINGS", json = ${quote(JSON.stringify(bells))}),
        (name = "BROKER", durableObjectNamespace = "Broker")
      ],
      durableObjectNamespaces = [(className = "Broker", uniqueKey = "broker", preventEviction = true)],
      durableObjectStorage = (inMemory = void))),
    (name = "internet", network = (allow = ["public", "private"]))
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:${port}", http = (), service = "main"),
    (name = "own", address = "127.0.0.1:${ownPort}", http = (), service = "queues")
  ]
);
`;
}
