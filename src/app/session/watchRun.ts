import pc from "picocolors";
import type { CohortDecision, DecisionRecord, SitePlan } from "../../domain/decision/model.ts";
import { sameSplit, splitText } from "../../domain/decision/split.ts";
import type { Instant } from "../../domain/units/instant.ts";
import type { MeterNow, SiteRecords } from "../../ports/siteRecords.ts";
import { isOutage } from "../worker/outages.ts";
import { ASSUMED_LEGEND, hhmm, lineStart, quarterHourText, reasonTexts, verdictLine } from "./runLines.ts";

/** Real milliseconds between two looks at the ledger. */
const LOOK_EVERY_MS = 500;

/**
 * Prints what a running site does, as it happens: decisions that change something, verdicts from the meter, and a line
 * a quarter hour. Reads committed rows only. Call the returned function to stop.
 */
export function watchRun(
  records: SiteRecords,
  plan: SitePlan,
  siteMeterId: string,
  print: (line: string) => void,
): () => Promise<void> {
  const { siteId } = plan;
  let lastSequence = 0;
  let lastVerdict = 0;
  let lastLine = "";
  let lastGrid = "unknown";
  const reasons = new Map<string, string>();
  let stopped = false;
  let looking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    for (const record of await records.decisionsAfter(siteId, lastSequence)) {
      lastSequence = record.sequence;
      await showVerdicts(record.input.asOf);
      await showDecision(record);
    }
    await showVerdicts(undefined);
  }

  async function showDecision(record: DecisionRecord): Promise<void> {
    if (record.input.facts.grid.level !== lastGrid) {
      print(`${lineStart(record)}  grid condition: ${lastGrid} → ${record.input.facts.grid.level}`);
      if (record.input.facts.grid.assumed && lastGrid === "unknown") print(pc.dim(ASSUMED_LEGEND));
      lastGrid = record.input.facts.grid.level;
    }
    if (isTimeForALine(record))
      print(pc.dim(`${lineStart(record)}  ${quarterHourText(record, await meterAt(record.input.asOf))}`));
    for (const text of reasonTexts(stayedForAnother(record))) print(pc.dim(`${hhmm(record.input.asOf)}  ${text}`));
    if (!record.output.changes) return;
    print(`${lineStart(record)}  ${pc.bold(withoutSite(record.output.sentence))}`);
    for (const cohort of record.output.cohorts) {
      if (!sameSplit(cohort.split, cohort.fromSplit))
        print(`${" ".repeat(7)}${arrow(splitText(cohort.fromSplit), splitText(cohort.split))} ${cohort.sentence}`);
    }
  }

  /** A line a quarter hour while anything is ordered down, else one an hour. */
  function isTimeForALine({ input, output }: DecisionRecord): boolean {
    const quiet = output.cohorts.every((cohort) => cohort.curtailed.length === 0);
    const due = quiet ? input.intervalKey.split("/").slice(0, 2).join("/") : input.intervalKey;
    if (due === lastLine) return false;
    lastLine = due;
    return true;
  }

  /** Cohorts that stay down for another reason than before. */
  function stayedForAnother({ output }: DecisionRecord): { cohort: CohortDecision; before: string }[] {
    return output.cohorts.flatMap((cohort) => {
      const { cohortId, reason, curtailed, split, fromSplit } = cohort;
      const before = reasons.get(cohortId);
      reasons.set(cohortId, reason);
      const isOther = before !== undefined && before !== reason && curtailed.length > 0 && sameSplit(split, fromSplit);
      return isOther ? [{ cohort, before }] : [];
    });
  }

  /** Whoever watches knows which site a line is of. */
  function withoutSite(sentence: string): string {
    return sentence.startsWith(`${siteId}: `) ? sentence.slice(siteId.length + 2) : sentence;
  }

  async function showVerdicts(before: Instant | undefined): Promise<void> {
    for (const verdict of await records.verdictsAfter(siteId, lastVerdict, before)) {
      lastVerdict = verdict.revision;
      print(verdictLine(verdict));
    }
  }

  const meterAt = (at: Instant): Promise<MeterNow | undefined> => records.boundaryRead(siteId, siteMeterId, at);

  async function loop(): Promise<void> {
    while (!stopped) {
      await look().catch(unlessOutage);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    await look().catch(unlessOutage);
  }
  looking = loop();
  return async () => {
    stopped = true;
    await looking;
  };
}

/** A database that is away for now is looked at again. */
function unlessOutage(error: unknown): void {
  if (!isOutage(error)) throw error;
}

function arrow(from: string, to: string): string {
  if (to === "off") return pc.red("▼");
  return from === "off" ? pc.green("▲") : pc.yellow("↕");
}
