import { intervalStart, settlementInterval } from "../market/calendar.ts";
import type { Provenance } from "../market/model.ts";
import { addSeconds, type Instant, secondsBetween } from "../units/instant.ts";
import { sameValue } from "../units/sameValue.ts";
import { instant, name, oneOf, optional, usd } from "./checks.ts";
import { type KnownRun, runsFrom, withRun } from "./knownRuns.ts";
import { adderChanged, type Prices, type ReadAdders } from "./lastSettled.ts";
import { type MarketFact, NEWS_SECONDS, placeText, versionIn } from "./marketFact.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";
import type { Told } from "./told.ts";

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
  /** No run that ERCOT published: made of the settlement prices of a past day. */
  readonly isDerived?: true;
}

/** Runs that a site knows, ascending; a record has those from the one in force at its interval's start. */
export interface KnownScedRuns {
  readonly scedRuns: readonly KnownRun[];
}

/** SCED runs are kept from this long before the current interval. */
const KEPT_SECONDS_BEFORE_INTERVAL = 1_800;

/** Price of a SCED run: in force until the next one. */
export const scedLmp: MarketFact<ScedLmpObservation, ScedLmpInput, Prices & ReadAdders, KnownScedRuns, KnownScedRuns> =
  {
    kind: "sced-lmp",
    scope: "point",
    called: "SCED price",
    comparedAs: "number",
    carries: true,
    isWatched: true,
    messages: {
      "sced-lmp": {
        ...PROVENANCE,
        settlementPoint: name,
        scedAt: instant,
        lmpUsdPerMwh: usd,
        newerFollows: optional(oneOf([true])),
        isDerived: optional(oneOf([true])),
      },
    },
    columns: ({ settlementPoint, scedAt, lmpUsdPerMwh }) => ({
      point: settlementPoint,
      pointType: "",
      key: scedAt,
      value: lmpUsdPerMwh,
    }),
    restated: (observation, value) => ({ ...observation, lmpUsdPerMwh: value }),
    saidAt: ({ scedAt }) => scedAt,
    hear({ kind, settlementPoint, scedAt, lmpUsdPerMwh, quality, source, contentHash }, version, at) {
      if (secondsBetween(scedAt, at) > NEWS_SECONDS) return {};
      const id = `${kind}/${settlementPoint}/${scedAt}/${version}`;
      const price = { settlementPoint, scedAt, lmpUsdPerMwh: Number(lmpUsdPerMwh), ...derived(quality === "DERIVED") };
      return { input: { kind, id, at, ...price, source, contentHash } };
    },
    idWithoutPoint: ({ kind, scedAt, id }) => `${kind}/${scedAt}/${versionIn(id)}`,
    /** After a gap a site decides on the newest run alone. */
    inOrder(told) {
      const runs = told.toSorted((a, b) => (a.scedAt < b.scedAt ? -1 : 1));
      return runs.map((run, i) => (i < runs.length - 1 ? { ...run, newerFollows: true as const } : run));
    },
    says: (row, told) =>
      row.settlementPoint === told.settlementPoint &&
      row.scedAt === told.scedAt &&
      Number(row.lmpUsdPerMwh) === told.lmpUsdPerMwh &&
      (row.quality === "DERIVED") === (told.isDerived === true),
    place: ({ settlementPoint, scedAt }) => placeText(settlementPoint, scedAt),
    text: ({ lmpUsdPerMwh }) => `${lmpUsdPerMwh} $/MWh`,
    none: { scedRuns: [] },
    /** New, late or corrected. Of several that arrive together only the newest is decided on. */
    absorb(known, input, { site, asOf }) {
      if (input.settlementPoint !== site.settlementPoint) return { patch: {}, relevant: false };
      const newest = known.scedRuns.at(-1);
      const { scedAt, lmpUsdPerMwh, at: knownAt, isDerived } = input;
      const run = { scedAt, lmpUsdPerMwh, knownAt, ...derived(isDerived === true) };
      const start = intervalStart(settlementInterval(asOf));
      const scedRuns = runsFrom(withRun(known.scedRuns, run), addSeconds(start, -KEPT_SECONDS_BEFORE_INTERVAL));
      const priceNow = !sameValue(runsFrom(known.scedRuns, start), runsFrom(scedRuns, start));
      return {
        patch: { scedRuns },
        relevant: priceNow || adderChanged(site.economic.adderShare, known, { ...known, scedRuns }, asOf),
        ...(newest === undefined || run.scedAt > newest.scedAt ? { isHeard: true } : {}),
        ...(input.newerFollows === true ? { isOvertaken: true } : {}),
      };
    },
    freeze: ({ scedRuns }, { asOf, intervalStart: start }) => ({
      scedRuns: runsFrom(scedRuns, start).filter((run) => run.scedAt <= asOf),
    }),
    /** Every run that a record saw, from the one in force two intervals before the newest's; a later word wins. */
    recovered(records, { intervalStart: start }) {
      const all = records.flatMap(({ scedRuns }) => scedRuns).reduce<readonly KnownRun[]>(withRun, []);
      return { scedRuns: runsFrom(all, addSeconds(start, -KEPT_SECONDS_BEFORE_INTERVAL)) };
    },
    ages: {
      since: ({ scedRuns }) => scedRuns.at(-1)?.scedAt,
      limitSeconds: ({ staleness }) => staleness.scedPriceSeconds,
    },
    silence: {
      policy: "scedPrice",
      holds: "modes",
      isPrice: true,
      isMissing: ({ scedRuns }, { intervalStart: start }) => !scedRuns.some((run) => run.scedAt <= start),
    },
  };

function derived(isDerived: boolean): { readonly isDerived?: true } {
  return isDerived ? { isDerived: true } : {};
}
