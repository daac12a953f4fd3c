import type { OperatingDay } from "../domain/market/model.ts";
import type { Instant } from "../domain/units/instant.ts";

/** One time that documents were taken to the archive, or could not be. */
export interface ArchiveRun {
  /** The Central day whose turn it was; none by hand. */
  readonly day?: OperatingDay;
  readonly folder: string;
  readonly documents: number;
  /** Of the files that were written. */
  readonly bytes: number;
  /** Why it is not done, and what to do. */
  readonly problem?: string;
  /** Market time. */
  readonly at: Instant;
}
