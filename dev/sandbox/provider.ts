import type { ServerResponse } from "node:http";
import type { ArmedFault, Operation } from "./fault.ts";
import type { FaultBook, Subject } from "./fault-book.ts";
import { write } from "./http.ts";
import type { Answer, ApiRequest } from "./http.ts";
import type { Provider } from "./options.ts";
import type { Scheduler } from "./scheduler.ts";

/** One request to a provider, understood but not carried out yet. */
export type ApiCall = {
  /** Null for a path that is none of the API's; faults do not strike it. */
  operation: Operation | null;
  subject: Subject;
  run: () => Answer;
};

/** A provider's API. */
export type ProviderApi = {
  provider: Provider;
  understand: (request: ApiRequest) => ApiCall;
  /** The provider's own error body for a status. */
  error: (status: number) => Answer;
};

/** Answers one request, as the armed faults want it. */
export async function serve(
  api: ProviderApi,
  faults: FaultBook,
  scheduler: Scheduler,
  request: ApiRequest,
  response: ServerResponse,
): Promise<void> {
  const call = api.understand(request);
  const fault = call.operation === null ? null : faults.strike(api.provider, call.operation, call.subject);
  if (fault === null) write(response, call.run());
  else await disturb(fault, call, api, scheduler, response);
}

async function disturb(
  fault: ArmedFault,
  call: ApiCall,
  api: ProviderApi,
  scheduler: Scheduler,
  response: ServerResponse,
): Promise<void> {
  const ms = fault.delayMs ?? 0;
  switch (fault.kind) {
    case "status":
      if (fault.accepted === true) call.run();
      return write(response, statusAnswer(fault, api));
    case "hang":
      if (fault.accepted === true) call.run();
      return;
    case "reset":
      if (fault.accepted === true) call.run();
      response.socket?.resetAndDestroy();
      return;
    case "accept_then_drop":
      call.run();
      response.socket?.destroy();
      return;
    case "delay": {
      const answer = call.run();
      return scheduler.after(ms, () => write(response, answer));
    }
    case "garbage":
      return spoil(fault, call.run(), response);
    case "drip":
      return scheduler.run(() => drip(call.run(), ms, scheduler, response));
    default:
      throw new Error(`a ${fault.kind} fault does not strike requests`);
  }
}

function statusAnswer(fault: ArmedFault, api: ProviderApi): Answer {
  const status = fault.status ?? 500;
  const own = api.error(status);
  if (fault.body === undefined || fault.body === "provider") {
    return { ...own, headers: { ...own.headers, ...fault.headers } };
  }
  return { status, headers: fault.headers ?? {}, body: fault.body === "none" ? "" : fault.body };
}

function spoil(fault: ArmedFault, answer: Answer, response: ServerResponse): void {
  const headers = { ...answer.headers, "content-type": "text/html" };
  switch (fault.garbage) {
    case "html":
      return write(response, { ...answer, headers, body: "<html><body>OK</body></html>" });
    case "truncated":
      return write(response, { ...answer, body: answer.body.slice(0, answer.body.length / 2) });
    case "huge":
      return write(response, { ...answer, body: JSON.stringify("x".repeat(10_000_000)) });
    case "cut":
      response.writeHead(answer.status, { ...answer.headers, "content-length": answer.body.length + 1 });
      response.flushHeaders();
      response.write(answer.body.slice(0, answer.body.length / 2), () => response.socket?.resetAndDestroy());
      return;
    default:
      return write(response, { ...answer, body: "" });
  }
}

async function drip(answer: Answer, ms: number, scheduler: Scheduler, response: ServerResponse) {
  const bytes = Buffer.from(answer.body);
  response.writeHead(answer.status, { ...answer.headers, "content-length": bytes.length });
  response.flushHeaders();
  for (const byte of bytes) {
    await scheduler.sleep(ms);
    if (response.destroyed) return;
    response.write(Uint8Array.of(byte));
  }
  response.end();
}
