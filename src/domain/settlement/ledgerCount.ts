/**
 * Machines of a cohort that the fleet's ledger counted as able to run for a decision, whether or not a line says so.
 */
export interface LedgerCount {
  readonly cohortId: string;
  readonly machines: number;
}
