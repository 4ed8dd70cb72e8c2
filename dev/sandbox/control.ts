import type { ServerResponse } from "node:http";
import { readFault } from "./fault.ts";
import type { FaultBook } from "./fault-book.ts";
import { json, write } from "./http.ts";
import type { Answer, ApiRequest } from "./http.ts";
import type { Ledger } from "./ledger.ts";
import { isRecord } from "./mail.ts";
import type { InboundText } from "./twilio-inbound.ts";
import type { WindowBook } from "./whatsapp-window.ts";

export type ControlParts = {
  ledger: Ledger;
  faults: FaultBook;
  windows: WindowBook;
  /** Lets Twilio receive a message from a recipient. */
  receive: (text: InboundText) => Promise<void>;
  /** Opens and closes the providers' listeners as the armed faults want it. */
  setDoors: () => Promise<void>;
};

/**
 * The sandbox's own API: `GET /ledger?since=n`, `DELETE /ledger`; `POST /faults`, `GET /faults`,
 * `DELETE /faults?id=f1`; `POST /inbound` `{from, to}`, a message from a user, which opens WhatsApp's window; with
 * `body` (and `optOutType`) Twilio also heeds it and posts it on, as the account's inbound webhook.
 */
export async function control(parts: ControlParts, request: ApiRequest, response: ServerResponse): Promise<void> {
  write(response, await route(parts, request));
}

async function route(parts: ControlParts, request: ApiRequest): Promise<Answer> {
  switch (`${request.method} ${request.url.pathname}`) {
    case "GET /ledger":
      return json(200, parts.ledger.entries(Number(request.url.searchParams.get("since") ?? 0) || 0));
    case "DELETE /ledger":
      parts.ledger.empty();
      return NOTHING;
    case "GET /faults":
      return json(200, parts.faults.list());
    case "POST /faults":
      return arm(parts, readJson(request.body));
    case "DELETE /faults":
      parts.faults.clear(request.url.searchParams.get("id") ?? undefined);
      await parts.setDoors();
      return NOTHING;
    case "POST /inbound":
      return inbound(parts, readJson(request.body));
    default:
      return json(404, { error: "not found: the sandbox has /ledger, /faults and /inbound" });
  }
}

const NOTHING: Answer = { status: 204, headers: {}, body: "" };

async function arm(parts: ControlParts, value: unknown): Promise<Answer> {
  const fault = readFault(value);
  if (typeof fault === "string") return json(400, { error: fault });
  const armed = parts.faults.arm(fault);
  await parts.setDoors();
  return json(201, armed);
}

async function inbound(parts: ControlParts, value: unknown): Promise<Answer> {
  if (!isRecord(value) || typeof value.from !== "string" || typeof value.to !== "string") {
    return json(400, { error: "an inbound message has from and to" });
  }
  const { from, to, body, optOutType } = value;
  parts.windows.open(to, from);
  if (typeof body === "string") {
    await parts.receive({ from, to, body, optOutType: typeof optOutType === "string" ? optOutType : null });
  }
  return NOTHING;
}

/** Null for anything that is no JSON. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
