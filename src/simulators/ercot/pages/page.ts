import type { PriceCorrection, PriceDay, PriceInterval } from "../priceDay.ts";

/** An interval with the publication of its first price. */
export interface PublishedInterval {
  readonly interval: PriceInterval;
  readonly publishMs: number;
}

/** What the public pages show a part of. */
export interface PageMarket {
  readonly day: PriceDay;
  readonly issued: readonly PublishedInterval[];
  readonly corrections: readonly PriceCorrection[];
  /** How often the grid's pages are written anew, market seconds. */
  readonly prcEverySeconds: number;
}

/** A page of ERCOT's public site. */
export interface SimulatedPage {
  /** What a fault calls it. */
  readonly route: string;
  readonly path: string;
  readonly contentType: string;
  /** Its text at a market moment; undefined before there is one. What `standsSinceMs` moves its stamps alone. */
  text(market: PageMarket, nowMs: number, standsSinceMs: number): string | undefined;
}

/** A JSON file of the dashboards. */
export function dashboardPage(
  name: string,
  at: (market: PageMarket, nowMs: number, standsSinceMs: number) => object | undefined,
): SimulatedPage {
  return {
    route: name,
    path: `/api/1/services/read/dashboards/${name}.json`,
    contentType: "application/json",
    text: (market, nowMs, standsSinceMs) => {
      const body = at(market, nowMs, standsSinceMs);
      return body === undefined ? undefined : JSON.stringify(body);
    },
  };
}
