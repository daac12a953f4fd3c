import { duplicates, type Finding, finding } from "./finding.ts";
import type { SiteFile } from "./schema/config.ts";

/** Stop inputs of one name, of cohorts that the site has not, and polled so seldom that one lost read is silence. */
export function stopInputFindings({ stopInputs = [], cohorts }: SiteFile): Finding[] {
  const known = cohorts.map(({ cohortId }) => cohortId);
  return [
    ...duplicates(
      stopInputs.map(({ inputId: id }, index) => ({ id, path: ["stopInputs", index, "inputId"] })),
      "stop input",
    ),
    ...stopInputs.flatMap(({ cohorts: stopped = [] }, index) => [
      ...duplicates(
        stopped.map((id, position) => ({ id, path: ["stopInputs", index, "cohorts", position] })),
        "cohort",
      ),
      ...stopped.flatMap((cohortId, position) =>
        known.includes(cohortId)
          ? []
          : [
              finding(
                ["stopInputs", index, "cohorts", position],
                `is "${cohortId}", not a cohort of this file`,
                `one of ${known.join(", ")}`,
              ),
            ],
      ),
    ]),
    ...stopInputs.flatMap(({ pollSeconds, silentAfterSeconds }, index) =>
      silentAfterSeconds >= 2 * pollSeconds
        ? []
        : [
            finding(
              ["stopInputs", index, "silentAfterSeconds"],
              `is ${silentAfterSeconds} s with a read every ${pollSeconds} s: one lost read would be silence`,
              "at least twice pollSeconds",
            ),
          ],
    ),
  ];
}
