import { kwText } from "../units/numberText.ts";
import { kwScopeProblem } from "./closed.ts";
import type { GridInstruction } from "./gridInstruction.ts";
import type { InstructedSite } from "./instructionWord.ts";
import { refusedWord, type WordRefusal } from "./wordVerdict.ts";

/** What is wrong with power and cohorts of an instruction to a site; undefined when nothing is. */
export function powerProblem({ demand, cohortIds }: GridInstruction, site: InstructedSite): WordRefusal | undefined {
  const scope = kwScopeProblem({ cohortIds, demand });
  if (scope !== undefined) return refusedWord("power", "cohorts", scope, "one cohort, or none for the whole site");
  const stranger = cohortIds?.find((one) => !site.cohortIds.includes(one));
  if (stranger !== undefined)
    return refusedWord("power", "cohorts", `site ${site.siteId} has no cohort ${stranger}`, site.cohortIds.join(", "));
  if (demand === undefined || demand.kind === "off") return undefined;
  const where = demand.kind === "target" ? "targetMw" : "reduceMw";
  if (demand.kind === "reduce" && demand.kw <= 0)
    return refusedWord("power", where, "it asks for a reduction by nothing", "more than 0 MW");
  return demand.kw > site.maxKw
    ? refusedWord(
        "power",
        where,
        `${kwText(demand.kw)} is more than site ${site.siteId} can take`,
        `at most ${kwText(site.maxKw)}`,
      )
    : undefined;
}
