import type { AuditVerdict } from "../domain/evidence/model.ts";
import { type Anchors, AuditedSite } from "./auditedSite.ts";
import { auditSubject } from "./auditSubject.ts";
import { type Bundle, openBundle } from "./bundle.ts";
import { BundleError } from "./bundleFile.ts";
import { guarded, LayerLog } from "./layerLog.ts";
import { LAYERS } from "./layers/index.ts";
import type { AuditLayer, LayerCheck } from "./layers/layer.ts";
import { openGap } from "./openGap.ts";
import { openRun } from "./openRun.ts";
import { openReplayer, type Replayer } from "./replayer.ts";
import type { DocumentArchive } from "../ports/documentArchive.ts";
import type { Parsers } from "./sourceBook.ts";

export interface AuditOptions extends Anchors {
  /** Path of the module that exports the workflows: the code that the histories are replayed on. */
  readonly workflowsPath: string;
  /** Readers of kept documents by source, the same as the feeds'; or how to choose them from the bundle. */
  readonly parsers: Parsers | ((bundle: Bundle) => Promise<Parsers>);
  /** Documents that are not in the bundle are looked for here. */
  readonly archive?: DocumentArchive;
  /**
   * Build id of this program's rules and workflows, as runs name it: told to the reader when a run was written by
   * another.
   */
  readonly buildId?: string;
  /** One that stands ready, for auditing many bundles; it is left open. */
  readonly replayer?: Replayer;
  /** Told after each run. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Only these layers; all when absent. What none of them needs is not made ready. */
  readonly layers?: readonly AuditLayer[];
}

/** A layer at work on one bundle. */
interface OpenLayer extends Pick<AuditLayer, "name" | "needs"> {
  readonly log: LayerLog;
  readonly check: LayerCheck;
}

/**
 * Checks an audit bundle offline: no server, no credentials, nothing but the folder and this program's own rules.
 * A mismatch is a finding in the verdict, not an error, and so is a file that is missing. With a key that did not sign
 * the manifest the audit ends with it. @throws BundleError when the folder is no bundle or its manifest is malformed
 */
export async function auditBundle(dir: string, options: AuditOptions): Promise<AuditVerdict> {
  const bundle = await openBundle(dir);
  const site = new AuditedSite(bundle, options);
  const subject = auditSubject(bundle.manifest, options);
  const open = (options.layers ?? LAYERS).map(({ name, what, needs, check }): OpenLayer => {
    const log = new LayerLog(name, what);
    return { name, needs, log, check: check(site, log) };
  });
  for (const [i, { check }] of open.entries())
    if ((await check.files?.()) === "end")
      return { ok: false, subject, layers: open.slice(0, i + 1).map(({ log }) => log.report()) };
  await checkRuns(bundle, options, open);
  for (const { name, log, check } of open) await guarded(log, name, () => check.end?.());
  const layers = open.map(({ log }) => log.report());
  const { gaps } = site.facts;
  return {
    ok: layers.every((layer) => layer.findings.length === 0),
    subject,
    ...(gaps.length === 0 ? {} : { gaps }),
    builds: buildsOf(bundle),
    ...otherBuilds(bundle, options.buildId),
    layers,
  };
}

/** Which build wrote which runs, as their histories say; the audit holds the manifest to them. */
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
async function checkRuns(bundle: Bundle, options: AuditOptions, open: readonly OpenLayer[]): Promise<void> {
  const isNeeded = (...needs: readonly AuditLayer["needs"][]): boolean => open.some((one) => needs.includes(one.needs));
  const own =
    options.replayer === undefined && isNeeded("replay") ? await openReplayer(options.workflowsPath) : undefined;
  const replayer = isNeeded("replay") ? (options.replayer ?? own) : undefined;
  const isOpened = isNeeded("histories", "replay", "facts");
  let done = 0;
  try {
    for (const run of bundle.manifest.runs) {
      const bytes = await storedBytes(bundle, run, open);
      if (bytes === undefined || !isOpened) continue;
      const opened = await openedHistory(run, bytes, open);
      if (opened === undefined || replayer === undefined) continue;
      const replayed = await replayer.replay(opened);
      for (const { log, check } of open) await guarded(log, run.file, () => check.replayed?.(replayed));
      options.onProgress?.(++done, bundle.manifest.runs.length);
    }
  } finally {
    own?.close();
  }
}

type Run = Bundle["manifest"]["runs"][number];

/** The bytes that the manifest lists; undefined for a file that is not there so. */
async function storedBytes(bundle: Bundle, run: Run, open: readonly OpenLayer[]): Promise<Uint8Array | undefined> {
  try {
    const bytes = await bundle.read(run.file);
    for (const { check } of open) check.stored?.(run, bytes);
    return bytes;
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    for (const { check } of open) check.unread?.(run, error.message);
    return undefined;
  }
}

/** A run with at least one event; undefined for a gap, and for what is neither. */
async function openedHistory(run: Run, bytes: Uint8Array, open: readonly OpenLayer[]) {
  const isGap = run.gap === true;
  try {
    if (isGap) {
      const gap = openGap(run, bytes);
      for (const { log, check } of open) await guarded(log, run.file, () => check.gap?.(gap));
      return undefined;
    }
    const opened = openRun(run, bytes);
    for (const { log, check } of open) await guarded(log, run.file, () => check.opened?.(opened));
    return opened.events.length > 0 ? opened : undefined;
  } catch (error) {
    const expected = isGap ? "the record of a gap" : "a Temporal history in proto JSON";
    for (const { check } of open) check.unopened?.(run, expected, (error as Error).message);
    return undefined;
  }
}
