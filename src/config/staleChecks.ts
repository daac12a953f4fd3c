import { finding } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { SiteFile } from "./schema/config.ts";

/** Consecutive SCED runs lie at most this far apart, and a run is seen up to a minute after it. */
const SCED_SECONDS_MIN = 330 + 60;

/** Age limits that an input in good order cannot keep: it would be silent between any two of its values. */
export function staleFindings({ policy: { staleness }, feeds, site }: SiteFile): Finding[] {
  const atLeast = (key: keyof typeof staleness, least: number, why: string): Finding[] =>
    staleness[key] >= least
      ? []
      : [finding(["policy", "staleness", key], `is ${staleness[key]}: ${why}`, `at least ${least} s`)];
  const gridEvery = feeds.dashboardGridCondition.pollEverySeconds;
  const hashpriceEvery = feeds.hashprice.pollEverySeconds;
  return [
    ...atLeast(
      "scedPriceSeconds",
      SCED_SECONDS_MIN,
      "SCED runs come up to 330 s apart, so it would fall silent by itself",
    ),
    ...(site.gridSource === "feed"
      ? atLeast("gridConditionSeconds", 2 * gridEvery, `it is polled every ${gridEvery} s`)
      : []),
    ...atLeast("hashpriceSeconds", hashpriceEvery, `it is polled every ${hashpriceEvery} s`),
  ];
}
