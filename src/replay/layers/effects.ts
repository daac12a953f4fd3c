import { isCommanded } from "../../domain/decision/isCommanded.ts";
import { type DispatchVerdictInput, isDispatchVerdict } from "../../domain/inputs/dispatchVerdict.ts";
import { splitText } from "../../domain/decision/split.ts";
import type { CommandLedgerRow, TimelineLedgerRow } from "../../domain/evidence/ledgers.ts";
import { memberAt } from "../../domain/evidence/historyEvent.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { findDoubledRows } from "../doubledRows.ts";
import { guarded, type LayerLog } from "../layerLog.ts";
import { settledUntil } from "../settledDays.ts";
import type { SiteFacts } from "../siteFacts.ts";
import { checkFirstWaves } from "./commandWaves.ts";
import type { AuditLayer } from "./layer.ts";
import { checkMeterWords } from "./meterWords.ts";
import { checkTimeline } from "./timeline.ts";

/** Whose commands, and the end of the last day that money was made of: what it rests on must be in the bundle. */
interface SettledSite {
  readonly siteId: string;
  readonly settledUntil?: Instant;
}

/**
 * Commands against decisions: every command belongs to a decided revision and names its target, none to a cohort that
 * the plan does not let us command, none of an older revision after a newer one; every dispatched revision was started,
 * and answered by a command or a verdict, its first wave without a line missing; the timeline that settlement reads is
 * the decisions'.
 */
function checkEffects(
  facts: SiteFacts,
  site: SettledSite,
  commands: readonly CommandLedgerRow[],
  timeline: readonly TimelineLedgerRow[],
  log: LayerLog,
): void {
  const { siteId } = site;
  const horizon = facts.arrivals.reduce(
    (latest, { input }) => (input.at > latest ? input.at : latest),
    site.settledUntil ?? "",
  );
  const dispatched = new Map<number, SiteFacts["records"][number]>();
  for (const entry of facts.records)
    if (entry.record.dispatch !== undefined) dispatched.set(entry.record.dispatch.revision, entry);
  const covered = upToHorizon("commands", commands, horizon, (row) => dispatched.has(row.revision), log);
  checkCommands(covered, dispatched, facts, log);
  checkFirstWaves(facts.children, resultsOf(facts, siteId), commands, log);
  checkFence(commands, log);
  checkAnswers(facts, siteId, commands, dispatched, log);
  checkVerdicts(facts, siteId, log);
  checkMeterWords(facts, log);
  const decided = new Set(facts.records.map(({ record }) => record.sequence));
  checkTimeline(
    facts,
    upToHorizon("timeline", timeline, horizon, (row) => decided.has(row.sequence), log),
    log,
  );
}

/**
 * Lines from the market time on at which the last run closed belong to a run that is not in the bundle, unless their
 * day is settled.
 */
function upToHorizon<Row extends { readonly at: string }>(
  name: string,
  rows: readonly Row[],
  horizon: string,
  isKnown: (row: Row) => boolean,
  log: LayerLog,
): readonly Row[] {
  const covered = rows.filter((row) => row.at < horizon || isKnown(row));
  if (covered.length < rows.length)
    log.note(
      `${rows.length - covered.length} lines of ledgers/${name}.jsonl at or after ${horizon} belong to a run that ` +
        `is not closed yet: not checked`,
    );
  return covered;
}

function checkCommands(
  commands: readonly CommandLedgerRow[],
  dispatched: ReadonlyMap<number, SiteFacts["records"][number]>,
  facts: SiteFacts,
  log: LayerLog,
): void {
  const firstRevision = Math.min(...dispatched.keys());
  const partial = (facts.records[0]?.record.sequence ?? 1) > 1;
  const unfounded: number[] = [];
  for (const row of commands) {
    const where = `ledgers/commands.jsonl revision ${row.revision} ${row.machineId}`;
    log.check();
    const decided = dispatched.get(row.revision);
    if (decided === undefined && isLost(row.revision, facts)) continue;
    if (decided === undefined) {
      if (!(partial && row.revision < firstRevision)) unfounded.push(row.revision);
      continue;
    }
    const { record, start } = decided;
    const target = record.dispatch?.targets.find(({ cohortId }) => cohortId === row.cohortId);
    if (target?.split.some(({ modeId }) => modeId === row.modeId) !== true)
      log.find(
        where,
        `${row.cohortId} to ${splitText(target?.split ?? [])} (decision ${record.sequence})`,
        `${row.cohortId} to ${row.modeId}`,
      );
    if (row.at < record.input.asOf) log.find(where, `not before the decision at ${record.input.asOf}`, row.at);
    const cohort = start.plan.cohorts.find(({ cohortId }) => cohortId === row.cohortId);
    if (row.writes > 0 && (cohort === undefined || !isCommanded(start.plan, cohort, record.input.facts.frozenCohorts)))
      log.find(where, `no command: ${row.cohortId} is not under control, or frozen`, `${row.writes} writes`);
  }
  for (const [revision, lines] of Map.groupBy(unfounded, (one) => one))
    log.find(
      `ledgers/commands.jsonl revision ${revision}`,
      "a decision that dispatched this revision",
      `none for its ${lines.length} lines`,
    );
}

/** What each dispatch came to: as its workflow ended, or as the site was told where a run had ended before. */
function resultsOf(facts: SiteFacts, siteId: string): Map<string, unknown> {
  const results = new Map<string, unknown>();
  for (const { input } of facts.arrivals)
    if (isDispatchVerdict(input)) results.set(`dispatch/${siteId}/${input.revision}`, input.outcome);
  for (const { workflowId, result } of facts.dispatchResults) results.set(workflowId, result);
  return results;
}

/** Decided in a gap of the evidence: the gap says so, no history can. */
function isLost(revision: number, { lostRevisions }: SiteFacts): boolean {
  return lostRevisions.some(({ above, upTo }) => (above === undefined || revision > above) && revision <= upTo);
}

/** Per machine: once a newer revision has been written, an older one is never written again. */
function checkFence(commands: readonly CommandLedgerRow[], log: LayerLog): void {
  for (const [machineId, rows] of Map.groupBy(
    commands.filter(({ writes }) => writes > 0),
    (row) => row.machineId,
  )) {
    const inTime = rows.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.revision - b.revision));
    log.check();
    inTime.forEach((row, i) => {
      const before = inTime[i - 1];
      if (before !== undefined && before.revision > row.revision) {
        log.find(
          `ledgers/commands.jsonl ${machineId} at ${row.at}`,
          `revision ${before.revision} or newer, written at ${before.at}`,
          `revision ${row.revision}`,
        );
      }
    });
  }
}

function checkAnswers(
  facts: SiteFacts,
  siteId: string,
  commands: readonly CommandLedgerRow[],
  dispatched: ReadonlyMap<number, SiteFacts["records"][number]>,
  log: LayerLog,
): void {
  const commanded = new Set(commands.map(({ revision }) => revision));
  const verdicts = new Map(
    facts.arrivals.flatMap(({ input }) => (isDispatchVerdict(input) ? [[input.revision, input.outcome] as const] : [])),
  );
  const newest = Math.max(0, ...dispatched.keys());
  let previous = 0;
  for (const [revision, { where }] of dispatched) {
    log.check(3);
    if (revision <= previous) log.find(`${where} revision`, `above ${previous}`, String(revision));
    previous = revision;
    if (!facts.children.has(`dispatch/${siteId}/${revision}`))
      log.find(
        `${where} revision ${revision}`,
        `dispatch/${siteId}/${revision} started`,
        "no such child in the history",
      );
    // superseded before its first write, a revision leaves no command
    const verdict = verdicts.get(revision);
    if (commanded.has(revision) || verdict === "superseded") continue;
    if (revision === newest && verdict === undefined)
      log.note(`revision ${revision} is the last of the bundle and not yet answered`);
    else
      log.find(
        `${where} revision ${revision}`,
        "commands in the ledger",
        `none, its verdict is ${verdict ?? "missing too"}`,
      );
  }
  for (const { input, where } of facts.arrivals) {
    if (
      !isDispatchVerdict(input) ||
      facts.records.length === 0 ||
      input.revision > newest ||
      dispatched.has(input.revision) ||
      isLost(input.revision, facts)
    )
      continue;
    if ((facts.records[0]?.record.sequence ?? 1) === 1)
      log.find(`${where} verdict`, "of a revision that was dispatched", `of revision ${input.revision}`);
  }
}

/** What a dispatch ended with and what the site was told of it are the same. */
function checkVerdicts(facts: SiteFacts, siteId: string, log: LayerLog): void {
  const told = new Map<string, DispatchVerdictInput>(
    facts.arrivals.flatMap(({ input }) =>
      isDispatchVerdict(input) ? [[`dispatch/${siteId}/${input.revision}`, input] as const] : [],
    ),
  );
  for (const { workflowId, result, where } of facts.dispatchResults) {
    const verdict = told.get(workflowId);
    if (verdict === undefined) continue;
    log.same(
      `${where} ${workflowId} outcome`,
      verdict.outcome,
      result === "superseded" ? result : memberAt(result, "outcome"),
    );
    if (result === "superseded") continue;
    if (verdict.measuredKw !== undefined)
      log.same(`${where} ${workflowId} kW`, verdict.measuredKw, memberAt(result, "measuredDeltaKw"));
    if (verdict.seconds !== undefined)
      log.same(`${where} ${workflowId} seconds`, verdict.seconds, memberAt(result, "secondsSinceOrder"));
  }
}

export const effects = {
  name: "effects",
  what: "every command follows from a decision, none from an older one",
  needs: "facts",
  dependsOnBuild: true,
  check: (site, log) => ({
    async end() {
      const timeline = await site.ledgers.timeline(log);
      const commands = await site.ledgers.commands(log);
      findDoubledRows(
        "commands",
        commands,
        ({ revision, attempt, machineId }) => `revision ${revision} attempt ${attempt} ${machineId}`,
        log,
      );
      const { manifest } = site.bundle;
      const settled = { siteId: manifest.siteId, settledUntil: settledUntil(manifest) };
      await guarded(log, "ledgers", () => checkEffects(site.facts, settled, commands, timeline, log));
    },
  }),
} as const satisfies AuditLayer;
