import { bellsAgainFor } from "../domain/bell.ts";
import type { DeliveryResult } from "../domain/delivery-result.ts";
import type { Services } from "../services.ts";
import { keepTrying } from "./keep-trying.ts";
import { ringBells } from "./ring-bells.ts";

type Needs = Pick<Services, "sending" | "bells" | "clock" | "log">;

/** Records results, and rings for what is to be tried again. A retry is a new bell, a new claim, a new attempt. */
export async function recordResults(services: Needs, results: DeliveryResult[]): Promise<void> {
  if (results.length === 0) return;
  await keepTrying(() => services.sending.record(results), services.clock);
  const again = results.flatMap(({ delivery, step }) =>
    step.state === "retrying" || step.state === "given_back" ? [{ ...delivery, ...step }] : [],
  );
  await ringBells(services, bellsAgainFor(again));
}
