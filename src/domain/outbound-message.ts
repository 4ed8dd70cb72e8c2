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
  /** Variables for templates that the provider keeps: shipment id, status, timestamp, in this order. */
  variables: readonly [shipmentId: string, status: string, timestamp: string];
};
