import { EACH } from "./enterprises.ts";
import type { CountedBodies, LoadOrder } from "./load/order.ts";
import type { Bench } from "./context.ts";

let runs = 0;

/** A prefix of ids that nobody has used yet. */
export function freshPrefix(): string {
  runs += 1;
  return `run${runs}-`;
}

/** Order updates that nobody has posted yet, spread over the enterprises of one kind. */
export function updates(kind: "three" | "one", prefix = freshPrefix()): CountedBodies {
  const templates = Array.from({ length: EACH }, (_, number) => updateBody(`${kind}-${number}`, "{id}"));
  return { kind: "counted", templates, prefix };
}

export function updateBody(enterpriseId: string, id: string): string {
  const timestamp = new Date().toISOString().slice(0, 19).replace("T", " ");
  return `{"shipment_id":"SH-${id}","status":"shipped","enterprise_id":"${enterpriseId}","timestamp":"${timestamp}"}`;
}

/** An order to post updates to the service, or to anything that takes the same requests. */
export function postUpdates(
  { stage, warmUpMs, windowMs }: Bench,
  given: Partial<LoadOrder> & Pick<LoadOrder, "bodies">,
): LoadOrder {
  return {
    url: `${stage.service.url}/`,
    headers: { authorization: `Bearer ${stage.apiKey}` },
    connections: 16,
    pace: { kind: "closed" },
    warmUpMs,
    windowMs,
    expect: 202,
    cpuOf: { worker: stage.service.pid },
    ...given,
  };
}
