/**
 * One rendered message, ready for an adapter. Adapters take what their provider needs and ignore the rest.
 */
export type OutboundMessage = {
  enterpriseId: string;
  /** Sent along to the provider and returned in its receipts; at most 40 ASCII characters. */
  attemptId: string;
  /** E.164 phone number or e-mail address, as the adapter's `address` says. */
  to: string;
  /** The gateway's own sender, or null for the adapter's configured one. */
  sender: string | null;
  subject: string;
  text: string;
  html: string;
  /** The text that the provider keeps for it, or null for the adapter's configured one, if any. */
  contentSid: string | null;
  /** What fills that text; for the configured one shipment id, status and timestamp as `1`, `2` and `3`. */
  variables: Readonly<Record<string, string>>;
};
