import type { IncomingMessage } from "node:http";
import { RequestFault } from "./wire.ts";
import type { WireSession } from "./wire.ts";

/** The largest request that is read, in bytes; Vitess takes messages of up to 16 MiB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

export type ExecuteRequest = { query: string; session: WireSession | null };

/** Reads a whole body; more than 16 MiB is a fault with status 413. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Read on to the end, so that the client is still there for the answer.
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_BODY_BYTES) throw new RequestFault(413, "resource_exhausted", "request body is above 16 MiB");
  return Buffer.concat(chunks).toString("utf8");
}

/** Reads the body of Execute; what has another shape is a fault with status 400. */
export function parseExecuteRequest(body: string): ExecuteRequest {
  const message = parseObject(body);
  if (typeof message["query"] !== "string") throw invalid("query must be a string");
  if (message["bind_variables"] !== undefined || message["bindVariables"] !== undefined) {
    throw invalid("bind variables are not supported by the local bridge");
  }
  return { query: message["query"], session: parseSession(message["session"]) };
}

/** Reads the body of CloseSession. */
export function parseCloseRequest(body: string): WireSession | null {
  return parseSession(parseObject(body)["session"]);
}

function parseSession(value: unknown): WireSession | null {
  if (value === null || value === undefined) return null;
  const vitessSession: unknown = isObject(value) ? value["vitessSession"] : undefined;
  if (!isObject(vitessSession) || typeof vitessSession["SessionUUID"] !== "string") {
    throw invalid("session is not one that this server gave out");
  }
  return value as WireSession;
}

function parseObject(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw invalid("body is not JSON");
  }
  if (!isObject(value)) throw invalid("body is not a JSON object");
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(message: string): RequestFault {
  return new RequestFault(400, "invalid_argument", message);
}
