import type { Band } from "./attributed.ts";
import { isInForce, type ReserveTerms } from "./band.ts";
import type { CohortFrame } from "./frame.ts";
import type { Narrowed } from "./narrowed.ts";
import { Narrowing } from "./narrowing.ts";
import { economic } from "./rules/economic.ts";

/** What of the market bands give way to. */
interface Market {
  readonly asOf: Band["from"];
  readonly expected?: number;
  readonly keptBy: (terms: ReserveTerms) => readonly number[];
}

/**
 * Intersects the bands that are in force, highest precedence first: each narrows what the higher ones leave, as far as
 * that can be, so the room is never empty and no lower rule breaks a higher one. Of the cohorts that one demand names,
 * those that earn most by the kW are kept on first and taken down last. A floor with a price gives way above it.
 * `expected`: $/MWh, undefined where no price is known; `keptBy`: how far up a floor of reserve keeps each frame on at
 * that price. What is not `commanded` stays where it is.
 */
export function narrow(
  frames: readonly CohortFrame[],
  constantKw: number,
  bands: readonly Band[],
  { asOf, expected, keptBy }: Market,
  commanded?: readonly boolean[],
): Narrowed {
  const room = new Narrowing(frames, constantKw, commanded);
  for (const band of inOrderOfWorth(frames, bands)) {
    if (!isInForce(band, asOf)) continue;
    if (expected !== undefined && band.breakAtUsdPerMwh !== undefined && expected > band.breakAtUsdPerMwh)
      room.against.set(band, { by: economic.reason });
    else room.take(band, band.reserve && keptBy(band.reserve));
  }
  return room.narrowed();
}

/** Bands of one demand, which stand together: floors best cohort first, others worst first. */
function inOrderOfWorth(frames: readonly CohortFrame[], bands: readonly Band[]): Band[] {
  const worth = new Map(frames.map(({ cohort }) => [cohort.cohortId, thsPerW(cohort)]));
  const compared = (a: Band, b: Band): number => {
    const [one, other] = [worth.get(a.cohortId ?? ""), worth.get(b.cohortId ?? "")];
    return one === undefined || other === undefined ? 0 : one - other;
  };
  const demands: Band[][] = [];
  for (const band of bands) {
    const last = demands.at(-1);
    if (last?.[0]?.reason === band.reason && last[0].why === band.why) last.push(band);
    else demands.push([band]);
  }
  return demands.flatMap((demand) => {
    const isFloor = demand[0]?.minKw !== undefined;
    return demand.toSorted((a, b) => (isFloor ? compared(b, a) : compared(a, b)));
  });
}

function thsPerW({ modes, normalModeId }: CohortFrame["cohort"]): number {
  const normal = modes.find(({ modeId }) => modeId === normalModeId);
  return normal === undefined || normal.powerW <= 0 ? 0 : normal.hashrateThs / normal.powerW;
}
