import pc from "picocolors";
import { secondsBetween } from "../../domain/units/instant.ts";
import { kwText } from "../../domain/units/numberText.ts";
import type { SiteNow } from "../../readModels/siteNow.ts";
import { ageText, centralTime } from "../timeText.ts";

/** What the site is to draw; what it draws is for the meter to say. */
export function orderedText({ power, cohorts }: SiteNow): string {
  if (power.commandedKw === undefined) return "nothing yet";
  const able = sum(cohorts.flatMap(({ ableToRun }) => ableToRun ?? []));
  const all = sum(cohorts.map(({ machines }) => machines));
  if (able === 0) return `nothing to draw: none of ${all} machines is known to be able to run`;
  return `${kwText(power.commandedKw)}, if the ${able} of ${all} machines able to run all follow`;
}

/** What the newest revision's commands came to: acknowledged and read back, each a fact of its own. */
export function commandFacts({ commands, revisionUnderWay }: SiteNow): (readonly [label: string, text: string])[] {
  if (commands === undefined) return [["acknowledged", "no command has gone out"]];
  const { revision, ordered, acknowledged, asOrdered, otherwise, readSince, notRead } = commands;
  const read = [
    `${asOrdered} of ${ordered} machines as ordered`,
    `${otherwise} otherwise`,
    ...(readSince > 0 ? [`${readSince} read since, for another reason`] : []),
    `${notRead} not read`,
  ];
  return [
    [
      "acknowledged",
      `${acknowledged} of ${ordered} machines commanded at revision ${revision}` +
        (revisionUnderWay === revision ? " so far" : ""),
    ],
    ["read back", read.join(", ")],
  ];
}

/** What the site meter shows, and when. */
export function meteredText({ power, at }: SiteNow): string {
  const { meteredKw, meteredAt, meterQuality } = power;
  if (meteredAt === undefined) return "no reading of the site meter yet";
  const metered =
    meteredKw === undefined
      ? pc.red(`site meter ${meterQuality === "stale" ? "frozen" : "gave no usable reading"}`)
      : `${pc.bold(kwText(meteredKw))} at the site meter`;
  return `${metered} at ${centralTime(meteredAt, at)} (${ageText(secondsBetween(meteredAt, at))} ago)`;
}

/** The newest verdict from the meter, and revisions that have none yet. */
export function verdictText({ verdict, revisionUnderWay, revisionNotBegun, at }: SiteNow): string {
  const open = [
    ...(revisionNotBegun === undefined ? [] : [`revision ${revisionNotBegun} is ordered and not begun`]),
    ...(revisionUnderWay === undefined ? [] : [`revision ${revisionUnderWay} is under way`]),
  ].map((text) => pc.yellow(text));
  if (verdict === undefined) return ["none yet", ...open].join("; ");
  const { revision, outcome, closedAt, sentence } = verdict;
  const time = centralTime(closedAt, at);
  if (outcome === "superseded") return [...open, `revision ${revision} superseded at ${time}`].join("; ");
  return [...open, `at ${time}: ${outcome === "confirmed" ? sentence : pc.yellow(sentence)}`].join("; ");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
