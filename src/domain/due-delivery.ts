import type { GatewayFacts } from "./directory.ts";
import type { GatewayHealth } from "./gateway-health.ts";
import type { Kind, Lane } from "./lane.ts";
import type { PinnedTemplate } from "./template.ts";

/** A gateway that may carry a delivery, as it stands at sending time. */
export type GatewayCandidate = GatewayFacts & {
  sender: string | null;
  /** Which of the configured provider accounts it sends through; empty for the first one. */
  account: string;
  /** The one enterprise that may use it; empty where every one may. */
  ownerId: string;
  /** Its own credentials, sealed. */
  credentials: string | null;
  health: GatewayHealth;
  /** While it rests: how long until one delivery may try it, in ms; due when not above 0. */
  trialInMs: number;
  /** Attempts of this delivery that went through this gateway. */
  tries: number;
  /** Whether one of them showed that this gateway will not carry this delivery. */
  barred: boolean;
};

/** A delivery with everything that deciding, sending and logging need, read fresh from the database. */
export type DueDelivery = {
  deliveryId: string;
  enterpriseId: string;
  shipmentId: string;
  status: string;
  occurredAt: number;
  timestampText: string;
  /** Null: the original's sentence is sent. */
  pinned: PinnedTemplate | null;
  lane: Lane;
  /** The kind of its channel. */
  kind: Kind;
  channelId: string | null;
  channel: string;
  code: string | null;
  attemptNo: number;
  /** Whether our claim holds it. */
  mine: boolean;
  /** Whether its bell is ours to repeat: our claim found it due, but a sibling is being sent. */
  due: boolean;
  /** Whether it is a skip whose reason is not in `logs_failure` yet. */
  unlogged: boolean;
  /** The database's clock when this was read, ms since the epoch; so are the following two. */
  now: number;
  acceptedAt: number;
  expiresAt: number;
  /** Null when the enterprise is gone. */
  customer: { isSubscribed: boolean; phone: string | null; email: string | null } | null;
  candidates: GatewayCandidate[];
  /** Which of the customer's addresses must not be used on this channel. */
  suppressed: { phone: boolean; email: boolean };
  /** Whether it was attempted before. */
  wasTried: boolean;
  /** A newer status of this shipment has been sent on this channel, or may have been. */
  newerSent: boolean;
  /** A newer one exists that still is to be sent. */
  newerPending: boolean;
  /** An older one is queued, untried and young enough to go first. */
  olderWaiting: boolean;
};
