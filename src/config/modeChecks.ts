import { duplicates, finding } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { CohortConfig } from "./schema/config.ts";

type Mode = CohortConfig["modes"][number];
type At = (position: number, key: string) => (string | number)[];

/**
 * A cohort's modes: `off` first without hashrate, then rising in power and hashrate, each with its firmware profile,
 * and never more efficient at the margin than the step below it. On such a curve stepping through neighboring pairs
 * finds the best mode at any price.
 */
export function modeFindings({ modes, normalModeId }: CohortConfig, index: number): Finding[] {
  const at: At = (position, key) => ["cohorts", index, "modes", position, key];
  const running = modes.slice(1).map((mode) => mode.modeId);
  const [first] = modes;
  return [
    ...(first?.modeId === "off" ? [] : [finding(at(0, "modeId"), `is "${first?.modeId}"`, "the first mode to be off")]),
    ...(first?.hashrateThs === 0 ? [] : [finding(at(0, "hashrateThs"), `is ${first?.hashrateThs}`, "0 when off")]),
    ...(first?.profile === undefined ? [] : [finding(at(0, "profile"), "the mode off has a profile", "none")]),
    ...(running.includes(normalModeId)
      ? []
      : [finding(["cohorts", index, "normalModeId"], `is "${normalModeId}"`, `one of ${running.join(", ")}`)]),
    ...duplicates(
      modes.map((mode, position) => ({ id: mode.modeId, path: at(position, "modeId") })),
      "mode",
    ),
    ...modes.flatMap((mode, position) => (position === 0 ? [] : stepFindings(mode, position, modes, at))),
  ];
}

function stepFindings(mode: Mode, position: number, modes: readonly Mode[], at: At): Finding[] {
  const profile =
    mode.profile === undefined
      ? [finding(at(position, "profile"), "missing", "the firmware profile that gives this mode")]
      : [];
  const below = modes[position - 1];
  return below === undefined
    ? profile
    : [...profile, ...curveFindings(mode, below, modes[position - 2], (key) => at(position, key))];
}

function curveFindings(
  mode: Mode,
  below: Mode,
  lowest: Mode | undefined,
  at: (key: string) => (string | number)[],
): Finding[] {
  if (mode.powerW <= below.powerW) {
    return [
      finding(
        at("powerW"),
        `is ${mode.powerW}, not above the ${below.powerW} of mode "${below.modeId}"`,
        "modes in ascending power",
      ),
    ];
  }
  if (mode.hashrateThs <= below.hashrateThs) {
    const message = `is ${mode.hashrateThs}, not above the ${below.hashrateThs} of mode "${below.modeId}"`;
    return [finding(at("hashrateThs"), message, "more hashrate for more power")];
  }
  if (lowest === undefined) return [];
  const gainUp = (mode.hashrateThs - below.hashrateThs) * (below.powerW - lowest.powerW);
  const gainBelow = (below.hashrateThs - lowest.hashrateThs) * (mode.powerW - below.powerW);
  if (gainUp <= gainBelow) return [];
  const step = `the step from "${below.modeId}" to "${mode.modeId}" gives more hashrate per watt than the one below it`;
  return [
    finding(
      at("hashrateThs"),
      `${step}, so "${below.modeId}" is never the best mode`,
      `mode "${below.modeId}" to be left out`,
    ),
  ];
}
