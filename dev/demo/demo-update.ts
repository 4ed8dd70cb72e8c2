import type { AppErrorCode } from "../../src/domain/app-error.ts";
import type { DeliveryState } from "../../src/domain/delivery.ts";
import type { Fault } from "../sandbox/fault.ts";
import type { Endings } from "./endings.ts";

/** One post of the day, with everything that has to come of it. */
export type DemoUpdate = {
  /** Hours and minutes of the status, `HH:MM`, on the day before today. */
  time: string;
  enterprise: string;
  shipment: string;
  status: string;
  /** What this post is there to show. */
  shows: string;
  idempotencyKey?: string;
  data?: Record<string, unknown>;
  /** Sent in place of the order update's own body. */
  body?: unknown;
  /** Posted only once the deliveries of the last update of its shipment are in this state. */
  once?: DeliveryState;
  /** How the provider is disturbed the first time that it is asked to reach this enterprise. */
  fault?: DemoFault;
  /** What is done to its rows once they are in a state. */
  meanwhile?: Intervention;
  answer: ExpectedAnswer;
  /** The rows that it adds, by channel; none for a repeat. */
  endings: Endings;
};

export type DemoFault = Pick<Fault, "provider" | "kind" | "status" | "headers">;

/**
 * `set_clock_back`: the row's own instants are moved back by `hours`, in place of waiting that long.
 * `unsubscribe`: the enterprise gives up its subscriptions.
 */
export type Intervention =
  | { kind: "set_clock_back"; when: DeliveryState; hours: number }
  | { kind: "unsubscribe"; when: DeliveryState };

export type ExpectedAnswer = {
  status: number;
  /** Of the problem, for anything but a 202. */
  code?: AppErrorCode;
  /** Whether it answers a repeat: `Idempotency-Replayed: true`, and the update id of the original. */
  replayed?: true;
  /** JSON pointers of all fields that the problem names. */
  pointers?: string[];
};

const ACCEPTED: ExpectedAnswer = { status: 202 };

/** One post of the day; accepted unless `extra` says otherwise. */
export function post(
  time: string,
  enterprise: string,
  shipmentAndStatus: string,
  shows: string,
  endings: Endings,
  extra: Partial<DemoUpdate> = {},
): DemoUpdate {
  const space = shipmentAndStatus.indexOf(" ");
  const shipment = shipmentAndStatus.slice(0, space);
  const status = shipmentAndStatus.slice(space + 1);
  return { time, enterprise, shipment, status, shows, endings, answer: ACCEPTED, ...extra };
}

/** Body of `POST /` for an update; `day` as `YYYY-MM-DD`. */
export function bodyOf(update: DemoUpdate, day: string): unknown {
  if (update.body !== undefined) return update.body;
  const { shipment, status, enterprise, time, data } = update;
  return {
    shipment_id: shipment,
    status,
    enterprise_id: enterprise,
    timestamp: `${day} ${time}:00`,
    ...(data ? { data } : {}),
  };
}
