import { fixed } from "../../domain/units/numberText.ts";
import type { SiteNow } from "../../readModels/siteNow.ts";
import { ageText, centralTime } from "../timeText.ts";

/** What the capacity of each ancillary service clears at, in the newest SCED run and day ahead: a line a service. */
export function capacityTexts({ capacity, at }: SiteNow): readonly string[] {
  return capacity.map(({ called, sced, dayAheadUsdPerMwHour }) => {
    const run =
      sced === undefined
        ? []
        : [
            `${fixed(sced.usdPerMwHour, 2)} $/MW in the SCED run of ${centralTime(sced.scedAt, at)} ` +
              `(${ageText(sced.ageSeconds)} ago)`,
          ];
    const ahead = dayAheadUsdPerMwHour === undefined ? [] : [`${fixed(dayAheadUsdPerMwHour, 2)} $/MW day ahead`];
    return `${called.padEnd(8)} ${[...run, ...ahead].join(", ")}`;
  });
}
