import { finding, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { SiteFile } from "./schema/config.ts";

/** Consecutive SCED runs lie at most this far apart, and a run is seen up to a minute after it. */
const SCED_SECONDS_MIN = 330 + 60;

/** What lasts longer was written in milliseconds. */
const DISPATCH_SECONDS_MAX = 3_600;
const STALE_SECONDS_MAX = 86_400;
/** A price or a grid level of an hour ago says nothing of now. */
const STALE_SECONDS_USUAL_MAX = 3_600;

/** Times of a dispatch that no machine and no meter needs, and a read-back after the meter's verdict. */
export function dispatchFindings({ policy: { dispatch } }: SiteFile): Finding[] {
  const path = ["policy", "dispatch"];
  return (["deadlineSeconds", "settleDownSeconds", "settleUpSeconds"] as const).flatMap((key) => {
    const seconds = dispatch[key];
    if (seconds > DISPATCH_SECONDS_MAX)
      return [
        finding(
          [...path, key],
          `is ${seconds}`,
          `seconds, at most ${DISPATCH_SECONDS_MAX}; this looks like milliseconds: divide by 1000`,
        ),
      ];
    return key === "deadlineSeconds" || seconds < dispatch.deadlineSeconds
      ? []
      : [
          warning(
            [...path, key],
            `is ${seconds}: machines are read back after deadlineSeconds ${dispatch.deadlineSeconds}, when the meter ` +
              `has judged`,
            "less than deadlineSeconds",
          ),
        ];
  });
}

/**
 * Age limits that an input in good order cannot keep: it would be silent between any two of its values; and limits that
 * no silence reaches in time.
 */
export function staleFindings({ policy: { staleness }, feeds, site }: SiteFile): Finding[] {
  const atLeast = (key: keyof typeof staleness, least: number, why: string): Finding[] =>
    staleness[key] >= least
      ? []
      : [finding(["policy", "staleness", key], `is ${staleness[key]}: ${why}`, `at least ${least} s`)];
  const gridEvery = feeds.dashboardGridCondition.pollEverySeconds;
  const hashpriceEvery = feeds.hashprice.pollEverySeconds;
  const atMost = (key: "scedPriceSeconds" | "gridConditionSeconds"): Finding[] => {
    const seconds = staleness[key];
    const path = ["policy", "staleness", key];
    if (seconds > STALE_SECONDS_MAX)
      return [finding(path, `is ${seconds}`, "seconds, at most a day; this looks like milliseconds: divide by 1000")];
    return seconds > STALE_SECONDS_USUAL_MAX
      ? [warning(path, `is ${seconds}: the site would act on information that old`, "at most an hour, 3600 s")]
      : [];
  };
  return [
    ...atMost("scedPriceSeconds"),
    ...atMost("gridConditionSeconds"),
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
