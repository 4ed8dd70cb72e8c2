/** What the generator is to do: one request in flight per connection, connections opened 20 ms apart. */
export type LoadOrder = {
  /** `http://127.0.0.1:port/path`; every request is a POST there. */
  url: string;
  headers: Record<string, string>;
  bodies: CountedBodies | ListedBodies;
  connections: number;
  /** `closed`: each connection posts as soon as it has its answer. `open`: so many per second, whatever the answers. */
  pace: { kind: "closed" } | { kind: "open"; perSecond: number };
  /** Goes on for so long after each connection has had an answer; nothing of it counts. */
  warmUpMs: number;
  /** How long it is measured, in ms; listed bodies may end it earlier. */
  windowMs: number;
  /** The only status that is no failure. */
  expect: number;
  /** Processes whose CPU time in the window is wanted, by name. */
  cpuOf: Record<string, number>;
};

/**
 * Each template in turn; `{id}` in it becomes prefix and number, which makes each body unique. With `wrapAt`, numbers
 * begin anew after so many bodies.
 */
export type CountedBodies = { kind: "counted"; templates: string[]; prefix: string; wrapAt?: number };

/** Each is posted once, in order; the run ends with the last one. */
export type ListedBodies = { kind: "listed"; bodies: string[] };

export type LoadReport = {
  /** Answers within the window. */
  requests: number;
  seconds: number;
  perSecond: number;
  /** From the moment that a request was due, whether or not a connection was free for it. */
  latencyMs: Percentiles;
  /** CPU time of each process within the window; null where the system does not tell. */
  cpuMs: Record<string, number | null>;
  /** How many bodies were used, warm-up included. */
  used: number;
};

export type Percentiles = { p50: number; p95: number; p99: number; max: number };
