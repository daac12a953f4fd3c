import type { Instant } from "../units/instant.ts";
import type { GridInstruction } from "./gridInstruction.ts";
import { instructionRoomProblem } from "./instructionRoom.ts";
import { isSameInstruction } from "./instructionKey.ts";
import { revisionOf, succession } from "./instructionSuccession.ts";
import { powerProblem } from "./instructionPower.ts";
import { lateNote, timesProblem } from "./instructionTimes.ts";
import {
  aboutOf,
  type InstructedSite,
  type InstructionWord,
  type InstructWord,
  type RecallWord,
  type TakenInstruction,
  type WordSender,
} from "./instructionWord.ts";
import { isStanding } from "./isStanding.ts";
import { senderAtSite } from "./senderAtSite.ts";
import { refusedWord, type WordRefusal, type WordVerdict } from "./wordVerdict.ts";

/** What is known when a word is judged. */
export interface AcceptanceFacts {
  readonly sender: WordSender;
  /** The site that it names; undefined when there is none of that name. */
  readonly site: InstructedSite | undefined;
  /** What was taken under its id and issuer at the site before. */
  readonly known: TakenInstruction | undefined;
  /** Every instruction that stands at the site. */
  readonly standing: readonly GridInstruction[];
  /** Market time at which it came. */
  readonly at: Instant;
}

/** What one issuer may take of a site's room: a flood of one must not keep out what another has to say. */
const ONE_ISSUERS_SHARE = 0.8;

/** The one rule by which every door takes a word about an instruction, or refuses it with the reason. */
export function acceptance(word: InstructionWord, facts: AcceptanceFacts): WordVerdict {
  const problem = senderProblem(word, facts) ?? timesProblem(word, facts.at);
  if (problem !== undefined) return problem;
  if (word.kind === "instruct") return instructVerdict(word, facts);
  return word.kind === "recall" ? recallVerdict(word, facts) : acknowledgeVerdict(word.instructionId, facts);
}

/** Whether the sender may say this, here, in this name. */
function senderProblem(
  word: InstructionWord,
  { sender, site, known, standing }: AcceptanceFacts,
): WordRefusal | undefined {
  const { instructionId, issuer } = aboutOf(word);
  if (issuer !== undefined && sender.issuer !== undefined && issuer !== sender.issuer)
    return refusedWord("sender", "issuer", `${sender.name} cannot instruct in the name of ${issuer}`, sender.issuer);
  if (sender.products?.length === 0)
    return refusedWord("sender", "", `${sender.name} may not instruct`, "an issuer with a product");
  const elsewhere = senderAtSite(word.siteId, { sender, site }, "instruct");
  if (elsewhere !== undefined) return elsewhere;
  const namesakes = standing.filter((one) => one.instructionId === instructionId).map((one) => one.issuer);
  const isMeant = known !== undefined || sender.issuer !== undefined || word.kind === "instruct";
  if (!isMeant && namesakes.length > 0) {
    const why = `${instructionId} is an instruction of ${namesakes.join(" and of ")}, not of ${issuer ?? "one alone"}`;
    return refusedWord("contradicts", "issuer", why, "the name of its issuer");
  }
  if (word.kind !== "instruct" || sender.products === undefined) return undefined;
  const { product } = word.instruction;
  if (product !== undefined && sender.products.includes(product)) return undefined;
  return refusedWord(
    "product",
    "product",
    product === undefined ? "it names no product" : `${sender.name} may not deploy ${product}`,
    sender.products.join(", ") || "no product at all",
  );
}

function instructVerdict({ instruction }: InstructWord, facts: AcceptanceFacts): WordVerdict {
  const { at, known, standing } = facts;
  const site = facts.site as InstructedSite;
  const wrong = powerProblem(instruction, site);
  if (wrong !== undefined) return wrong;
  const { instructionId, issuer } = instruction;
  const before = known?.instruction;
  const isRecalled = known?.recalledAt !== undefined;
  const comesAs = succession({ instruction: before, isRecalled }, instruction);
  if (comesAs === "recalled")
    return refusedWord("recalled", "id", `${instructionId} was recalled at ${known?.recalledAt}`, "a new id");
  if (comesAs === "overtaken")
    return refusedWord(
      "overtaken",
      "revision",
      `revision ${revisionOf(before ?? {})} of ${instructionId}, issued at ${before?.issuedAt}, was taken before`,
      "a higher revision, or one issued later",
    );
  if (comesAs === "contradicts")
    return refusedWord(
      "contradicts",
      "revision",
      `revision ${revisionOf(instruction)} of ${instructionId} was taken before with other content`,
      "a higher revision",
    );
  const isSame = comesAs === "repeated" && before !== undefined && revisionOf(before) === revisionOf(instruction);
  if (isSame) return { kind: "repeated" };
  if (!isStanding(instruction, at)) {
    const isEnding = before !== undefined && isStanding(before, at);
    return isEnding
      ? { kind: "accepted", note: `it ends ${instructionId} at once: its end at ${instruction.until} has passed` }
      : refusedWord("over", "until", `it ended at ${instruction.until}, before it came at ${at}`, "an end to come");
  }
  const others = standing.filter((one) => !isSameInstruction(one, instruction));
  const cohorts = site.cohortIds.map((cohortId) => ({ cohortId }));
  const room = { site: { cohorts }, asOf: at };
  const own = others.filter((one) => one.issuer === issuer);
  const full =
    instructionRoomProblem(others, instruction, room) ??
    instructionRoomProblem(own, instruction, { ...room, share: ONE_ISSUERS_SHARE });
  if (full !== undefined) return refusedWord("room", "", full, `fewer open instructions, also those of ${issuer}`);
  const note = beginsAsBefore(instruction, before, at) ? undefined : lateNote(instruction, at);
  return { kind: "accepted", ...(note === undefined ? {} : { note }) };
}

/** A revision of one that stands and began when it says is not late, whenever it comes. */
function beginsAsBefore(
  { from, effectiveBy }: GridInstruction,
  before: GridInstruction | undefined,
  at: Instant,
): boolean {
  return before !== undefined && isStanding(before, at) && before.from === from && before.effectiveBy === effectiveBy;
}

function recallVerdict({ instructionId, issuedAt, revision }: RecallWord, { at, known }: AcceptanceFacts): WordVerdict {
  if (known?.recalledAt !== undefined) return { kind: "repeated" };
  const before = known?.instruction;
  if (before === undefined)
    return { kind: "accepted", note: `no instruction ${instructionId} had come: one that comes now is refused` };
  const isOvertaken =
    revision === undefined
      ? before.issuedAt !== undefined && issuedAt < before.issuedAt
      : revision < revisionOf(before);
  if (isOvertaken)
    return refusedWord(
      "overtaken",
      revision === undefined ? "issued" : "revision",
      `revision ${revisionOf(before)} of ${instructionId}, issued at ${before.issuedAt}, came after what it recalls`,
      "a recall of what stands",
    );
  return isStanding(before, at)
    ? { kind: "accepted" }
    : { kind: "accepted", note: `${instructionId} had ended at ${before.until}` };
}

function acknowledgeVerdict(instructionId: string, { known, sender }: AcceptanceFacts): WordVerdict {
  const before = known?.instruction;
  if (before === undefined)
    return refusedWord("unknown", "id", `no instruction ${instructionId} has come`, "the id of one that has");
  const was = known?.acknowledged;
  return was?.revision === revisionOf(before)
    ? { kind: "repeated", note: `acknowledged by ${was.by} at ${was.at}, not again by ${sender.name}` }
    : { kind: "accepted" };
}
