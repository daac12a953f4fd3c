import type { Finding } from "./problem.ts";
import type { CohortConfig } from "./schema/config.ts";

/**
 * A cohort's modes: `off` first without hashrate, then rising in power and hashrate, each with its firmware profile, and never more
 * efficient at the margin than the step below it. On such a curve stepping through neighbouring pairs finds the best mode at any price.
 */
export function modeFindings(cohort: CohortConfig, index: number): Finding[] {
  const { modes } = cohort;
  const at = (mode: number, key: string): (string | number)[] => ["cohorts", index, "modes", mode, key];
  const findings: Finding[] = [];
  if (modes[0]?.modeId !== "off") findings.push({ path: at(0, "modeId"), message: `is "${modes[0]?.modeId}"`, expected: "the first mode to be off" });
  if (modes[0]?.hashrateThs !== 0) findings.push({ path: at(0, "hashrateThs"), message: `is ${modes[0]?.hashrateThs}`, expected: "0 when off" });
  if (!modes.slice(1).some((mode) => mode.modeId === cohort.normalModeId)) {
    findings.push({ path: ["cohorts", index, "normalModeId"], message: `is "${cohort.normalModeId}"`, expected: `one of ${modes.slice(1).map((mode) => mode.modeId).join(", ")}` });
  }
  for (const [position, mode] of modes.entries()) {
    const below = modes[position - 1];
    if (modes.findIndex((other) => other.modeId === mode.modeId) !== position) findings.push({ path: at(position, "modeId"), message: `mode "${mode.modeId}" appears twice`, expected: "each once" });
    if (position > 0 && mode.profile === undefined) findings.push({ path: at(position, "profile"), message: "missing", expected: "the firmware profile that gives this mode" });
    if (position === 0 && mode.profile !== undefined) findings.push({ path: at(position, "profile"), message: "the mode off has a profile", expected: "none" });
    if (below === undefined) continue;
    if (mode.powerW <= below.powerW) findings.push({ path: at(position, "powerW"), message: `is ${mode.powerW}, not above the ${below.powerW} of mode "${below.modeId}"`, expected: "modes in ascending power" });
    else if (mode.hashrateThs <= below.hashrateThs) findings.push({ path: at(position, "hashrateThs"), message: `is ${mode.hashrateThs}, not above the ${below.hashrateThs} of mode "${below.modeId}"`, expected: "more hashrate for more power" });
    else findings.push(...marginFindings(cohort, position, at(position, "hashrateThs")));
  }
  return findings;
}

function marginFindings({ modes }: CohortConfig, position: number, path: (string | number)[]): Finding[] {
  const [lowest, below, mode] = [modes[position - 2], modes[position - 1], modes[position]];
  if (lowest === undefined || below === undefined || mode === undefined) return [];
  const stepUp = (mode.hashrateThs - below.hashrateThs) * (below.powerW - lowest.powerW);
  const stepBelow = (below.hashrateThs - lowest.hashrateThs) * (mode.powerW - below.powerW);
  if (stepUp <= stepBelow) return [];
  return [{
    path, message: `the step from "${below.modeId}" to "${mode.modeId}" gives more hashrate per watt than the one below it, so "${below.modeId}" is never the best mode`,
    expected: `mode "${below.modeId}" to be left out`,
  }];
}
