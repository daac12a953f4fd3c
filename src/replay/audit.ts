import type { AuditVerdict } from "../domain/evidence/model.ts";
import type { DecisionRecord } from "../domain/decision/model.ts";
import { type Bundle, openBundle } from "./bundle.ts";
import { LayerLog } from "./layerLog.ts";
import { DecisionCheck } from "./layers/decisions.ts";
import { type Anchors, checkIntegrity, checkRunBytes } from "./layers/integrity.ts";
import { checkPayloads } from "./layers/payloads.ts";
import { checkReplay } from "./layers/replay.ts";
import { StructureCheck } from "./layers/structure.ts";
import { type OpenedRun, openRun } from "./openRun.ts";
import { replayRuns } from "./replayRuns.ts";

export interface AuditOptions extends Anchors {
  /** Path of the module that exports the workflows: the code that the histories are replayed on. */
  readonly workflowsPath: string;
  /** Told after each run. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Checks an audit bundle offline: no server, no credentials, nothing but the folder and this program's own rules.
 * A mismatch is a finding in the verdict, not an error. @throws BundleError when the folder is no bundle or is not whole
 */
export async function auditBundle(dir: string, options: AuditOptions): Promise<AuditVerdict> {
  const bundle = await openBundle(dir);
  const logs = layerLogs();
  await checkIntegrity(bundle, options, logs.integrity);
  const records: { record: DecisionRecord; where: string }[] = [];
  const structure = new StructureCheck(bundle.manifest.siteId, logs.structure);
  const decisions = new DecisionCheck(logs.decisions, (record, where) => records.push({ record, where }));
  let done = 0;
  for await (const run of replayRuns(options.workflowsPath, openRuns(bundle, logs, structure))) {
    checkReplay(run, logs.replay);
    guarded(logs.payloads, run, () => checkPayloads(run, logs.payloads));
    guarded(logs.decisions, run, () => decisions.onRun(run));
    options.onProgress?.(++done, bundle.manifest.runs.length);
  }
  const layers = Object.values(logs).map((log) => log.report());
  return { ok: layers.every((layer) => layer.findings.length === 0), layers };
}

function layerLogs() {
  return {
    integrity: new LayerLog("integrity", "files match their digests, the chain of runs is unbroken"),
    structure: new LayerLog("structure", "histories are whole, closed, and follow each other"),
    replay: new LayerLog("replay", "the workflow code could have written each history"),
    payloads: new LayerLog("payloads", "what the code commands is what the history says it commanded"),
    decisions: new LayerLog("decisions", "every decision made again from its inputs, bit for bit"),
  };
}

/** Runs that can be read at all; the others are findings of the structure. */
async function* openRuns(bundle: Bundle, logs: ReturnType<typeof layerLogs>, structure: StructureCheck): AsyncGenerator<OpenedRun> {
  for (const run of bundle.manifest.runs) {
    const bytes = await bundle.read(run.file);
    checkRunBytes(run, bytes, logs.integrity);
    let opened: OpenedRun;
    try {
      opened = openRun(run, bytes);
    } catch (error) {
      logs.structure.find(run.file, "a Temporal history in proto JSON", (error as Error).message);
      continue;
    }
    structure.onRun(opened);
    if (opened.events.length > 0) yield opened;
  }
}

/** A history that a check cannot read is a finding of that check, not the end of the audit. */
function guarded(log: LayerLog, run: OpenedRun, check: () => void): void {
  try {
    check();
  } catch (error) {
    log.find(run.run.file, "values that can be read", `${(error as Error).name}: ${(error as Error).message}`);
  }
}
