import type { Absorbed, Input } from "./absorbSilence.ts";
import { close, closedWith } from "./closed.ts";
import { sameDemand } from "./demand.ts";
import { isStanding } from "./isStanding.ts";
import type { GridInstruction, SitePlan } from "./model.ts";
import type { SiteState } from "./siteStateModel.ts";
import { withLoadNoted } from "./withLoadNoted.ts";

/**
 * An instruction sent again with a higher revision, or later with the same, replaces the older content, unless it was
 * recalled.
 */
export function instruction(plan: SitePlan, state: SiteState, input: Input<"instruction">): Absorbed {
  const known = state.instructions.find((one) => one.instructionId === input.instruction.instructionId);
  const received = { ...noted(plan, state, input.instruction, known), sentAt: input.at };
  const isOvertaken =
    known?.sentAt !== undefined &&
    (revisionOf(known) > revisionOf(received) ||
      (revisionOf(known) === revisionOf(received) && input.at < known.sentAt));
  if (isOvertaken || state.closedIds.includes(received.instructionId)) return { state, relevant: false };
  const others = state.instructions.filter((one) => one !== known);
  const isOver = !isStanding(received, input.at);
  const instructions = isOver ? others : [...others, received];
  const relevant = isOver ? known !== undefined : known === undefined || !sameContent(known, received);
  return { state: { ...state, instructions }, relevant };
}

/** A revision sent again keeps the load that its reduction counts from. */
function noted(
  plan: SitePlan,
  state: SiteState,
  instruction: GridInstruction,
  known: GridInstruction | undefined,
): GridInstruction {
  const before = known?.demand;
  const demand =
    instruction.demand?.kind === "reduce" && before?.kind === "reduce" && instruction.demand.fromKw === undefined
      ? { ...instruction.demand, fromKw: before.fromKw }
      : instruction.demand;
  return withLoadNoted(plan, state.cohorts, demand === undefined ? instruction : { ...instruction, demand });
}

function revisionOf({ revision }: GridInstruction): number {
  return revision ?? 1;
}

function sameContent(one: GridInstruction, other: GridInstruction): boolean {
  return (
    one.issuer === other.issuer &&
    one.product === other.product &&
    one.from === other.from &&
    one.until === other.until &&
    one.effectiveBy === other.effectiveBy &&
    one.restoreNotBefore === other.restoreNotBefore &&
    sameDemand(one.demand, other.demand) &&
    sameCohorts(one.cohortIds, other.cohortIds)
  );
}

function sameCohorts(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.length === other.length && one.every((cohortId) => other.includes(cohortId));
}

/** A recalled instruction whose load may not come on yet has ended instead. */
export function recall(state: SiteState, { instructionId, at }: Input<"recall">): Absorbed {
  const known = state.instructions.find((one) => one.instructionId === instructionId);
  if (known?.restoreNotBefore === undefined || known.restoreNotBefore <= at)
    return close(state, "instructions", (one) => one.instructionId === instructionId, instructionId);
  if (known.until !== undefined && known.until <= at) return { state, relevant: false };
  const ended = { ...known, until: at };
  const closedIds = closedWith(state.closedIds, instructionId);
  const instructions = state.instructions.map((one) => (one === known ? ended : one));
  return { state: { ...state, instructions, closedIds }, relevant: true };
}
