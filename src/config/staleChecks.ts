import { finding, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { SiteFile } from "./schema/config.ts";

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

/** Age limits that no silence reaches in time. What a source's polls ask of a limit, the source says. */
export function staleFindings({ policy: { staleness } }: SiteFile): Finding[] {
  return (["scedPriceSeconds", "gridConditionSeconds"] as const).flatMap((key) => {
    const seconds = staleness[key];
    const path = ["policy", "staleness", key];
    if (seconds > STALE_SECONDS_MAX)
      return [finding(path, `is ${seconds}`, "seconds, at most a day; this looks like milliseconds: divide by 1000")];
    return seconds > STALE_SECONDS_USUAL_MAX
      ? [warning(path, `is ${seconds}: the site would act on information that old`, "at most an hour, 3600 s")]
      : [];
  });
}
