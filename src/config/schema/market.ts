import { z } from "zod";
import { day, number, text } from "./common.ts";

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
});

export type MarketConstants = z.infer<typeof marketSchema>;
