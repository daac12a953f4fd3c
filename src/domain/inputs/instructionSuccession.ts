import type { Instant } from "../units/instant.ts";
import { sameIds } from "./closed.ts";
import { sameDemand } from "./demand.ts";
import type { GridInstruction } from "./gridInstruction.ts";

/** What is known under the id of an instruction that comes: the newest content, and whether it was recalled. */
export interface KnownUnderId {
  readonly instruction: GridInstruction | undefined;
  readonly isRecalled: boolean;
}

/**
 * How an instruction stands to what is known under its id. `new`: nothing is. `replaces`: it is the newer content.
 * `repeated`: it says the same again. `overtaken`: newer content is known. `contradicts`: it has the revision of what
 * is known, and says something else. `recalled`: it is over for good.
 */
export type Succession = "new" | "replaces" | "repeated" | "overtaken" | "contradicts" | "recalled";

/**
 * How an instruction that comes stands to what is known under its id: the higher revision holds, where both are the
 * same the one that was issued, else sent, later. Content of a revision that both name never changes.
 */
export function succession({ instruction: known, isRecalled }: KnownUnderId, received: GridInstruction): Succession {
  if (isRecalled) return "recalled";
  if (known === undefined) return "new";
  const ahead = revisionOf(received) - revisionOf(known);
  if (ahead !== 0) return ahead > 0 ? (sameContent(known, received) ? "repeated" : "replaces") : "overtaken";
  const [before, after] = [orderedBy(known, received), orderedBy(received, known)];
  if (before !== undefined && after !== undefined && after < before) return "overtaken";
  if (sameContent(known, received)) return "repeated";
  const isNamed = known.revision !== undefined && received.revision !== undefined;
  const isSameIssue = known.issuedAt !== undefined && known.issuedAt === received.issuedAt;
  return isNamed || isSameIssue ? "contradicts" : "replaces";
}

/** By when it was issued where both say so, else by when its message was sent. */
function orderedBy(one: GridInstruction, other: GridInstruction): Instant | undefined {
  return one.issuedAt !== undefined && other.issuedAt !== undefined ? one.issuedAt : one.sentAt;
}

/** Revision of an instruction: 1 where it names none. */
export function revisionOf({ revision }: Pick<GridInstruction, "revision">): number {
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
    sameIds(one.cohortIds, other.cohortIds)
  );
}
