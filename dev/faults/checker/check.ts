import { checkConvergence, checkNothingLost } from "./acceptance.ts";
import type { Evidence, Verdict } from "./evidence.ts";
import {
  checkBoundedWork,
  checkEverythingLogged,
  checkHeld,
  checkNoDuplicates,
  checkNoPhantoms,
  checkOrder,
} from "./sending.ts";
import { checkConservation, checkForgeries, checkStates } from "./states.ts";
import { checkDiscretion, checkTail, checkTenants } from "./surroundings.ts";

/** Holds what was witnessed against every invariant. */
export function checkAll(evidence: Evidence): Verdict[] {
  return [
    checkNothingLost,
    checkConvergence,
    checkNoDuplicates,
    checkEverythingLogged,
    checkNoPhantoms,
    checkStates,
    checkOrder,
    checkConservation,
    checkBoundedWork,
    checkTail,
    checkTenants,
    checkForgeries,
    checkDiscretion,
    checkHeld,
  ].map((check) => check(evidence));
}
