import { setpointText } from "../domain/units/setpoint.ts";
import { duplicates, finding, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { modeSetpoint, SETPOINT_KEYS, setpointKeys } from "./modeSetpoint.ts";
import type { CohortConfig } from "./schema/config.ts";

type Mode = CohortConfig["modes"][number];
/** Firmwares count the power of their boards, the mode that at the wall. */
const POWER_TOLERANCE = 0.15;

type At = (position: number, key: string) => (string | number)[];

/**
 * A cohort's modes: `off` first without hashrate, then rising in power and hashrate, each with a set-point of its own,
 * and never more efficient at the margin than the step below it. On such a curve stepping through neighboring pairs
 * finds the best mode at any price.
 */
export function modeFindings(cohort: CohortConfig, index: number): Finding[] {
  const { modes, normalModeId } = cohort;
  const at: At = (position, key) => ["cohorts", index, "modes", position, key];
  const running = modes.slice(1).map((mode) => mode.modeId);
  const [first] = modes;
  return [
    ...(first?.modeId === "off" ? [] : [finding(at(0, "modeId"), `is "${first?.modeId}"`, "the first mode to be off")]),
    ...(first?.hashrateThs === 0 ? [] : [finding(at(0, "hashrateThs"), `is ${first?.hashrateThs}`, "0 when off")]),
    ...(first === undefined ? [] : setpointKeys(first)).map((key) =>
      finding(at(0, key), `the mode off has ${key} as set-point`, "none"),
    ),
    ...(running.includes(normalModeId)
      ? []
      : [finding(["cohorts", index, "normalModeId"], `is "${normalModeId}"`, `one of ${running.join(", ")}`)]),
    ...duplicates(
      modes.map((mode, position) => ({ id: mode.modeId, path: at(position, "modeId") })),
      "mode",
    ),
    ...duplicates(
      modes.flatMap((mode, position) => {
        const [key] = position === 0 ? [] : setpointKeys(mode);
        return key === undefined ? [] : [{ id: setpointText(modeSetpoint(mode)), path: at(position, key) }];
      }),
      "set-point",
    ),
    ...modes.flatMap((mode, position) => (position === 0 ? [] : stepFindings(mode, position, cohort, at))),
  ];
}

function stepFindings(mode: Mode, position: number, cohort: CohortConfig, at: At): Finding[] {
  const { modes } = cohort;
  const setpoint = setpointFindings(mode, position, cohort, at);
  const below = modes[position - 1];
  return below === undefined
    ? setpoint
    : [...setpoint, ...curveFindings(mode, below, modes[position - 2], (key) => at(position, key))];
}

/** Exactly one set-point; one that names power means the power that the mode is counted with. */
function setpointFindings(mode: Mode, position: number, cohort: CohortConfig, at: At): Finding[] {
  const [key, another] = setpointKeys(mode);
  if (key === undefined)
    return [
      finding(at(position, "profile"), "missing", `the set-point of this mode: one of ${SETPOINT_KEYS.join(", ")}`),
    ];
  if (another !== undefined)
    return [finding(at(position, another), `mode "${mode.modeId}" has ${key} and ${another}`, "one set-point a mode")];
  const namedW = powerNamedW(mode, cohort);
  if (namedW === undefined || Math.abs(namedW - mode.powerW) <= mode.powerW * POWER_TOLERANCE) return [];
  return [
    warning(
      at(position, "powerW"),
      `is ${mode.powerW}, and the mode's set-point is ${setpointText(modeSetpoint(mode))}`,
      `W that a machine draws at its set-point: about ${namedW}`,
    ),
  ];
}

/** W that a set-point itself names; percent are of the cohort's normal mode. */
function powerNamedW({ watts, percent }: Mode, { modes, normalModeId }: CohortConfig): number | undefined {
  if (percent === undefined) return watts;
  const normalW = modes.find(({ modeId }) => modeId === normalModeId)?.powerW;
  return normalW === undefined ? undefined : (normalW * percent) / 100;
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
