import { inputProblem } from "../inputs/inputProblem.ts";
import type { SiteInput } from "../inputs/facts.ts";
import { ORDER_REASON_CHARS_MAX } from "./orderProblem.ts";

/**
 * Why a release cannot be taken, for whoever gave it; undefined when it can: it has an actor and a short reason. Takes
 * whatever a sender may send: no value makes it throw.
 */
export function releaseProblem(input: Extract<SiteInput, { kind: "release" }>): string | undefined {
  const { actor, reason } = input;
  if (typeof actor === "string" && typeof reason === "string") {
    if (reason.trim() === "" || actor.trim() === "") return "a release needs an authenticated actor and a reason";
    if (reason.length > ORDER_REASON_CHARS_MAX)
      return `the reason has ${reason.length} characters, at most ${ORDER_REASON_CHARS_MAX} are kept`;
  }
  return inputProblem(input);
}
