import type { LoadOrder, LoadReport } from "./load/order.ts";
import type { Stage } from "./stage.ts";

/** What a figure measures with. */
export type Bench = {
  stage: Stage;
  quick: boolean;
  /** Also what takes long: 10⁷ rows. */
  large: boolean;
  /** How often contenders take turns. */
  rounds: number;
  /** How long one contender's turn is measured, in ms, and how long it warms up before. */
  windowMs: number;
  warmUpMs: number;
  /** Runs one load; throws when one answer was not the expected one. */
  load: (order: LoadOrder) => Promise<LoadReport>;
  /** Tells what goes on. */
  say: (line: string) => void;
};
