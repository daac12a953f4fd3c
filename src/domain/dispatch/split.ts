/** Machines of a cohort in one mode. */
export interface ModeShare {
  readonly modeId: string;
  readonly machines: number;
}

/** What a cohort's able machines are to do: ascending by power, no share of 0 machines. */
export type Split = readonly ModeShare[];
