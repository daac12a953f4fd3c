import { cohortIds, count, demand, instant, name, object, oneOf, optional } from "./checks.ts";
import { closed, kwScopeProblem } from "./closed.ts";
import type { GridInstruction, MessageEvidence } from "./gridInstruction.ts";
import { instructionKey, isSameInstruction } from "./instructionKey.ts";
import { succession } from "./instructionSuccession.ts";
import { instructionRoomProblem } from "./instructionRoom.ts";
import { isStanding } from "./isStanding.ts";
import type { About, Absorbed, SiteFact } from "./siteFact.ts";
import type { Told } from "./told.ts";
import { withLoadNoted } from "./withLoadNoted.ts";

/** An instruction, new or sent again. */
export interface InstructionInput extends Told {
  readonly kind: "instruction";
  readonly instruction: GridInstruction;
}

/** An instruction is recalled. */
export interface RecallInput extends Told {
  readonly kind: "recall";
  readonly instructionId: string;
  /** Whose instruction it is; absent in older records. */
  readonly issuer?: string;
  /** The message that recalled it. */
  readonly evidence?: MessageEvidence;
}

const evidence = object({ door: name, contentHash: name, receivedAt: instant });

/** Instructions in force or to come, in the order they were accepted. */
export interface KnownInstructions {
  readonly instructions: readonly GridInstruction[];
  /** Recalled lately: an overtaken message does not bring them back. */
  readonly closedInstructions: readonly string[];
}

/** Instructions as a decision sees them. */
export type FrozenInstructions = Pick<KnownInstructions, "instructions">;

/** What QSE, TDSP or ERCOT instruct and recall. */
export const instructions: SiteFact<
  InstructionInput | RecallInput,
  KnownInstructions,
  KnownInstructions,
  FrozenInstructions
> = {
  kind: "instruction",
  scope: "site",
  called: "instructions",
  messages: {
    instruction: {
      instruction: object({
        from: instant,
        cohortIds: optional(cohortIds),
        instructionId: name,
        issuer: name,
        action: oneOf(["curtail"]),
        issuedAt: optional(instant),
        revision: optional(count),
        product: optional(name),
        demand: optional(demand),
        effectiveBy: optional(instant),
        until: optional(instant),
        restoreNotBefore: optional(instant),
        evidence: optional(evidence),
      }),
    },
    recall: { instructionId: name, issuer: optional(name), evidence: optional(evidence) },
  },
  none: { instructions: [], closedInstructions: [] },
  problem: (input) => (input.kind === "instruction" ? kwScopeProblem(input.instruction) : undefined),
  absorb: (known, input, about) =>
    input.kind === "instruction" ? instructed(known, input, about) : recalled(known, input),
  freeze: (known, { asOf }) => ({ instructions: known.instructions.filter((one) => isStanding(one, asOf)) }),
  after: (known, asOf) => ({ instructions: known.instructions.filter((one) => isStanding(one, asOf)) }),
  /** Closed are those that a record had in force and the newest has not, though their end has not come. */
  recovered(records, { asOf }) {
    const open = records.at(-1)?.instructions ?? [];
    const seen = records
      .flatMap((record) => record.instructions)
      .filter(({ until, isRecalled }) => until === undefined || until > asOf || isRecalled === true)
      .map(instructionKey);
    const gone = seen.filter((key) => !open.some((one) => instructionKey(one) === key));
    return { instructions: open, closedInstructions: closed([], ...gone) };
  },
};

/** Sent again under its id it replaces the older content, unless it was recalled or the message was overtaken. */
function instructed(
  { instructions: open, closedInstructions }: KnownInstructions,
  { instruction, at }: InstructionInput,
  { site, asOf, loadKw }: About,
): Absorbed<KnownInstructions> {
  const known = open.find((one) => isSameInstruction(one, instruction));
  const received = { ...withLoadNoted(known, instruction, loadKw), sentAt: at };
  const isRecalled = known?.isRecalled === true || isClosed(closedInstructions, received);
  const comesAs = succession({ instruction: known, isRecalled }, received);
  if (comesAs === "recalled" || comesAs === "overtaken") return { patch: {}, relevant: false };
  if (comesAs === "contradicts") return { patch: {}, relevant: false, problem: contradiction(received) };
  const others = open.filter((one) => one !== known);
  const isOver = !isStanding(received, at);
  const problem = isOver ? undefined : instructionRoomProblem(others, received, { site, asOf });
  if (problem !== undefined) return { patch: {}, relevant: false, problem };
  return {
    patch: { instructions: isOver ? others : [...others, received] },
    relevant: isOver ? known !== undefined : comesAs !== "repeated",
  };
}

function contradiction({ instructionId, issuer, revision }: GridInstruction): string {
  return (
    `instruction ${instructionId} of ${issuer} came again with other content and the same revision ${revision}: what ` +
    `came first is followed; have it sent with a higher revision`
  );
}

/** Whether it was recalled: by its issuer, or by a recall that named none, as older ones did. */
function isClosed(closedInstructions: readonly string[], { instructionId, issuer }: GridInstruction): boolean {
  return [instructionKey({ instructionId, issuer }), instructionId].some((key) => closedInstructions.includes(key));
}

/** A recalled instruction whose load may not come on yet has ended instead, at the latest now. */
function recalled(known: KnownInstructions, recall: RecallInput): Absorbed<KnownInstructions> {
  const { at } = recall;
  const open = known.instructions;
  const one = open.find((each) => isSameInstruction(each, recall));
  const closedInstructions = closed(known.closedInstructions, instructionKey(recall));
  if (one?.restoreNotBefore === undefined || one.restoreNotBefore <= at) {
    const rest = open.filter((each) => each !== one);
    return { patch: { instructions: rest, closedInstructions }, relevant: rest.length < open.length };
  }
  const isEnded = one.until !== undefined && one.until <= at;
  const ended: GridInstruction = { ...one, ...(isEnded ? {} : { until: at }), isRecalled: true };
  return {
    patch: { instructions: open.map((each) => (each === one ? ended : each)), closedInstructions },
    relevant: !isEnded,
  };
}
