import type { Provenance } from "../market/model.ts";
import { isSamePoint, type SettlementPoint } from "../market/settlementPoint.ts";
import { addSeconds, type Instant, secondsBetween } from "../units/instant.ts";
import { sameValue } from "../units/sameValue.ts";
import { instant, name } from "./checks.ts";
import { type MarketFact, NEWS_SECONDS, placeText } from "./marketFact.ts";
import { pricedSteps } from "./pathChecks.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";
import type { Told } from "./told.ts";

/** Indicative LMPs of one RTD run at a settlement point: the steps that it looks ahead, ascending, as published. */
export interface RtdPathObservation extends Provenance, SettlementPoint {
  readonly kind: "rtd-path";
  readonly rtdAt: Instant;
  readonly steps: readonly { readonly endsAt: Instant; readonly lmpUsdPerMwh: string }[];
}

/** A step of a path: seconds from its run to the step's end, and its LMP, $/MWh. */
export type PathStep = readonly [endsAfterSeconds: number, lmpUsdPerMwh: number];

/** A path as a site is told. */
export interface RtdPathInput extends Told, ToldProvenance, SettlementPoint {
  readonly kind: "rtd-path";
  readonly rtdAt: Instant;
  readonly path: readonly PathStep[];
}

/** The newest path that a site knows. */
export interface KnownRtdPath {
  readonly rtdPath?: { readonly rtdAt: Instant; readonly path: readonly PathStep[] };
}

/** Three runs that have not come: the path says nothing any more. */
const STANDS_SECONDS = 900;

/**
 * RTD's look-ahead (ERCOT report NP6-970): indicative LMPs of the next five-minute steps at the site's point, binding
 * for nobody. It decides nothing and rides; a decision's record keeps the steps that were still to come.
 */
export const rtdPath: MarketFact<RtdPathObservation, RtdPathInput, KnownRtdPath, KnownRtdPath, KnownRtdPath> = {
  kind: "rtd-path",
  scope: "point",
  called: "RTD look-ahead",
  comparedAs: "text",
  isWatched: true,
  rides: true,
  messages: {
    "rtd-path": { ...PROVENANCE, settlementPoint: name, settlementPointType: name, rtdAt: instant, path: pricedSteps },
  },
  columns: (observation) => ({
    point: observation.settlementPoint,
    pointType: observation.settlementPointType,
    key: observation.rtdAt,
    value: stepsText(pathOf(observation)),
  }),
  saidAt: ({ rtdAt }) => rtdAt,
  hear(observation, version, at) {
    const { kind, settlementPoint, settlementPointType, rtdAt, source, contentHash } = observation;
    if (secondsBetween(rtdAt, at) > NEWS_SECONDS) return {};
    const id = `${kind}/${settlementPoint}/${settlementPointType}/${rtdAt}/${version}`;
    const path = pathOf(observation);
    return { input: { kind, id, at, settlementPoint, settlementPointType, rtdAt, path, source, contentHash } };
  },
  says: (row, told) => isSamePoint(row, told) && row.rtdAt === told.rtdAt && sameValue(pathOf(row), told.path),
  place: ({ settlementPoint, settlementPointType, rtdAt }) => placeText(settlementPoint, settlementPointType, rtdAt),
  text: (value) => `${stepsText("steps" in value ? pathOf(value) : value.path)} $/MWh`,
  none: {},
  absorb({ rtdPath: known }, input, { site }) {
    if (!isSamePoint(input, site)) return { patch: {}, relevant: false };
    if (known !== undefined && input.rtdAt < known.rtdAt) return { patch: {}, relevant: false };
    return { patch: { rtdPath: { rtdAt: input.rtdAt, path: input.path } }, relevant: false, isHeard: true };
  },
  freeze({ rtdPath: known }, { asOf }) {
    if (known === undefined || known.rtdAt > asOf || secondsBetween(known.rtdAt, asOf) > STANDS_SECONDS) return {};
    const path = known.path.filter(([seconds]) => addSeconds(known.rtdAt, seconds) > asOf);
    return path.length === 0 ? {} : { rtdPath: { rtdAt: known.rtdAt, path } };
  },
  recovered: (records) => {
    const known = records.at(-1)?.rtdPath;
    return known === undefined ? {} : { rtdPath: known };
  },
};

function pathOf({ rtdAt, steps }: Pick<RtdPathObservation, "rtdAt" | "steps">): readonly PathStep[] {
  return steps.map(({ endsAt, lmpUsdPerMwh }) => [secondsBetween(rtdAt, endsAt), Number(lmpUsdPerMwh)] as const);
}

/** `+287 69.37 +587 67.77`: seconds from the run to each step's end, and its LMP. */
function stepsText(path: readonly PathStep[]): string {
  return path.map(([seconds, lmpUsdPerMwh]) => `+${seconds} ${lmpUsdPerMwh}`).join(" ");
}
