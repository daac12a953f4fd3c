import { z } from "zod";
import { number, whole } from "./common.ts";

const errors = z
  .strictObject({
    byHoursAhead: z
      .array(
        z.strictObject({
          hours: number("Hours ahead", 0, 1_000),
          share: number("Standard error so far ahead, share of the load, e.g. 0.03", 0.0001, 0.5),
        }),
      )
      .min(1)
      .max(20)
      .meta({ description: "By hours ahead, ascending; straight between two, level beyond" }),
    shapeShare: number("Standard error of an hour against the other hours of its day, share of the load", 0.0001, 0.2),
  })
  .meta({ description: "How far ERCOT's load forecast errs; measure it on your own record of NP3-565 and NP6-235" });

/** How a site avoids the peaks that transmission is charged by. */
export const coincidentPeakSchema = z
  .strictObject({
    tariffUsdPerKwYear: number("What a kW at the peaks of a year costs in the year after, $ a year", 0, 1_000),
    leastProbability: number("Chance from 0 to 1 under which an interval is never called, e.g. 0.002", 0, 1),
    restartMinutes: number("Minutes of hashing that a restart loses", 0, 240),
    maxEventDaysPerMonth: whole("Most days of a month with a peak event; no cap when absent", 1, 31).optional(),
    errors,
  })
  .meta({
    description:
      "Off while an interval may be a coincident peak of its month, where the chance is worth more than the energy " +
      "margin and the restart; the rule of the day stands in the market's coincidentPeaks. Needs feeds of load " +
      "forecast and system demand; without the key no peak is avoided",
  });
