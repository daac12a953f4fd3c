import type { Machine } from "../../domain/dispatch/model.ts";
import { cleanText } from "../../domain/units/foreignText.ts";
import { type Instant, secondsBetween } from "../../domain/units/instant.ts";
import type { StragglerRow } from "../../ports/siteRecords.ts";
import { columnsOf, tableText } from "../tableText.ts";
import { ageText, centralTime } from "../timeText.ts";
import { wrapText } from "../wrapText.ts";

/** Of a machine's words on the straggler list; `--json` has them all. */
const PROBLEM_CHARACTERS = 80;

const STRAGGLER_HEAD = ["machine", "host", "cohort", "wanted", "state", "last outcome", "since", "revision", "why"];
const STRAGGLERS_NARROW = ["machine", "host", "wanted", "state", "since"];

/** An order under way says nothing yet: its machines come on the list after their last drive. */
const NO_STRAGGLERS =
  "No stragglers: no machine waits for a person. Those of an order under way are listed after their last drive; " +
  "how many are read back as ordered: ballast status\n";

/** The same for one of several sites: its name stands above. */
export function siteStragglersText(siteId: string, ...list: Parameters<typeof stragglersText>): string {
  return `${siteId}\n${stragglersText(...list)}`;
}

/**
 * The operator's list: machines that did not follow, with what was wanted and what they last said; on a terminal that
 * is too narrow for one table, what they said stands below it.
 */
export function stragglersText(
  stragglers: readonly StragglerRow[],
  machines: readonly Machine[],
  at: Instant,
  { columns }: { readonly columns?: number } = {},
): string {
  if (stragglers.length === 0) return NO_STRAGGLERS;
  const hosts = new Map(machines.map((machine) => [machine.machineId, `${machine.host}:${machine.port}`]));
  const rows = stragglers.map(({ machineId, cohortId, wantedModeId, state, lastOutcome, problem, since, revision }) => [
    machineId,
    hosts.get(machineId) ?? "not configured",
    cohortId ?? "–",
    wantedModeId,
    state,
    lastOutcome ?? "–",
    `${centralTime(since, at)} (${ageText(secondsBetween(since, at))})`,
    String(revision),
    problem === undefined ? "–" : cleanText(problem, PROBLEM_CHARACTERS),
  ]);
  const wide = tableText(STRAGGLER_HEAD, rows, ["revision"]);
  if (columns === undefined || columnsOf(wide) <= columns) return `${wide}\n`;
  const isNarrow = (_: string, i: number): boolean => STRAGGLERS_NARROW.includes(STRAGGLER_HEAD[i] as string);
  const narrow = tableText(
    STRAGGLER_HEAD.filter(isNarrow),
    rows.map((row) => row.filter(isNarrow)),
  );
  const said = stragglers.map(({ machineId, lastOutcome, problem, revision }) => {
    const why = problem === undefined ? "" : `: ${cleanText(problem, PROBLEM_CHARACTERS)}`;
    return wrapText(`${machineId}  revision ${revision} ${lastOutcome ?? "not answered"}${why}`, columns, 2);
  });
  return `${[narrow, "", ...said].join("\n")}\n`;
}
