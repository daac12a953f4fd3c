import type { Log } from "../src/ports/log.ts";
import type { Retirement, Retirements } from "../src/ports/retirements.ts";

export interface RetirementDeps {
  readonly retirements: Retirements;
  readonly log: Log;
}

/** The activity behind the end of a site. It throws what the database's port throws, which is retried. */
export function retirementActivities({ retirements, log }: RetirementDeps) {
  return {
    /** No command goes to the site from here on, and no run of it begins. */
    async keepRetirement(retirement: Retirement): Promise<void> {
      log.warn({ ...retirement }, "a site is retired");
      await retirements.keep(retirement);
    },
  };
}
