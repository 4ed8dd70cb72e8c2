import type { AdapterName } from "./adapter-facts.ts";
import type { Kind } from "./lane.ts";
import type { TemplateFacts } from "./template.ts";

/** A gateway as planning and sending see it. `adapter` is null when this version does not know it. */
export type GatewayFacts = {
  gatewayId: string;
  gatewayName: string;
  adapter: AdapterName | null;
  enabled: boolean;
  /** Which of the lanes of its kind it is dealt to, from 0. */
  track: number;
  /** The statuses that the enterprise wants through it, in lower case; null: all. */
  statuses: readonly string[] | null;
};

/** A channel that an enterprise subscribes to, with its gateways in fail-over order. */
export type SubscribedChannel = {
  channelId: string;
  channelName: string;
  kind: Kind;
  gateways: GatewayFacts[];
};

/** What is known of one enterprise when an update comes in. Channels in the order of their ids. */
export type Enterprise = {
  isSubscribed: boolean;
  phone: string | null;
  email: string | null;
  locale: string | null;
  channels: SubscribedChannel[];
  /** The current templates of its channels that may be chosen: its own and everyone's. */
  templates: TemplateFacts[];
};
