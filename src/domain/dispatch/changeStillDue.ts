import type { WaveSummary } from "./model.ts";

/** Less than this is a sum's rounding, not a machine. */
const ONE_WATT_KW = 0.001;

/**
 * The change of site power that a dispatch can still bring, kW, negative sheds: what was expected of it less the machines that were at
 * their target before they were told. Their load is in the reading from before: after a decision that was countermanded before it
 * reached them, or where somebody else was quicker.
 */
export function changeStillDue(expectedDeltaKw: number, firstWave: readonly WaveSummary[]): number {
  const dueKw = firstWave.reduce((kw, { unmovedKw = 0 }) => kw - unmovedKw, expectedDeltaKw);
  return dueKw > -ONE_WATT_KW && dueKw < ONE_WATT_KW ? 0 : dueKw;
}
