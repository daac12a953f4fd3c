import pc from "picocolors";
import type { CohortDecision, DecisionRecord } from "../../domain/decision/model.ts";
import { splitText } from "../../domain/decision/split.ts";
import { centralWall } from "../../domain/market/calendar.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { fixed, kwText } from "../../domain/units/numberText.ts";
import type { ClosedVerdict, MeterNow } from "../../ports/siteRecords.ts";

const KW_WIDTH = 10;
const METER_WIDTH = 19;

/** What the columns of a quarter hour are: what the meter showed, and what was ordered meanwhile. */
export const HEADING = "time            price  grid     site meter           ordered";

/** Time, price and grid level, with which a line on a decision begins. */
export function lineStart(record: DecisionRecord): string {
  return `${hhmm(record.input.asOf)}  ${priceText(record)}  ${gridText(record)}`;
}

/** What `normal*` means, for the first line that has the star. */
export const ASSUMED_LEGEND = `${" ".repeat(7)}* assumed: this site has no grid feed`;

/** What the meter last showed, when, and the modes that were ordered until this decision. */
export function quarterHourText({ output }: DecisionRecord, meter: MeterNow | undefined): string {
  return `${meterText(meter).padEnd(METER_WIDTH)}  ${modesText(output.cohorts)}`;
}

/** `all normal`; `mesquite-s19j off, others normal`: what most cohorts hold is said once. */
function modesText(cohorts: readonly CohortDecision[]): string {
  const alike = [...Map.groupBy(cohorts, ({ fromSplit }) => splitText(fromSplit).replaceAll(", ", " + "))];
  const [most] = alike.toSorted((a, b) => b[1].length - a[1].length);
  if (most === undefined) return "";
  if (alike.length === 1) return `all ${most[0]}`;
  const isShared = most[1].length > 1;
  const named = alike.filter((one) => !(isShared && one === most));
  const texts = named.flatMap(([modes, its]) => its.map(({ cohortId }) => `${cohortId} ${modes}`));
  return [...texts, ...(isShared ? [`others ${most[0]}`] : [])].join(", ");
}

/** Cohorts that stay as they are for another reason than before: the megawatts change their owner. */
export function reasonTexts(
  stayed: readonly { readonly cohort: CohortDecision; readonly before: string }[],
): readonly string[] {
  const alike = Map.groupBy(stayed, ({ cohort: { split, reason }, before }) =>
    [splitText(split), before, reason].join("\n"),
  );
  return [...alike].map(([key, its]) => {
    const [modes, before, reason] = key.split("\n");
    return `${its.map(({ cohort }) => cohort.cohortId).join(", ")} to stay ${modes}: ${before} → ${reason}`;
  });
}

/** A verdict as it closed; one that was overtaken is none of the meter's. */
export function verdictLine({ outcome, revision, sentence, closedAt }: ClosedVerdict): string {
  const start = `${hhmm(closedAt)}  `;
  if (outcome === "superseded")
    return `${start}${pc.dim("·")} revision ${revision} was overtaken before the meter judged it`;
  const mark = outcome === "confirmed" ? pc.green("✓") : outcome === "unknown" ? pc.yellow("?") : pc.red("!");
  return `${start}${mark} meter: ${sentence}`;
}

/** Central wall time to the minute. */
export function hhmm(at: Instant): string {
  return centralWall(at).time.slice(0, 5);
}

function meterText(meter: MeterNow | undefined): string {
  if (meter === undefined) return "no reading yet";
  const time = hhmm(meter.readAt);
  if (meter.quality === "stale") return `frozen at ${time}`;
  if (meter.quality !== "metered" || meter.powerKw === undefined) return `no reading at ${time}`;
  return `${kwText(meter.powerKw).padStart(KW_WIDTH)} at ${time}`;
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
