import { z } from "zod";
import { day, number, oneLine, text, whole } from "./common.ts";

const dated = {
  effectiveFrom: day("First operating day, inclusive"),
  source: text("Where the figure comes from, and how sure it is"),
};

/** Dated constants of a market, each with its source; the row in force is the last one that is effective. */
export const marketSchema = z.strictObject({
  schema: z.literal("ballast.market/1").meta({ description: "Version of this file's shape" }),
  market: z.literal("ercot"),
  priceCapsUsdPerMwh: z
    .array(z.strictObject({ ...dated, value: number("System-wide offer cap in real time, $/MWh", 0, 100_000) }))
    .min(1),
  priceFloorsUsdPerMwh: z.array(z.strictObject({ ...dated, value: number("Offer floor, $/MWh", -100_000, 0) })).min(1),
  prcThresholdsMw: z
    .array(
      z.strictObject({
        ...dated,
        watch: number("PRC below which a Watch is due, MW", 0, 100_000),
        eea1: number("PRC of EEA 1, MW", 0, 100_000),
        eea2: number("PRC of EEA 2, MW", 0, 100_000),
        eea3: number("PRC of EEA 3, MW", 0, 100_000),
      }),
    )
    .min(1),
  coincidentPeaks: z
    .array(
      z.strictObject({
        ...dated,
        called: oneLine("What it is called, e.g. 4CP"),
        months: z
          .array(whole("Month that has a peak", 1, 12))
          .min(1)
          .max(12),
        intervalMinutes: z
          .literal([5, 15, 30, 60])
          .meta({ description: "Length of the interval whose load counts, minutes" }),
        peaksPerMonth: whole("Peaks that count a month, of different days", 1, 5),
        demandYearStart: whole("Month in which the year begins whose peaks are charged together", 1, 12),
        minBillingShare: number("Share of its normal demand that a load is billed for at least", 0, 1).optional(),
      }),
    )
    .min(1)
    .meta({ description: "By which peaks of the system transmission is charged; needed where a site avoids them" })
    .optional(),
});

export type MarketConstants = z.infer<typeof marketSchema>;
