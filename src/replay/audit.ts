import type {
  CommandLedgerRow,
  JournalLedgerRow,
  MeterLedgerRow,
  OperatorLedgerRow,
  RegisterLedgerRow,
  TimelineLedgerRow,
} from "../domain/evidence/ledgers.ts";
import type { AuditVerdict } from "../domain/evidence/model.ts";
import { textAt } from "../domain/evidence/historyEvent.ts";
import { INTEGRITY } from "./auditIntegrity.ts";
import { auditSubject } from "./auditSubject.ts";
import { dayEnd } from "../domain/market/calendar.ts";
import type { Instant } from "../domain/units/instant.ts";
import { type Bundle, openBundle, parseJson } from "./bundle.ts";
import { findDoubledRows } from "./doubledRows.ts";
import { guarded, LayerLog } from "./layerLog.ts";
import { DecisionCheck } from "./layers/decisions.ts";
import { checkDollars, type Money } from "./layers/dollars.ts";
import { checkEffects } from "./layers/effects.ts";
import { checkGuide } from "./layers/guide.ts";
import { checkJournal } from "./layers/journal.ts";
import { type Anchors, checkIntegrity, checkRunBytes, readOrFind } from "./layers/integrity.ts";
import { checkOperators } from "./layers/operators.ts";
import { checkPayloads } from "./layers/payloads.ts";
import { checkReplay } from "./layers/replay.ts";
import { checkSources } from "./layers/sources.ts";
import { StructureCheck } from "./layers/structure.ts";
import type { Settlement } from "./layers/statements.ts";
import { checkGap, type OpenedGap, openGap } from "./openGap.ts";
import { type OpenedRun, openRun } from "./openRun.ts";
import { readLedger } from "./readLedger.ts";
import { openReplayer, type Replayer } from "./replayer.ts";
import { type Parsers, SourceBook } from "./sourceBook.ts";

export interface AuditOptions extends Anchors {
  /** Path of the module that exports the workflows: the code that the histories are replayed on. */
  readonly workflowsPath: string;
  /** Readers of kept documents by source, the same as the feeds'; or how to choose them from the bundle. */
  readonly parsers: Parsers | ((bundle: Bundle) => Promise<Parsers>);
  /**
   * Build id of this program's rules and workflows, as runs name it: told to the reader when a run was written by
   * another.
   */
  readonly buildId?: string;
  /** One that stands ready, for auditing many bundles; it is left open. */
  readonly replayer?: Replayer;
  /** Told after each run. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Checks an audit bundle offline: no server, no credentials, nothing but the folder and this program's own rules.
 * A mismatch is a finding in the verdict, not an error, and so is a file that is missing. With a key that did not sign
 * the manifest the audit ends with it. @throws BundleError when the folder is no bundle or its manifest is malformed
 */
export async function auditBundle(dir: string, options: AuditOptions): Promise<AuditVerdict> {
  const bundle = await openBundle(dir);
  const logs = layerLogs();
  const subject = auditSubject(bundle.manifest, options);
  if (!(await checkIntegrity(bundle, options, logs.integrity)))
    return { ok: false, subject, layers: [logs.integrity.report()] };
  await checkGuide(bundle, options.buildId, logs.integrity);
  const decisions = await checkRuns(bundle, options, logs);
  const parsers = typeof options.parsers === "function" ? await options.parsers(bundle) : options.parsers;
  await checkMoney(bundle, parsers, decisions.facts, logs);
  const layers = Object.values(logs).map((log) => log.report());
  const { gaps } = decisions.facts;
  return {
    ok: layers.every((layer) => layer.findings.length === 0),
    subject,
    ...(gaps.length === 0 ? {} : { gaps }),
    builds: buildsOf(bundle),
    ...otherBuilds(bundle, options.buildId),
    layers,
  };
}

/** Which build wrote which runs, as their histories say; the integrity layer holds the manifest to them. */
function buildsOf(bundle: Bundle): NonNullable<AuditVerdict["builds"]> {
  const written = bundle.manifest.runs.filter(({ gap }) => gap === undefined);
  return [...Map.groupBy(written, ({ buildId }) => buildId)].map(([buildId, runs]) => ({
    buildId,
    runs: runs.map(({ sequence }) => sequence),
  }));
}

/**
 * The program replays on its own rules: on a bundle of another build a difference may be the program's and no forgery.
 */
function otherBuilds(bundle: Bundle, program: string | undefined): Pick<AuditVerdict, "otherBuilds"> {
  const recorded = [...new Set(bundle.manifest.runs.flatMap(({ gap, buildId }) => (gap ? [] : buildId)))].filter(
    (buildId) => buildId !== program,
  );
  return program === undefined || recorded.length === 0 ? {} : { otherBuilds: { recorded, program } };
}

/** Run after run, so that memory holds one history at a time. */
async function checkRuns(bundle: Bundle, options: AuditOptions, logs: Logs): Promise<DecisionCheck> {
  const structure = new StructureCheck(bundle.manifest.siteId, logs.structure);
  const decisions = new DecisionCheck(logs.decisions);
  const rows = await readLedger<OperatorLedgerRow>(bundle, "operators", logs.operators);
  findDoubledRows("operators", rows, ({ keyId }) => `key ${keyId}`, logs.operators);
  const keys = new Map(rows.map((key) => [key.keyId, key]));
  const replayer = options.replayer ?? (await openReplayer(options.workflowsPath));
  try {
    let done = 0;
    for await (const opened of openRuns(bundle, options, logs, structure)) {
      if ("gap" in opened) {
        await guarded(logs.decisions, opened.run.file, () => decisions.onGap(opened));
        continue;
      }
      const run = await replayer.replay(opened);
      checkReplay(run, logs.replay);
      await guarded(logs.payloads, run.run.file, () => checkPayloads(run, logs.payloads));
      await guarded(logs.operators, run.run.file, () =>
        checkOperators(bundle.manifest.siteId, run, keys, logs.operators),
      );
      await guarded(logs.decisions, run.run.file, () => decisions.onRun(run));
      options.onProgress?.(++done, bundle.manifest.runs.length);
    }
    structure.end(bundle.manifest.runs.length);
  } finally {
    if (options.replayer === undefined) replayer.close();
  }
  return decisions;
}

function layerLogs() {
  return {
    integrity: new LayerLog("integrity", INTEGRITY),
    structure: new LayerLog("structure", "histories are whole, closed, and follow each other"),
    replay: new LayerLog("replay", "the workflow code could have written each history"),
    payloads: new LayerLog("payloads", "what the code commands is what the history says"),
    operators: new LayerLog("operators", "every order and release signed by a key of its operator"),
    decisions: new LayerLog("decisions", "every decision recomputed from its inputs, bit for bit"),
    sources: new LayerLog("sources", "every market value is in a kept document"),
    effects: new LayerLog("effects", "every command follows from a decision, none from an older one"),
    dollars: new LayerLog("dollars", "settlements, postings and statements recomputed, to the last 10⁻⁸ USD"),
  };
}
type Logs = ReturnType<typeof layerLogs>;

/** Runs and gaps that can be read at all; the others are findings of the structure. */
async function* openRuns(
  bundle: Bundle,
  anchors: Anchors,
  logs: Logs,
  structure: StructureCheck,
): AsyncGenerator<OpenedRun | OpenedGap> {
  for (const run of bundle.manifest.runs) {
    const bytes = await readOrFind(bundle, run.file, logs.integrity);
    if (bytes === undefined) continue;
    checkRunBytes(run, bytes, logs.integrity);
    let opened: OpenedRun | OpenedGap;
    try {
      opened = run.gap === true ? openGap(run, bytes) : openRun(run, bytes);
    } catch (error) {
      const expected = run.gap === true ? "the record of a gap" : "a Temporal history in proto JSON";
      logs.structure.find(run.file, expected, (error as Error).message);
      continue;
    }
    if ("gap" in opened) {
      checkGap(opened, bundle.manifest.siteId, anchors, logs.integrity);
      structure.onGap(opened);
      yield opened;
      continue;
    }
    const { events } = opened;
    await guarded(logs.structure, run.file, () => structure.onRun(opened as OpenedRun));
    if (events.length > 0) yield opened;
  }
}

/** What follows from all runs together: documents, commands, settlements, statements. */
async function checkMoney(bundle: Bundle, parsers: Parsers, facts: DecisionCheck["facts"], logs: Logs): Promise<void> {
  const points = new Set(facts.records.map(({ start }) => start.plan.settlementPoint));
  for (const { input } of facts.arrivals) if ("settlementPoint" in input) points.add(input.settlementPoint);
  for (const { path } of bundle.manifest.settlements)
    await guarded(logs.dollars, path, async () => {
      points.add(textAt(parseJson(path, await bundle.read(path)), "input", "settlementPoint") ?? "");
    });
  let book = SourceBook.without(bundle, parsers, points);
  await guarded(logs.sources, "documents/index.json", async () => {
    book = await SourceBook.open(bundle, parsers, points);
  });
  await guarded(logs.sources, "signals", () => checkSources(facts.arrivals, book, logs.sources));
  await guarded(logs.dollars, "settlements", () => checkSettledSite(bundle, facts, logs.dollars));
  const timeline = await readLedger<TimelineLedgerRow>(bundle, "timeline", logs.effects);
  const commands = await readLedger<CommandLedgerRow>(bundle, "commands", logs.effects);
  findDoubledRows(
    "commands",
    commands,
    ({ revision, attempt, machineId }) => `revision ${revision} attempt ${attempt} ${machineId}`,
    logs.effects,
  );
  await guarded(logs.effects, "ledgers", () =>
    checkEffects(
      facts,
      { siteId: bundle.manifest.siteId, settledUntil: settledUntil(bundle) },
      commands,
      timeline,
      logs.effects,
    ),
  );
  const registers = await readLedger<RegisterLedgerRow>(bundle, "registers", logs.dollars);
  findDoubledRows("registers", registers, ({ meterId, boundaryAt }) => `${meterId} at ${boundaryAt}`, logs.dollars);
  const meters = await readLedger<MeterLedgerRow>(bundle, "meters", logs.dollars);
  findDoubledRows("meters", meters, ({ meterId }) => meterId, logs.dollars);
  const journal = await readLedger<JournalLedgerRow>(bundle, "journal", logs.dollars);
  let money: Money = { settlements: [], statements: [] };
  await guarded(logs.dollars, "settlements", async () => {
    money = await checkDollars(bundle, { registers, meters, timeline }, journal, book, logs.dollars);
  });
  await guarded(logs.dollars, "ledgers/journal.jsonl", () => checkJournal(money, journal, logs.dollars));
}

/** The end of the last settled day, as the files are named; what they are named is checked with their content. */
function settledUntil({ manifest }: Bundle): Instant | undefined {
  const days = manifest.settlements.flatMap(
    ({ path }) => /^settlements\/(\d{4}-\d\d-\d\d)-v\d+\.json$/.exec(path)?.[1] ?? [],
  );
  const last = days.sort().at(-1);
  return last === undefined ? undefined : dayEnd(last);
}

/**
 * Each settlement is of this site and at a point at which the site decided: prices of another point would settle
 * without a mismatch.
 */
async function checkSettledSite(bundle: Bundle, facts: DecisionCheck["facts"], log: LayerLog): Promise<void> {
  const points = new Set(
    facts.records.map(({ start }) => `${start.plan.settlementPoint} ${start.plan.settlementPointType}`),
  );
  for (const { path } of bundle.manifest.settlements) {
    await guarded(log, path, async () => {
      const { input } = parseJson(path, await bundle.read(path)) as Settlement;
      log.same(`${path} site`, bundle.manifest.siteId, input.siteId);
      log.same(`${path} file of its day and version`, `settlements/${input.operatingDay}-v${input.version}.json`, path);
      const point = `${input.settlementPoint} ${input.settlementPointType}`;
      if (points.size > 0 && !points.has(point)) log.find(`${path} settlement point`, [...points].join(" or "), point);
    });
  }
}
