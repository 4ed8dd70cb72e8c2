import type { Provider } from "./options.ts";

/** What is disturbed. `callback` is the provider's own posting of one callback or event. */
export type Operation = "send" | "fetch" | "list" | "callback";

/**
 * - `refuse`: no connection. Without `times` the provider's listener is closed, so that the operating system
 *   refuses (ECONNREFUSED), until the fault is cleared. With `times` that many connections are accepted and
 *   destroyed before a byte is read. Takes neither `operation` nor `match`: nothing is read to match on.
 * - `status`: answers `status`; `body` is the provider's own error body, none, or a text.
 * - `delay`: carries the request out, and answers `delayMs` later. For callbacks: posts that much later.
 * - `hang`: never answers.
 * - `reset`: resets the connection (RST) after the request was read.
 * - `accept_then_drop`: carries the request out, then closes the connection without an answer.
 * - `garbage`: carries the request out, and answers with the true status and a body that is `garbage`.
 * - `drip`: carries the request out, and sends the answer's body byte by byte, one every `delayMs`.
 * - `lookup_lag`: list and fetch do not show a message until `delayMs` after its acceptance.
 * - `drop`, `duplicate`: the callback is never posted, or posted twice. Only these and `delay` suit callbacks.
 */
export const FAULT_KINDS = [
  "refuse",
  "status",
  "delay",
  "hang",
  "reset",
  "accept_then_drop",
  "garbage",
  "drip",
  "lookup_lag",
  "drop",
  "duplicate",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** `cut`: half of the body, then RST. `huge`: 10 MB of JSON string. */
export const GARBAGE_KINDS = ["html", "truncated", "empty", "huge", "cut"] as const;

export type Fault = {
  provider: Provider;
  kind: FaultKind;
  /** All API operations when absent; never callbacks. */
  operation?: Operation;
  /** Addresses exactly as in the request. */
  match?: { to?: string; from?: string };
  /** How often it strikes; without end when absent. */
  times?: number;
  /** `status`, `hang`, `reset`: the request is carried out first. */
  accepted?: boolean;
  status?: number;
  body?: string;
  headers?: Readonly<Record<string, string>>;
  delayMs?: number;
  garbage?: (typeof GARBAGE_KINDS)[number];
};

export type ArmedFault = Fault & { id: string };

/** Reads a fault from JSON. Returns what is wrong with it as a text. */
export function readFault(value: unknown): Fault | string {
  if (typeof value !== "object" || value === null) return "a fault is a JSON object";
  const fault = value as Fault;
  const wrong = CHECKS.find(([holds]) => !holds(fault));
  return wrong === undefined ? fault : wrong[1];
}

const CALLBACK_KINDS: readonly string[] = ["drop", "duplicate", "delay"];
const NEEDS_DELAY: readonly string[] = ["delay", "drip", "lookup_lag"];

const CHECKS: readonly [(fault: Fault) => boolean, string][] = [
  [(f) => ["twilio", "sendgrid", "resend"].includes(f.provider), "provider is twilio, sendgrid or resend"],
  [(f) => FAULT_KINDS.includes(f.kind), `kind is one of ${FAULT_KINDS.join(", ")}`],
  [
    (f) => f.operation === undefined || ["send", "fetch", "list", "callback"].includes(f.operation),
    "operation is send, fetch, list or callback",
  ],
  [(f) => f.times === undefined || (Number.isInteger(f.times) && f.times > 0), "times is a whole number from 1"],
  [(f) => !NEEDS_DELAY.includes(f.kind) || isDelay(f.delayMs), "this kind needs delayMs, from 0"],
  [(f) => f.kind !== "status" || isStatus(f.status), "kind status needs a status from 200 to 599"],
  [
    (f) => f.kind !== "garbage" || (f.garbage !== undefined && GARBAGE_KINDS.includes(f.garbage)),
    `kind garbage needs garbage: ${GARBAGE_KINDS.join(", ")}`,
  ],
  [
    (f) => f.kind !== "refuse" || (f.operation === undefined && f.match === undefined),
    "refuse takes neither operation nor match",
  ],
  [(f) => f.kind !== "lookup_lag" || f.times === undefined, "lookup_lag takes no times"],
  [
    (f) => (f.operation === "callback" ? CALLBACK_KINDS : API_KINDS).includes(f.kind),
    "drop and duplicate are for callbacks, and callbacks take only these and delay",
  ],
];

const API_KINDS: readonly string[] = FAULT_KINDS.filter((kind) => kind !== "drop" && kind !== "duplicate");

function isDelay(value: unknown): boolean {
  return typeof value === "number" && value >= 0;
}

function isStatus(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 200 && value <= 599;
}
