import { sameIds } from "./closed.ts";
import { countedFrom } from "./demand.ts";
import type { GridInstruction } from "./gridInstruction.ts";
import type { About } from "./siteFact.ts";

/**
 * An instruction with the load that a reduction counts from, kW at the site meter: what it says itself, else what its
 * cohorts were ordered to take when it was first taken up. A revision of the same scope counts from there too, for what
 * is ordered now may be what the first has left. `known` is the instruction as it stands, undefined for a new one.
 */
export function withLoadNoted(
  known: GridInstruction | undefined,
  instruction: GridInstruction,
  orderedLoadKw: About["loadKw"],
): GridInstruction {
  const { cohortIds: scope } = instruction;
  const noted = known !== undefined && sameIds(known.cohortIds, scope) ? (known.loadKw ?? saidKw(known)) : undefined;
  const loadKw = saidKw(instruction) ?? noted ?? orderedLoadKw(scope);
  return { ...countedFrom(instruction, () => loadKw), loadKw };
}

function saidKw({ demand }: GridInstruction): number | undefined {
  return demand?.kind === "reduce" ? demand.fromKw : undefined;
}
