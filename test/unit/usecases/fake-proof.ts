import type { Services } from "../../../src/services.ts";

/** A database in which no message is looked for. */
export function noQuestions(): Services["reconciling"] {
  return {
    findDue: async () => [],
    findHolders: async () => [],
    countRivals: async () => new Map(),
    countLaterHeard: async () => new Map(),
    writeSteps: async () => undefined,
    moveAfterLook: async () => undefined,
  };
}

/** A database that takes receipts and knows no attempt. */
export function noReceipts(): Services["receipts"] {
  return {
    findAttempts: async () => [],
    insert: async () => undefined,
    writeSteps: async () => undefined,
    suppress: async () => undefined,
    markAccepted: async () => undefined,
    logProven: async () => undefined,
    logUndelivered: async () => undefined,
    moveForward: async () => undefined,
  };
}
