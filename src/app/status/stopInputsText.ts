import pc from "picocolors";
import type { Instant } from "../../domain/units/instant.ts";
import type { SiteNow } from "../../readModels/siteNow.ts";
import { centralTime } from "../timeText.ts";

type StopInputNow = SiteNow["stopInputs"][number];

/** Stop inputs, a label and a text for each line: those that hold machines down or protect nothing, or the others. */
export function stopInputFacts({ stopInputs, at }: SiteNow, areProblems: boolean): (readonly [string, string])[] {
  return stopInputs
    .filter((input) => isProblem(input) === areProblems)
    .map((input) => ["stop input", areProblems ? pc.red(inputText(input, at)) : inputText(input, at)] as const);
}

function isProblem({ contact, isUnwatched }: StopInputNow): boolean {
  return isUnwatched || contact?.state !== "idle" || contact.problem !== undefined;
}

function inputText({ inputId, name, cohorts, contact, holdsDown, isUnwatched }: StopInputNow, at: Instant): string {
  const what = `${inputId} (${name}, stops ${cohorts?.join(", ") ?? "the site"})`;
  if (contact === undefined) return `${what}: never read: it protects nothing`;
  const { state, since, lookedAt, problem } = contact;
  const said = problem === undefined ? "" : `; at the last look: ${problem}`;
  const unwatched = isUnwatched ? `; not read since ${centralTime(lookedAt, at)}: it protects nothing` : "";
  const words = {
    unread: "not read twice alike yet",
    idle: "nothing to stop",
    active: "active: nothing of it starts while it is",
    silent: holdsDown ? "silent, which stops here" : "silent: it protects nothing",
  };
  return `${what}: ${words[state]}, since ${centralTime(since, at)}${unwatched}${said}`;
}
