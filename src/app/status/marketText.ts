import pc from "picocolors";
import { centralWall } from "../../domain/market/calendar.ts";
import { addSeconds, type Instant } from "../../domain/units/instant.ts";
import { fixed } from "../../domain/units/numberText.ts";
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

function hhmm(at: Instant): string {
  return centralWall(at).time.slice(0, 5);
}
