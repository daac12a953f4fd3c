import type { AuditVerdict } from "../domain/evidence/model.ts";
import { openBundle } from "./bundle.ts";
import { LayerLog } from "./layerLog.ts";
import { type Anchors, checkIntegrity, checkRunBytes, readOrFind } from "./layers/integrity.ts";

/** What the layer answers for, said with its figures. */
export const INTEGRITY = "files match their digests, the chain of runs is unbroken";

/**
 * The first layer alone: whether any byte of any file of a bundle has changed since it was written, without asking what
 * the files say. Needs no workflow code; a bundle of a few hundred files takes some hundredths of a second. A
 * difference is a finding.
 * @throws BundleError when the folder is no bundle or its manifest is malformed
 */
export async function auditIntegrity(dir: string, anchors: Anchors = {}): Promise<AuditVerdict> {
  const bundle = await openBundle(dir);
  const log = new LayerLog("integrity", INTEGRITY);
  if (await checkIntegrity(bundle, anchors, log)) {
    for (const run of bundle.manifest.runs) {
      const bytes = await readOrFind(bundle, run.file, log);
      if (bytes !== undefined) checkRunBytes(run, bytes, log);
    }
  }
  return { ok: log.findings.length === 0, layers: [log.report()] };
}
