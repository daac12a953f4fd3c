import { centralWall, intervalStart, parseIntervalKey } from "../../domain/market/calendar.ts";
import { hoursOf as capacityHours } from "../../domain/market/capacitySeries.ts";
import { type HourPrice, hoursOf } from "../../domain/market/hourlyPrices.ts";
import type { MarketSession } from "./marketSession.ts";
import { settledAdders, switchesOf } from "./sessionSummary.ts";

/** Day-ahead prices as the site knew them first: the least and the highest of energy, the highest of each service. */
function dayAheadLines(decisions: MarketSession["decisions"]): string[] {
  const facts = decisions.map(({ input }) => input.facts);
  const prices = (facts.find(({ dayAheadPrice }) => dayAheadPrice !== undefined)?.dayAheadPrice ?? []).flatMap(hoursOf);
  const capacity = facts.find(({ dayAheadMcpc }) => dayAheadMcpc !== undefined)?.dayAheadMcpc;
  const [least, highest] = [prices.toSorted(byPrice)[0], prices.toSorted(byPrice).at(-1)];
  const energy =
    least === undefined || highest === undefined
      ? []
      : [`  energy  ${figure(least.usdPerMwh)} to ${figure(highest.usdPerMwh)} $/MWh, highest ${hourText(highest)}`];
  const services = [...Map.groupBy(capacity === undefined ? [] : capacityHours(capacity), ({ product }) => product)];
  const lines = services.flatMap(([product, hours]) =>
    hours
      .toSorted((a, b) => b.usdPerMwHour - a.usdPerMwHour)
      .slice(0, 1)
      .map((top) => `  ${product.padEnd(6)}  up to ${figure(top.usdPerMwHour)} $/MW, ${hourText(top)}`),
  );
  return energy.length + lines.length === 0 ? [] : ["Day-ahead prices:", ...energy, ...lines];
}

const byPrice = (a: HourPrice, b: HourPrice): number => a.usdPerMwh - b.usdPerMwh;
const figure = (usd: number): string => usd.toFixed(2).replace("-", "−");
const hourText = ({ startsAt }: Pick<HourPrice, "startsAt">): string =>
  `from ${centralWall(startsAt).time.slice(0, 5)}`;

/**
 * When which cohort changed its mode, the quarter hours that settled farthest from their LMP, and what was known of the
 * day ahead.
 */
export function replayedLines({ decisions }: MarketSession): string[] {
  return [
    "Switches:",
    ...switchesOf(decisions).map(
      ({ cohortId, at, from, to, reason, scedRun }) =>
        `  ${centralWall(at as Parameters<typeof centralWall>[0]).time}  ${cohortId} ${from} → ${to} ` +
        `(${reason}), on the SCED run of ${scedRun ?? "none"}`,
    ),
    "Largest settled adders (settlement price less time-weighted LMP):",
    ...settledAdders(decisions)
      .slice(0, 4)
      .map(
        ({ intervalKey, adderUsdPerMwh }) =>
          `  ${centralWall(intervalStart(parseIntervalKey(intervalKey))).time.slice(0, 5)}  ` +
          `${adderUsdPerMwh > 0 ? "+" : "−"}${Math.abs(adderUsdPerMwh).toFixed(2)} $/MWh`,
      ),
    ...dayAheadLines(decisions),
    "",
  ];
}
