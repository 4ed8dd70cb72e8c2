import { Socket } from "node:net";
import { DatabaseFault } from "./sql-errors.ts";

/** The number that MySQL's own client gives to an answer it cannot read (CR_MALFORMED_PACKET). */
const MALFORMED_PACKET = 2027;

/**
 * A socket that survives its readers. The connector parses answers inside its `data` listener, and what is thrown
 * there would be an uncaught exception and end the process. Here it breaks this one connection instead: the statement
 * that waits for the answer is rejected with errno 2027.
 */
export class GuardedSocket extends Socket {
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event !== "data") return super.emit(event as string, ...values);
    try {
      return super.emit(event, ...values);
    } catch (error) {
      const name = error instanceof Error ? error.name : "unknown";
      const what = `the answer of the database could not be read (${name})`;
      this.destroy(new DatabaseFault(MALFORMED_PACKET, what, { cause: error }));
      return true;
    }
  }
}
