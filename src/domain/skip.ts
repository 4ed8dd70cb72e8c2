/** Why a delivery is never sent: a closed set of codes, each with its reason in words. */
export const SKIP_REASONS = {
  not_subscribed: "The enterprise is not subscribed to notifications.",
  no_channels: "The enterprise subscribes to no channel.",
  no_address: "The enterprise has no usable address for this channel.",
  channel_disabled: "No gateway of this channel is enabled.",
  opted_out: "The recipient has opted out of this channel, or its address is known to be bad.",
  unsubscribed: "The enterprise no longer subscribes to this channel.",
  superseded: "A newer status of the same shipment went first on this channel.",
  expired: "The message could not be sent before it expired.",
  status_not_wanted: "The enterprise does not want this status on this channel.",
  template_failed: "Its template cannot be filled: the update's data is gone or does not fit it.",
} as const;

export type SkipCode = keyof typeof SKIP_REASONS;

/** The reason in words for a stored code; codes of a later version read as themselves. */
export function skipReason(code: string): string {
  return Object.hasOwn(SKIP_REASONS, code) ? SKIP_REASONS[code as SkipCode] : code;
}
