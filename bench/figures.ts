import type { Figure } from "./figure.ts";
import { statementsPerUpdate } from "./figures/01-statements-per-update.ts";
import { statementsPerBatch } from "./figures/02-statements-per-batch.ts";
import { accept } from "./figures/03-accept.ts";
import { replay } from "./figures/04-replay.ts";
import { consumer } from "./figures/05-consumer.ts";
import { slots } from "./figures/06-slots.ts";
import { acceptLatency } from "./figures/07-accept-latency.ts";
import { original } from "./figures/08-original.ts";
import { idle } from "./figures/09-idle.ts";
import { receipts } from "./figures/10-receipts.ts";
import { history } from "./figures/11-history.ts";
import { start } from "./figures/12-start.ts";
import { restart } from "./figures/13-restart.ts";
import { backlog } from "./figures/14-backlog.ts";

/** All figures, in the order in which they are measured and told. */
export const FIGURES: readonly Figure[] = [
  statementsPerUpdate,
  statementsPerBatch,
  accept,
  replay,
  consumer,
  slots,
  acceptLatency,
  original,
  idle,
  receipts,
  history,
  start,
  restart,
  backlog,
];
