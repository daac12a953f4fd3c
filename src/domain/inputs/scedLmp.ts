import type { Provenance } from "../market/model.ts";
import { type Instant, secondsBetween } from "../units/instant.ts";
import { instant, name, oneOf, optional, usd } from "./checks.ts";
import { type MarketFact, NEWS_SECONDS, placeText, type Told } from "./marketFact.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";

/** Price of a SCED run at a settlement point, $/MWh as published. */
export interface ScedLmpObservation extends Provenance {
  readonly kind: "sced-lmp";
  readonly settlementPoint: string;
  readonly scedAt: Instant;
  readonly lmpUsdPerMwh: string;
}

/** A SCED run as a site is told. */
export interface ScedLmpInput extends Told, ToldProvenance {
  readonly kind: "sced-lmp";
  readonly settlementPoint: string;
  readonly scedAt: Instant;
  readonly lmpUsdPerMwh: number;
  /** A newer run is told at the same poll: nothing is decided on this one. */
  readonly newerFollows?: true;
}

/** Price of a SCED run: in force until the next one. */
export const scedLmp: MarketFact<ScedLmpObservation, ScedLmpInput> = {
  kind: "sced-lmp",
  scope: "point",
  called: "SCED price",
  comparedAs: "number",
  members: {
    ...PROVENANCE,
    settlementPoint: name,
    scedAt: instant,
    lmpUsdPerMwh: usd,
    newerFollows: optional(oneOf([true])),
  },
  columns: ({ settlementPoint, scedAt, lmpUsdPerMwh }) => ({
    point: settlementPoint,
    pointType: "",
    key: scedAt,
    value: lmpUsdPerMwh,
  }),
  restated: (observation, value) => ({ ...observation, lmpUsdPerMwh: value }),
  saidAt: ({ scedAt }) => scedAt,
  hear({ kind, settlementPoint, scedAt, lmpUsdPerMwh, source, contentHash }, version, at) {
    if (secondsBetween(scedAt, at) > NEWS_SECONDS) return {};
    const id = `${kind}/${scedAt}/${version}`;
    return {
      input: { kind, id, at, settlementPoint, scedAt, lmpUsdPerMwh: Number(lmpUsdPerMwh), source, contentHash },
    };
  },
  /** After a gap a site decides on the newest run alone. */
  inOrder(told) {
    const runs = told.toSorted((a, b) => (a.scedAt < b.scedAt ? -1 : 1));
    return runs.map((run, i) => (i < runs.length - 1 ? { ...run, newerFollows: true as const } : run));
  },
  says: (row, told) =>
    row.settlementPoint === told.settlementPoint &&
    row.scedAt === told.scedAt &&
    Number(row.lmpUsdPerMwh) === told.lmpUsdPerMwh,
  place: ({ settlementPoint, scedAt }) => placeText(settlementPoint, scedAt),
  text: ({ lmpUsdPerMwh }) => `${lmpUsdPerMwh} $/MWh`,
};
