import type { Post } from "./clients.ts";
import type { MemoryDatabase } from "./memory/tables.ts";
import type { Provider } from "./provider.ts";
import type { Violations } from "./violations.ts";

/** What the three witnesses say at the end: the clients, the provider's ledger, the database. */
export type Evidence = {
  database: MemoryDatabase;
  history: Post[];
  provider: Provider;
  /** How often somebody chose to send a delivery again that may have been sent, by its id. */
  sentAgain: Map<string, number>;
  hasTwin: (message: { text: string }) => boolean;
  violations: Violations;
};
