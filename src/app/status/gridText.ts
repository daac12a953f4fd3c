import pc from "picocolors";
import type { GridLevel, GridPreAlert } from "../../domain/market/model.ts";
import type { GridNotice } from "../../domain/market/noticesInForce.ts";
import { GRID_NOTICES } from "../../domain/inputs/noticesKnown.ts";
import { deployedText } from "../../domain/inputs/deployed.ts";
import { isEmergency } from "../../domain/market/gridLevels.ts";
import { type Instant, secondsBetween } from "../../domain/units/instant.ts";
import { fixed, unrounded } from "../../domain/units/numberText.ts";
import type { GridSourceNow } from "../../readModels/marketNow.ts";
import type { SiteNow } from "../../readModels/siteNow.ts";
import { ageText, centralTime } from "../timeText.ts";

/** The grid level that the site acts on, its notes, and when it was observed. */
export function gridText({ grid, at }: SiteNow): string {
  if (grid === undefined) return "not known yet";
  if (grid.assumed) return `${grid.level}, assumed: this site has no grid feed`;
  const notes = [
    grid.unreadable ? ", its newest state cannot be read: look at ERCOT's own page" : "",
    // What is declared has overtaken it.
    grid.preAlert === undefined || grid.level === "watch" || grid.level.startsWith("eea")
      ? ""
      : pc.yellow(preAlertText(grid.preAlert)),
    grid.released ? `, released by ${grid.released.actor}: ${grid.released.reason}` : "",
  ].join("");
  const untold = grid.level === "unknown" && !grid.unreadable ? " to the site so far" : "";
  const level = `${grid.level === "normal" ? grid.level : pc.red(grid.level)}${untold}${notes}`;
  const observed =
    grid.observedAt === undefined
      ? ""
      : `, observed ${centralTime(grid.observedAt, at)} (${ageText(secondsBetween(grid.observedAt, at))} ago)`;
  return `${level}${observed}${evidenceText(grid, at)}`;
}

/** Why the level is what it is: which source says what, and what would make it fall. */
function evidenceText(
  { level, since, saidBy = [], sources = [], notices = [], falls, deployed, knownAt }: NonNullable<SiteNow["grid"]>,
  at: Instant,
): string {
  const isPlain = sources.every((one) => one.level === level && one.next === undefined && !one.isSilent);
  const isCalm = level === "normal" || level === "unknown";
  const noticed = notices.map((notice) => `; notice in force: ${noticeText(notice, at)}`).join("");
  const inForce = `${noticed}${deployed === undefined ? "" : `; ${deploymentText(deployed, at)}`}`;
  if (sources.length === 0 || (isPlain && isCalm)) return inForce;
  const began =
    since === undefined || isCalm
      ? ""
      : `; in force since ${centralTime(since, at)}${saidBy.length === 0 ? "" : ` by ${saidBy.join(" and ")}`}`;
  const isOld = knownAt !== undefined && secondsBetween(knownAt, at) > OLD_SECONDS;
  const known = isOld ? `, as the site took up at ${centralTime(knownAt, at)}` : "";
  const ends = isCalm ? "" : `; ${fallText(level, falls, at)}`;
  return `${began}; ${sources.map(sourceText).join(", ")}${known}${inForce}${ends}`;
}

function preAlertText({ prcMw, belowMw, fallingMwPerMinute: fell }: GridPreAlert): string {
  const [prc, figure] = [prcMw, belowMw].map((mw) => unrounded(mw, 0));
  return fell === undefined
    ? `, pre-alert: PRC ${prc} MW, a Watch is due below ${figure} MW`
    : `, pre-alert of the site's own: PRC ${prc} MW, below ${figure} MW, fell by ${fixed(fell, 0)} MW a minute`;
}

/** Two SCED runs: what was decided on before has not changed since. */
const OLD_SECONDS = 600;

function deploymentText({ scedAt, ageSeconds, upTo, ...deployed }: Deployment, at: Instant): string {
  return (
    `deployed by the SCED run of ${centralTime(scedAt, at)} (${ageText(ageSeconds)} ago): ${deployedText(deployed)}; ` +
    `one poll that says ${upTo} or less is enough with it`
  );
}
type Deployment = NonNullable<NonNullable<SiteNow["grid"]>["deployed"]>;

function noticeText({ names, postedAt, summary }: GridNotice, at: Instant): string {
  return `${names} of ${centralTime(postedAt, at)} ("${summary}")`;
}

function sourceText({ source, level, next, isSilent, isUnreadable, ageSeconds }: GridSourceNow): string {
  const notes = [
    ageSeconds === undefined ? "" : `read ${ageText(ageSeconds)} ago`,
    isSilent ? "silent" : "",
    isUnreadable ? "cannot be read" : "",
    next === undefined || isUnreadable ? "" : `${next} in its newest poll`,
  ].filter((note) => note !== "");
  const said = `${source} ${isSilent || isUnreadable ? "said" : "says"} ${level}`;
  return notes.length === 0 ? said : `${said} (${notes.join(", ")})`;
}

function fallText(level: GridLevel, falls: NonNullable<SiteNow["grid"]>["falls"], at: Instant): string {
  if (falls === undefined || !falls.isFresh)
    return isEmergency(level)
      ? "no source is fresh: it stands until one says lower twice, or `ballast release grid-level`"
      : "no source is fresh: it stands until one says otherwise twice";
  const by = falls.keptBy.join(" and ");
  if (falls.until === undefined && falls.keptBy.every((source) => source === GRID_NOTICES))
    return isEmergency(level)
      ? "it falls when ERCOT ends its notice, or `ballast release grid-level`"
      : "it falls when ERCOT ends its notice";
  const [says, speaks] = falls.keptBy.length === 1 ? ["says", "speaks"] : ["say", "speak"];
  return falls.until === undefined
    ? `it falls when ${by} ${says} lower twice`
    : `it falls at ${centralTime(falls.until, at)} at the latest, unless ${by} ${speaks} again and ${says} so`;
}
