import type { Instant } from "../units/instant.ts";
import type { GridInstruction } from "./gridInstruction.ts";

/** Whether an instruction still says something at `asOf`: it holds, or what it took down may not come on yet. */
export function isStanding({ until, restoreNotBefore }: GridInstruction, asOf: Instant): boolean {
  return until === undefined || until > asOf || (restoreNotBefore !== undefined && restoreNotBefore > asOf);
}
