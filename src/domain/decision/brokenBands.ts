import type { BrokenBand } from "./attributed.ts";
import { isInForce, type ReserveTerms } from "./band.ts";
import type { Band } from "./attributed.ts";
import { kwAt } from "./frame.ts";
import type { CohortFrame } from "./frame.ts";
import type { Against, Narrowed } from "./narrowed.ts";
import { economic } from "./rules/economic.ts";
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
  { against, letGoKw }: Narrowed,
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
    const { reason, cohortId, reserve } = band;
    if (reserve !== undefined)
      return ofReserve(band, reserve, against.get(band), Math.min(kw, reserve.ofKw), letGoKw.get(band));
    const isLocked = frames[i]?.cohort.lockedOut === true;
    const by = against.get(band)?.by ?? (isLocked && reason !== lockOut.reason ? lockOut.reason : undefined);
    return [
      { reason, ...(cohortId === undefined ? {} : { cohortId }), ...missed(band, by, kw, band.breakAtUsdPerMwh) },
    ];
  });
}

/**
 * Reserve that is not there: first what rules or machines bar, then what is bought back, or not started; the rest is
 * that of machines which are too coarse to stand where a ceiling and the floor would have them.
 */
function ofReserve(
  band: Band,
  terms: ReserveTerms,
  against: Against | undefined,
  kw: number,
  letGoKw: number | undefined,
): BrokenBand[] {
  const { usdPerMwh, premiumUsdPerMwh, startsNothing } = terms;
  const isFree = band.minKw !== undefined && (premiumUsdPerMwh !== undefined || startsNothing === true);
  const freeBy = premiumUsdPerMwh === undefined ? undefined : economic.reason;
  const isOne = !isFree || (against !== undefined && against.by === freeBy);
  const barredKw = isOne ? kw : against?.kw === undefined ? 0 : Math.min(kw, against.kw);
  const leftKw = kw - barredKw;
  const freeKw = letGoKw === undefined ? 0 : Math.min(leftKw, letGoKw);
  return [
    { reason: band.reason, ...missed(band, against?.by, barredKw, usdPerMwh) },
    { reason: band.reason, ...missed(band, freeBy, freeKw, usdPerMwh) },
    { reason: band.reason, ...missed(band, undefined, leftKw - freeKw, usdPerMwh) },
  ].filter((one) => one.kw > ROUNDING_KW);
}

function missed(
  { why }: Band,
  by: BrokenBand["by"],
  kw: number,
  usdPerMwh: number | undefined,
): Pick<BrokenBand, "by" | "kw" | "usdPerH" | "why"> {
  return {
    ...(by === undefined ? {} : { by }),
    kw,
    ...(usdPerMwh === undefined ? {} : { usdPerH: (usdPerMwh * kw) / 1000 }),
    why,
  };
}

function isHeldBack(frame: CohortFrame | undefined, commanded: boolean | undefined): boolean {
  return frame !== undefined && commanded === false && !frame.cohort.lockedOut;
}
