import { stripVTControlCharacters } from "node:util";
import { splitText } from "../../domain/decision/split.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { fixed, kwText } from "../../domain/units/numberText.ts";
import type { CohortNow } from "../../readModels/cohortsNow.ts";
import { columnsOf, tableText } from "../tableText.ts";
import { centralTime } from "../timeText.ts";

const COHORT_HEAD = ["cohort", "client", "ordered", "since", "power", "able", "reason"];
const STEP_HEAD = ["step", "strike $/MWh", "down above", "up below"];
const NUMBERS = ["power", "able", "strike $/MWh", "down above", "up below"];

/**
 * What each cohort is ordered to, since when and why, and the prices of its steps. Power is that of the machines able
 * to run, if they follow. `at` is the instant of the look.
 *
 * Cohorts with their steps beside them, or one table below the other where the terminal is too narrow for that. */
export function cohortTables(cohorts: readonly CohortNow[], at: Instant, columns: number | undefined): string {
  const beside = rowsOf(cohorts, at).flatMap(({ cohort, steps }) => {
    const reason = cohort.at(-1) as string;
    const [first = STEP_HEAD.map(() => "–"), ...others] = steps;
    const blank = cohort.slice(1).map(() => "");
    return [[...cohort.slice(0, -1), ...first, reason], ...others.map((step) => [...blank, ...step, ""])];
  });
  const wide = tableText([...COHORT_HEAD.slice(0, -1), ...STEP_HEAD, "reason"], beside, NUMBERS);
  if (columns === undefined || columnsOf(wide) <= columns) return wide;
  const rows = rowsOf(cohorts, at);
  const isNarrow = (name: string): boolean => name !== "client";
  const commanded = rows.map(({ cohort }) => cohort.filter((_, i) => isNarrow(COHORT_HEAD[i] as string)));
  const below = rows.flatMap(({ cohort: [cohortId = "", clientId = ""], steps }) =>
    steps.map((step, i) => [...(i === 0 ? [cohortId, clientId] : ["", ""]), ...step]),
  );
  return [
    tableText(COHORT_HEAD.filter(isNarrow), commanded, NUMBERS),
    ...(below.length === 0 ? [] : [tableText(["cohort", "client", ...STEP_HEAD], below, NUMBERS)]),
  ]
    .map((text) => clipped(text, columns))
    .join("\n\n");
}

/** A line that is still too long ends in `…`: a wrapped one would be no table. */
function clipped(text: string, columns: number): string {
  const clip = (line: string): string =>
    columnsOf(line) <= columns ? line : `${stripVTControlCharacters(line).slice(0, columns - 1)}…`;
  return text.split("\n").map(clip).join("\n");
}

/** Of each cohort its cells and those of each step between two of its modes, lowest first. */
function rowsOf(cohorts: readonly CohortNow[], at: Instant): { cohort: string[]; steps: string[][] }[] {
  return cohorts.map(({ cohortId, clientId, split, since, commandedKw, reason, ableToRun, machines, strikes }) => ({
    cohort: [
      cohortId,
      clientId,
      split === undefined ? "–" : splitText(split),
      since === undefined ? "–" : centralTime(since, at).replace(/^\d{4}-/, ""),
      commandedKw === undefined ? "unknown" : kwText(commandedKw),
      ableToRun === undefined ? `${machines}` : `${ableToRun}/${machines}`,
      reason ?? "–",
    ],
    steps: strikes.map((step) => [
      `${step.lowerModeId} → ${step.upperModeId}`,
      fixed(step.strikeUsdPerMwh, 2),
      fixed(step.offAboveUsdPerMwh, 2),
      fixed(step.onBelowUsdPerMwh, 2),
    ]),
  }));
}
