import { capnpText } from "../dev/rig/capnp-text.ts";

/** Lets a Worker call the queue and cron handlers of the one that it is bound to. */
const HANDLERS_OF_OTHERS = ["service_binding_extra_handlers"];

type Common = {
  port: number;
  /** Settings and secrets, by their names. */
  vars: Record<string, string>;
  compatibilityDate: string;
};

export type ServiceSettings = Common & {
  /** Of the front Worker's own door. */
  frontPort: number;
  compatibilityFlags: string[];
  /** Queue by binding. */
  queues: Record<string, string>;
  brokerPort: number;
};

/** One workerd with one module, `index.js`. */
export function contenderConfig({ port, vars, compatibilityDate }: Common): string {
  return config([worker("main", "index.js", compatibilityDate, texts(vars))], [socket("http", port, "main")]);
}

/** The built Worker with queue bindings that lead to the broker, and the front Worker beside it. */
export function serviceConfig(settings: ServiceSettings): string {
  const { port, frontPort, vars, compatibilityDate, compatibilityFlags, queues, brokerPort } = settings;
  const bindings = Object.entries(queues).map(
    ([name, queue]) => `(name = ${capnpText(name)}, queue = ${capnpText(`queue-${queue}`)})`,
  );
  const ways = Object.values(queues).map(
    (queue) =>
      `(name = ${capnpText(`queue-${queue}`)}, external = (address = "127.0.0.1:${brokerPort}", http = (injectRequestHeaders = [(name = "x-queue", value = ${capnpText(queue)})])))`,
  );
  return config(
    [
      worker("main", "index.js", compatibilityDate, [...texts(vars), ...bindings], compatibilityFlags),
      worker("front", "front.js", compatibilityDate, ['(name = "MAIN", service = "main")'], HANDLERS_OF_OTHERS),
      ...ways,
    ],
    [socket("http", port, "main"), socket("front", frontPort, "front")],
  );
}

function config(services: string[], sockets: string[]): string {
  const internet = '(name = "internet", network = (allow = ["public", "private"]))';
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${[...services, internet].join(",\n    ")}
  ],
  sockets = [${sockets.join(", ")}]
);
`;
}

function worker(
  name: string,
  module: string,
  compatibilityDate: string,
  bindings: string[],
  flags: string[] = [],
): string {
  return `(name = "${name}", worker = (
      modules = [(name = "${module}", esModule = embed "${module}")],
      compatibilityDate = ${capnpText(compatibilityDate)},
      compatibilityFlags = [${flags.map(capnpText).join(", ")}],
      bindings = [
        ${bindings.join(",\n        ")}
      ]))`;
}

function socket(name: string, port: number, service: string): string {
  return `(name = "${name}", address = "127.0.0.1:${port}", http = (), service = "${service}")`;
}

function texts(vars: Record<string, string>): string[] {
  return Object.entries(vars).map(([name, value]) => `(name = ${capnpText(name)}, text = ${capnpText(value)})`);
}
