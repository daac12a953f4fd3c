import type { AddersText } from "../../../src/domain/market/addersText.ts";
import type { MarketObservation } from "../../../src/domain/inputs/marketFacts.ts";
import { momentOf } from "./centralClock.ts";
import { decimalOf, type Fact } from "./reading.ts";

interface Interval {
  readonly operatingDay: string;
  readonly hourEnding: number;
  readonly interval?: number;
  readonly repeatedHour: boolean;
  readonly startsAt?: string;
}

/** Where an interval or hour begins, by its parts; where it also says a moment that is another, it is nowhere. */
function beginsAt({ operatingDay, hourEnding, interval = 1, repeatedHour, startsAt }: Interval): number {
  const ms = momentOf(operatingDay, ((hourEnding - 1) * 60 + (interval - 1) * 15) * 60_000, repeatedHour);
  return ms === undefined || (startsAt !== undefined && Date.parse(startsAt) !== ms) ? Number.NaN : ms;
}

function number(key: string, value: string | number): Fact {
  return { key, value: decimalOf(String(value)) ?? `no number: ${String(value)}` };
}

function adders(at: string, said: AddersText): Fact[] {
  const deployed = { RTDNCLR: said.loadResourcesMw, RTDERS: said.ersMw, RTDLL: said.largeLoadMw };
  return [
    number(`${at}|RTRDPA|USD_PER_MWH`, said.adderUsdPerMwh),
    ...Object.entries(deployed).flatMap(([id, mw]) => (mw === undefined ? [] : [number(`${at}|${id}|MW`, mw)])),
  ];
}

/** What the product says it has read, as facts with their keys. */
export function factsOf(one: MarketObservation): Fact[] {
  const kind = `${one.kind}/${"quality" in one ? one.quality : ""}`;
  switch (one.kind) {
    case "settlement-price":
      return [
        number(
          `${kind}|${one.settlementPoint}|${one.settlementPointType}|${beginsAt(one.interval)}|USD_PER_MWH`,
          one.priceUsdPerMwh,
        ),
      ];
    case "sced-lmp":
      return [number(`${kind}|${one.settlementPoint}|${Date.parse(one.scedAt)}|USD_PER_MWH`, one.lmpUsdPerMwh)];
    case "sced-adders":
      return adders(`sced-adders|${Date.parse(one.scedAt)}`, one);
    case "rtd-path":
      return one.steps.map(({ endsAt, lmpUsdPerMwh }) => {
        const at = `${one.settlementPoint}|${one.settlementPointType}|${Date.parse(one.rtdAt)}|${Date.parse(endsAt)}`;
        return number(`rtd-path|${at}|USD_PER_MWH`, lmpUsdPerMwh);
      });
    case "rtd-adders":
      return one.steps.flatMap((step) =>
        adders(`rtd-adders|${Date.parse(one.rtdAt)}|${Date.parse(step.endsAt)}`, step),
      );
    case "day-ahead-price":
      return [number(`day-ahead-price|${one.settlementPoint}|${beginsAt(one.hour)}|USD_PER_MWH`, one.priceUsdPerMwh)];
    case "day-ahead-mcpc":
      return [number(`${kind}|${beginsAt(one.hour)}|${one.product}|USD_PER_MW_HOUR`, one.priceUsdPerMwHour)];
    case "sced-mcpc": {
      const uncapped = one.isUncapped === true ? "|uncapped" : "";
      return [
        number(`${kind}|${Date.parse(one.scedAt)}|${one.product}|USD_PER_MW_HOUR${uncapped}`, one.priceUsdPerMwHour),
      ];
    }
    case "settlement-mcpc":
      return [number(`${kind}|${beginsAt(one.interval)}|${one.product}|USD_PER_MW_HOUR`, one.priceUsdPerMwHour)];
    case "load-forecast":
      return one.hours.flatMap(({ hour, loadMw }) =>
        Object.entries(loadMw).map(([area, mw]) => number(`load-forecast|${beginsAt(hour)}|${area}|MW`, mw)),
      );
    case "actual-load":
      return [number(`actual-load|${beginsAt(one.hour)}|${one.area}|MW`, one.loadMw)];
    case "system-demand":
      return [number(`system-demand|${beginsAt(one.interval)}|MW`, one.demandMw)];
    default:
      return pageFactsOf(one);
  }
}

function pageFactsOf(one: MarketObservation): Fact[] {
  switch (one.kind) {
    case "grid-condition":
      return [
        { key: "grid-condition|level", value: one.unreadable === true ? "unreadable" : one.level },
        { key: "grid-condition|at", value: one.observedAt },
        ...(one.prcMw === undefined ? [] : [number("grid-condition|prc|MW", one.prcMw)]),
      ];
    case "as-capacity":
      return [
        { key: "as-capacity|at", value: one.observedAt },
        ...Object.entries(one.capacityMw).map(([key, mw]) => number(`as-capacity|${key}|MW`, mw)),
      ];
    case "supply-demand": {
      const at = `supply-demand|${one.observedAt}`;
      return [
        number(`${at}|demand|MW`, one.demandMw),
        ...(one.capacityMw === undefined ? [] : [number(`${at}|capacity|MW`, one.capacityMw)]),
        ...(one.availableMw === undefined ? [] : [number(`${at}|available|MW`, one.availableMw)]),
        ...(one.tightest === undefined
          ? []
          : [number(`supply-demand|room at ${one.tightest.endsAt}|MW`, one.tightest.roomMw)]),
      ];
    }
    case "operations-message":
      return [{ key: `message|${one.postedAt}|${one.type}|${one.status}`, value: one.summary }];
    case "grid-notices":
      return [];
    default:
      return [{ key: `nobody asked for ${one.kind}`, value: "" }];
  }
}
