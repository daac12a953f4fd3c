import { z } from "zod";
import { number } from "./common.ts";

const month = (what: string) => number(`${what}, $ a month`, 0, 1_000_000_000).optional();

/** What a site costs beside power, for `ballast economics` alone: no decision and no statement reads it. */
export const costsSchema = z
  .strictObject({
    hostingUsdPerMwh: number(
      "Hosting beside power, $/MWh at the site meter; 0 where the machines are the site's own",
      0,
      1_000,
    ).optional(),
    depreciationUsdPerMonth: month("Depreciation of machines and site"),
    sgaUsdPerMonth: month("Selling, general and administrative costs without stock compensation"),
    interestUsdPerMonth: month("Interest paid in cash"),
  })
  .meta({ description: "Costs beside power, for `ballast economics`; a figure that lacks one of them is left out" });
