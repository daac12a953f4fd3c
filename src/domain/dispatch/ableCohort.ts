import type { CohortPlan } from "../decision/model.ts";
import type { AbleCohort } from "../inputs/fleetAble.ts";
import { isAble, type LastRead } from "./dispatchBase.ts";
import type { MachineReading } from "./model.ts";

/** A machine as a survey reads it, and as it was last read back under an order. */
export interface SurveyedMachine {
  readonly reading: MachineReading;
  readonly before: LastRead;
}

/**
 * Who of a cohort is able to run: the machines that draw, and those that sleep and would wake when called. One that
 * does not answer, has no pool, or was called last time and is still where it was, is not; of a cohort under human
 * hands none is. `powerKw` is what the able ones draw by their own word, absent where one of them does not say.
 */
export function ableCohort(
  { cohortId, lockedOut }: Pick<CohortPlan, "cohortId" | "lockedOut">,
  machines: readonly SurveyedMachine[],
): AbleCohort {
  const able = lockedOut ? [] : machines.filter(isAbleNow);
  const powersW = able.flatMap(({ reading }) => reading.powerW ?? []);
  return {
    cohortId,
    machines: able.length,
    asleep: able.filter(({ reading }) => reading.state === "asleep").length,
    ...(powersW.length === able.length && { powerKw: powersW.reduce((sum, watts) => sum + watts, 0) / 1000 }),
  };
}

function isAbleNow({ reading, before }: SurveyedMachine): boolean {
  const { state, hasPool, hashrateThs } = reading;
  // Asleep, a machine holds no connection to a pool.
  if (state !== "asleep" && hasPool === false) return false;
  const hashes = hashrateThs !== undefined && hashrateThs > 0;
  const isStuck = before?.state === state && before.atTarget === false && !hashes;
  return isAble({ state, ...(isStuck && { atTarget: false }) });
}
