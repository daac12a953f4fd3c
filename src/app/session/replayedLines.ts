import { centralWall, intervalStart, parseIntervalKey } from "../../domain/market/calendar.ts";
import type { MarketSession } from "./marketSession.ts";
import { settledAdders, switchesOf } from "./sessionSummary.ts";

/** When which cohort changed its mode, and the quarter hours that settled farthest from their LMP. */
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
    "",
  ];
}
