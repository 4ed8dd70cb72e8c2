import type { CallEnding } from "../domain/call-ending.ts";
import type { InboundMessage } from "../domain/inbound.ts";
import type { LookUp, LookUpAnswer } from "../domain/look-up.ts";
import type { OutboundMessage } from "../domain/outbound-message.ts";
import type { Receipt } from "../domain/receipt.ts";
import type { SendOutcome } from "../domain/send-outcome.ts";

/** One provider API on one kind of channel. */
export type Adapter = {
  /**
   * Sends one message with one HTTP call, or with two equal ones under a key by which the provider sends once.
   * Never throws for an answer, a timeout or a broken connection: those are outcomes. Takes at most
   * `callTimeoutMs` in all, counted from its start; `ending`, where one is given, comes no later than that.
   */
  send: (message: OutboundMessage, ending?: CallEnding) => Promise<SendOutcome>;
  /**
   * Finds the messages at the provider that fit an attempt, without changing anything there. Never throws for
   * an answer. Absent where the provider cannot be asked. Takes at most the time of one call in all.
   */
  lookUp?: (question: LookUp) => Promise<LookUpAnswer>;
};

/** A callback as it came in: the body untouched, the URL as the provider was told it. */
export type CallbackRequest = {
  /** Configured public URL + path + query, which is what the provider signed. */
  publicUrl: string;
  headers: Headers;
  body: Uint8Array<ArrayBuffer>;
};

/** What is not believed. `not_configured`: there is no key to verify with, so nothing can be. */
export type Unbelieved = { kind: "forged" } | { kind: "malformed"; reason: string } | { kind: "not_configured" };

/**
 * Receipts of one provider, read only after its signature was verified; `accounts` are the names of ours that it
 * is the signature of.
 */
export type ReceiptReading = { kind: "receipts"; accounts: string[]; receipts: Receipt[] } | Unbelieved;

/** Reads the receipts of one provider: signature first, content second. */
export type ReceiptReader = (request: CallbackRequest) => Promise<ReceiptReading>;

/** A message that came in, read as receipts are. Null: one that no adapter of ours would answer. */
export type InboundReading = { kind: "inbound"; message: InboundMessage | null } | Unbelieved;

/** Reads the messages that come in at one provider. */
export type InboundReader = (request: CallbackRequest) => Promise<InboundReading>;

/** The `fetch` that adapters use; tests and the closed network put their own here. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
