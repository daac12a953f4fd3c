import pc from "picocolors";
import { centralWall } from "../../domain/market/calendar.ts";
import { addSeconds, type Instant, secondsBetween } from "../../domain/units/instant.ts";
import { fixed, unrounded } from "../../domain/units/numberText.ts";
import type { SiteNow } from "../../readModels/siteNow.ts";
import { ageText, centralTime } from "../timeText.ts";

/** The expected price of the interval with what is fixed of it, and the newest SCED run with its age. */
export function priceText(now: SiteNow): string {
  const { price, newestRun, decision, at } = now;
  const newest =
    newestRun === undefined
      ? ""
      : `; newest SCED run ${fixed(newestRun.lmpUsdPerMwh, 2)} of ${centralTime(newestRun.scedAt, at)} ` +
        `(${ageText(newestRun.ageSeconds)} ago)`;
  if (price === undefined) return decision === undefined ? "not known yet" : `${pc.red("no current price")}${newest}`;
  const { expectedUsdPerMwh, lowerUsdPerMwh, upperUsdPerMwh, fixedShare, intervalStart } = price;
  const interval = `${hhmm(intervalStart)}-${hhmm(addSeconds(intervalStart, 900))}`;
  const bounds =
    fixedShare === 1
      ? "all of it fixed"
      : `${Math.round(fixedShare * 100)} % fixed, ${fixed(lowerUsdPerMwh, 2)} to ${fixed(upperUsdPerMwh, 2)}`;
  return `${pc.bold(fixed(expectedUsdPerMwh, 2))} $/MWh expected for ${interval} (${bounds})${newest}`;
}

/** The grid level that the site acts on, its notes, and when it was observed. */
export function gridText({ grid, at }: SiteNow): string {
  if (grid === undefined) return "not known yet";
  if (grid.assumed) return `${grid.level}, assumed: this site has no grid feed`;
  const notes = [
    grid.unreadable ? ", its newest state cannot be read: look at ERCOT's own page" : "",
    // What is declared has overtaken it.
    grid.preAlert === undefined || grid.level === "watch" || grid.level.startsWith("eea")
      ? ""
      : pc.yellow(
          `, pre-alert: PRC ${unrounded(grid.preAlert.prcMw, 0)} MW, a Watch is due below ` +
            `${unrounded(grid.preAlert.belowMw, 0)} MW`,
        ),
    grid.released ? `, released by ${grid.released.actor}: ${grid.released.reason}` : "",
  ].join("");
  const untold = grid.level === "unknown" && !grid.unreadable ? " to the site so far" : "";
  const level = `${grid.level === "normal" ? grid.level : pc.red(grid.level)}${untold}${notes}`;
  return grid.observedAt === undefined
    ? level
    : `${level}, observed ${centralTime(grid.observedAt, at)} (${ageText(secondsBetween(grid.observedAt, at))} ago)`;
}

function hhmm(at: Instant): string {
  return centralWall(at).time.slice(0, 5);
}
