import type { BrokenBand } from "./attributed.ts";
import { isInForce } from "./band.ts";
import type { Band } from "./attributed.ts";
import { kwAt } from "./frame.ts";
import type { CohortFrame } from "./frame.ts";
import type { Narrowed } from "./narrowed.ts";
import { lockOut } from "./rules/lockOut.ts";

/** A difference of floats that stand for the same kW. */
const ROUNDING_KW = 1e-6;

/**
 * The bands in force that do not hold once the cohorts are put, with what stands against each and what it costs. What
 * only keeps machines from coming on, or yields, is no demand. A cohort that is not commanded breaks nothing: what it
 * should do is told as a wish; but nobody gives the machines of a lock-out.
 */
export function brokenBands(
  frames: readonly CohortFrame[],
  constantKw: number,
  bands: readonly Band[],
  { against }: Narrowed,
  positions: readonly number[],
  asOf: Band["from"],
  commanded: readonly boolean[] | undefined,
): BrokenBand[] {
  const siteKw = frames.reduce((kw, frame, i) => kw + kwAt(frame, positions[i] as number), constantKw);
  return bands.flatMap((band) => {
    const i = frames.findIndex(({ cohort }) => cohort.cohortId === band.cohortId);
    if (!isInForce(band, asOf) || band.yields === true || isHeldBack(frames[i], commanded?.[i])) return [];
    const isKw = band.cohortId === undefined ? siteKw : kwAt(frames[i] as CohortFrame, positions[i] as number);
    const kw = Math.max(
      band.maxKw === undefined || band.onlyRestarts === true ? 0 : isKw - band.maxKw,
      band.minKw === undefined ? 0 : band.minKw - isKw,
    );
    if (kw <= ROUNDING_KW) return [];
    const { reason, cohortId, why, breakAtUsdPerMwh } = band;
    const isLocked = frames[i]?.cohort.lockedOut === true;
    const by = against.get(band) ?? (isLocked && reason !== lockOut.reason ? lockOut.reason : undefined);
    return [
      {
        reason,
        ...(cohortId === undefined ? {} : { cohortId }),
        ...(by === undefined ? {} : { by }),
        kw,
        ...(breakAtUsdPerMwh === undefined ? {} : { usdPerH: (breakAtUsdPerMwh * kw) / 1000 }),
        why,
      },
    ];
  });
}

function isHeldBack(frame: CohortFrame | undefined, commanded: boolean | undefined): boolean {
  return frame !== undefined && commanded === false && !frame.cohort.lockedOut;
}
