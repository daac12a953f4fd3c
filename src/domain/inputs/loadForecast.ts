import { type DeliveryHour, HOUR_SECONDS, hourKey } from "../market/deliveryHour.ts";
import { LOAD_AREAS, type LoadByArea } from "../market/loadZones.ts";
import type { Provenance } from "../market/model.ts";
import { addSeconds, type Instant, secondsBetween } from "../units/instant.ts";
import { sameValue } from "../units/sameValue.ts";
import { deployedMw, instant, listOf } from "./checks.ts";
import type { MarketFact } from "./marketFact.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";
import type { Told } from "./told.ts";

/** ERCOT's load forecast of the next days as it was posted at a moment: hour by hour, by the model in use. */
export interface LoadForecastObservation extends Provenance {
  readonly kind: "load-forecast";
  readonly postedAt: Instant;
  readonly hours: readonly { readonly hour: DeliveryHour; readonly model: string; readonly loadMw: LoadByArea }[];
}

/** Load of the system hour by hour from a moment on, MW; null for an hour that is not forecast. */
export interface ForecastSeries {
  readonly postedAt: Instant;
  readonly startsAt: Instant;
  readonly systemMw: readonly (number | null)[];
}

/** A forecast as a site is told: the system's load alone. */
export interface LoadForecastInput extends Told, ToldProvenance, ForecastSeries {
  readonly kind: "load-forecast";
}

/** The newest forecast that a site knows; kept where the site avoids coincident peaks. */
export interface KnownLoadForecast {
  readonly loadForecast?: ForecastSeries;
}

/** Three forecasts that have not come: an older one is history for who begins. */
const NEWS_SECONDS = 4 * HOUR_SECONDS;

/**
 * A forecast is one value: the next one says every hour anew. It decides nothing alone and rides; a peak plan is made
 * of it (NP3-565), and the plan is what a record keeps.
 */
export const loadForecast: MarketFact<
  LoadForecastObservation,
  LoadForecastInput,
  KnownLoadForecast,
  KnownLoadForecast,
  object
> = {
  kind: "load-forecast",
  scope: "system",
  called: "load forecast",
  comparedAs: "text",
  isWatched: true,
  rides: true,
  standsUntilChanged: true,
  messages: {
    "load-forecast": {
      ...PROVENANCE,
      postedAt: instant,
      startsAt: instant,
      systemMw: listOf((value) => (value === null ? undefined : deployedMw(value))),
    },
  },
  columns: ({ postedAt, hours }) => ({
    point: "",
    pointType: "",
    key: postedAt,
    value: [
      ["hour", "model", ...LOAD_AREAS].join(","),
      ...hours.map(({ hour, model, loadMw }) =>
        [hourKey(hour), model, ...LOAD_AREAS.map((area) => loadMw[area])].join(","),
      ),
    ].join("\n"),
  }),
  saidAt: ({ postedAt }) => postedAt,
  hear(observation, version, at) {
    const { kind, postedAt, source, contentHash } = observation;
    const series = seriesOf(observation);
    if (series === undefined || secondsBetween(postedAt, at) > NEWS_SECONDS) return {};
    return { input: { kind, id: `${kind}/${postedAt}/${version}`, at, ...series, source, contentHash } };
  },
  /** Each says every hour anew. */
  inOrder: (told) => told.toSorted((a, b) => (a.postedAt < b.postedAt ? -1 : 1)).slice(-1),
  says: (row, { postedAt, startsAt, systemMw }) => sameValue(seriesOf(row), { postedAt, startsAt, systemMw }),
  place: ({ postedAt }) => postedAt,
  text: (value) => `load of ${"hours" in value ? value.hours.length : value.systemMw.length} hours`,
  none: {},
  absorb({ loadForecast: known }, { postedAt, startsAt, systemMw }, { site }) {
    if (site.coincidentPeak === undefined) return { patch: {}, relevant: false, isHeard: true };
    if (known !== undefined && postedAt < known.postedAt) return { patch: {}, relevant: false };
    return { patch: { loadForecast: { postedAt, startsAt, systemMw } }, relevant: false, isHeard: true };
  },
  freeze: () => ({}),
  recovered: () => ({}),
};

function seriesOf({
  postedAt,
  hours,
}: Pick<LoadForecastObservation, "postedAt" | "hours">): ForecastSeries | undefined {
  const [first] = hours;
  if (first === undefined) return undefined;
  const { startsAt } = first.hour;
  const placed = hours.map(({ hour, loadMw }) => ({
    index: secondsBetween(startsAt, hour.startsAt) / HOUR_SECONDS,
    mw: Number(loadMw.SYSTEM),
  }));
  const length = 1 + placed.reduce((most, { index }) => Math.max(most, index), 0);
  const systemMw = Array.from<number | null>({ length }).fill(null);
  for (const { index, mw } of placed) systemMw[index] = mw;
  return { postedAt, startsAt, systemMw };
}

/** The hours of a forecast that end after a moment, ascending; MW. */
export function forecastAfter(
  { startsAt, systemMw }: ForecastSeries,
  at: Instant,
): { readonly startsAt: Instant; readonly mw: number }[] {
  return systemMw.flatMap((mw, i) => {
    const hour = addSeconds(startsAt, i * HOUR_SECONDS);
    return mw === null || addSeconds(hour, HOUR_SECONDS) <= at ? [] : [{ startsAt: hour, mw }];
  });
}
