import type { EvidenceRun, Mismatch } from "./model.ts";
import { checkReferences, type Find } from "./eventReferences.ts";
import { type HistoryEvent, memberAt, textAt } from "./historyEvent.ts";

/** Findings make the bundle fail; notes are told to the reader. `checked` counts what was looked at. */
export interface StructureResult {
  readonly checked: number;
  readonly findings: readonly Mismatch[];
  /** An end that no workflow code chose: a finding, unless a run after it says that the site was recovered from it. */
  readonly cutOff: readonly Mismatch[];
  readonly notes: readonly string[];
}

const TERMINAL = new Set([
  "WORKFLOW_EXECUTION_COMPLETED",
  "WORKFLOW_EXECUTION_CONTINUED_AS_NEW",
  "WORKFLOW_EXECUTION_FAILED",
  "WORKFLOW_EXECUTION_TIMED_OUT",
  "WORKFLOW_EXECUTION_CANCELED",
  "WORKFLOW_EXECUTION_TERMINATED",
]);
/** Endings that no workflow code chose. */
const CUT_OFF = new Set(["WORKFLOW_EXECUTION_TERMINATED", "WORKFLOW_EXECUTION_TIMED_OUT", "WORKFLOW_EXECUTION_FAILED"]);
/** Causes of a failed workflow task that mean somebody or something rewrote the run's course. */
const REWRITTEN = new Set(["RESET_WORKFLOW", "NON_DETERMINISTIC_ERROR"]);

/** Server hosts may disagree by this much. */
const CLOCK_SKEW_MS = 60_000;

/**
 * The skeleton of one closed run: event ids 1, 2, 3 ... without a gap, first `Started`, last (and only last) an end, no
 * reset, every reference to an earlier event points at one of the right kind, and ids, times and counts
 * as the manifest says. Source of the event fields: Temporal API `temporal.api.history.v1`.
 */
export function checkRun(run: EvidenceRun, events: readonly HistoryEvent[]): StructureResult {
  const findings: Mismatch[] = [];
  const cutOff: Mismatch[] = [];
  const notes: string[] = [];
  const into =
    (list: Mismatch[]): Find =>
    (where, expected, found) =>
      void list.push({ where: `${run.file} ${where}`, expected, found });
  const find = into(findings);
  if (events.length === 0) {
    find("events", "at least one event", "none");
    return { checked: 0, findings, cutOff, notes };
  }
  let latestMs = Number.NEGATIVE_INFINITY;
  events.forEach((event, i) => {
    const where = `event ${event.eventId} ${event.type}`;
    if (event.eventId !== i + 1) find(where, `event id ${i + 1}`, String(event.eventId));
    if ((event.type === "WORKFLOW_EXECUTION_STARTED") !== (i === 0))
      find(where, i === 0 ? "WORKFLOW_EXECUTION_STARTED" : "one start only", event.type);
    if (TERMINAL.has(event.type) !== (i === events.length - 1)) {
      find(
        where,
        i === events.length - 1
          ? "an end of the run (a history cut short has none)"
          : "nothing after the end of the run",
        event.type,
      );
    }
    const ms = Date.parse(event.eventTime);
    if (!(ms >= latestMs - CLOCK_SKEW_MS))
      find(where, `a time not before ${new Date(latestMs).toISOString()}`, event.eventTime);
    latestMs = Math.max(latestMs, ms);
    checkReferences(event, events, find);
    if (CUT_OFF.has(event.type)) into(cutOff)(where, "the workflow ends itself", howCutOff(event));
    flag(event, where, find, notes);
  });
  const builds = new Set(events.map(buildIdOf).filter((id) => id !== undefined));
  if (builds.size > 1) notes.push(`several builds of the workflow code in one run: ${[...builds].join(", ")}`);
  checkManifestEntry(run, events, find);
  return { checked: events.length, findings, cutOff, notes: notes.map((note) => `${run.file}: ${note}`) };
}

function howCutOff({ type, attributes }: HistoryEvent): string {
  return [type, textAt(attributes, "reason") ?? textAt(attributes, "failure", "message") ?? ""].join(" ").trim();
}

function flag(event: HistoryEvent, where: string, find: Find, notes: string[]): void {
  if (event.type === "WORKFLOW_EXECUTION_OPTIONS_UPDATED") {
    // Ballast itself lets a run go on by the current build; whether its code fits, the replay shows.
    if (isLetGo(event.attributes)) notes.push(`${where}: the run goes on by the build that is current`);
    else find(where, "nobody moves the run by hand", "options updated");
  }
  if (event.type === "WORKFLOW_TASK_FAILED") {
    const cause = (textAt(event.attributes, "cause") ?? "no cause given").replace(/^WORKFLOW_TASK_FAILED_CAUSE_/, "");
    if (REWRITTEN.has(cause)) find(where, "no reset and no change of code under a running day", cause);
    else notes.push(`${where}: ${cause}`);
  }
  if (event.type === "WORKFLOW_TASK_TIMED_OUT") notes.push(`${where}: a worker went away, another took over`);
}

function isLetGo(attributes: HistoryEvent["attributes"]): boolean {
  return (
    memberAt(attributes, "unsetVersioningOverride") === true ||
    memberAt(attributes, "versioningOverride", "autoUpgrade") === true
  );
}

function checkManifestEntry(run: EvidenceRun, events: readonly HistoryEvent[], find: Find): void {
  const started = events[0]!.attributes;
  const last = events[events.length - 1]!;
  const same = (what: string, inManifest: string | number, inHistory: unknown): void => {
    if (inManifest !== inHistory) find(what, `${inManifest} (manifest)`, `${String(inHistory)} (history)`);
  };
  // servers before 1.22 leave the id out
  if (memberAt(started, "workflowId") !== undefined)
    same("workflowId", run.workflowId, memberAt(started, "workflowId"));
  same("runId", run.runId, memberAt(started, "originalExecutionRunId"));
  same("events", run.events, events.length);
  same("closedAt", run.closedAt, toMillis(last.eventTime));
  same("buildId", run.buildId, lastBuildId(events));
}

/** Build id of the worker that completed the run's last workflow task; `unknown` when none says so. */
function lastBuildId(events: readonly HistoryEvent[]): string {
  for (const event of [...events].reverse()) {
    const id = buildIdOf(event);
    if (id !== undefined) return id;
  }
  return "unknown";
}

function buildIdOf({ type, attributes }: HistoryEvent): string | undefined {
  if (type !== "WORKFLOW_TASK_COMPLETED") return undefined;
  return textAt(attributes, "deploymentVersion", "buildId") ?? textAt(attributes, "workerVersion", "buildId");
}

/** Event times carry nanoseconds; our instants milliseconds, cut not rounded. */
export function toMillis(eventTime: string): string {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(eventTime);
  return match === null ? eventTime : `${match[1]}.${(match[2] ?? "").padEnd(3, "0").slice(0, 3)}Z`;
}
