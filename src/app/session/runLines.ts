import pc from "picocolors";
import type { CohortDecision, DecisionRecord } from "../../domain/decision/model.ts";
import { splitText } from "../../domain/decision/split.ts";
import { centralWall } from "../../domain/market/calendar.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { fixed, kwText } from "../../domain/units/numberText.ts";
import type { ClosedVerdict, MeterNow } from "../../ports/siteRecords.ts";

const KW_WIDTH = 12;
const UNDER_THE_GRID = " ".repeat(21);

/** Time, price and grid level, with which a line on a decision begins. */
export function lineStart(record: DecisionRecord): string {
  return `${hhmm(record.input.asOf)}  ${priceText(record)}  ${gridText(record)}`;
}

/** What `normal*` means, for the first line that has the star. */
export const ASSUMED_LEGEND = `${" ".repeat(7)}* assumed: this site has no grid feed`;

/** What the meter last showed, when, and the modes that are ordered meanwhile. */
export function quarterHourText(record: DecisionRecord, meter: MeterNow | undefined): string {
  const [first, ...others] = record.output.cohorts;
  const isOne = first !== undefined && others.every((cohort) => modesOf(cohort) === modesOf(first));
  const modes = isOne
    ? `all ${modesOf(first)}`
    : record.output.cohorts.map((cohort) => `${cohort.cohortId} ${modesOf(cohort)}`).join(", ");
  return `${meterText(meter)}  (ordered: ${modes})`;
}

function modesOf({ split }: CohortDecision): string {
  return splitText(split).replaceAll(", ", " + ");
}

/** A verdict as it closed; one that was overtaken is none of the meter's. */
export function verdictLine({ outcome, revision, sentence, closedAt }: ClosedVerdict): string {
  const start = `${hhmm(closedAt)}  ${UNDER_THE_GRID}`;
  if (outcome === "superseded")
    return `${start}${pc.dim("·")} revision ${revision} was overtaken before the meter judged it`;
  return `${start}${outcome === "confirmed" ? pc.green("✓") : pc.red("!")} meter: ${sentence}`;
}

/** Central wall time to the minute. */
export function hhmm(at: Instant): string {
  return centralWall(at).time.slice(0, 5);
}

function meterText(meter: MeterNow | undefined): string {
  if (meter === undefined) return "no reading of the site meter yet";
  const time = hhmm(meter.readAt);
  if (meter.quality === "stale") return `site meter frozen at ${time}`;
  if (meter.quality !== "metered" || meter.powerKw === undefined)
    return `no usable reading of the site meter at ${time}`;
  return `${kwText(meter.powerKw).padStart(KW_WIDTH)} at the site meter at ${time}`;
}

function priceText(record: DecisionRecord): string {
  const price = record.output.expectedPrice?.expectedUsdPerMwh;
  const text = price === undefined ? "no price" : `${fixed(price, 2)} $/MWh`;
  const padded = text.padStart(14);
  return price !== undefined && price > 1_000
    ? pc.red(padded)
    : price !== undefined && price > 75
      ? pc.yellow(padded)
      : padded;
}

function gridText(record: DecisionRecord): string {
  const { level, assumed } = record.input.facts.grid;
  const text = (assumed ? `${level}*` : level).padEnd(7);
  return level.startsWith("eea") ? pc.bgRed(pc.white(text)) : text;
}
