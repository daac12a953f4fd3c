import { gapText } from "../domain/evidence/gapText.ts";
import { memberAt } from "../domain/evidence/historyEvent.ts";
import type { EvidenceRun, GapRecord } from "../domain/evidence/model.ts";
import { parseJson } from "./bundle.ts";
import type { LayerLog } from "./layerLog.ts";
import type { Anchors } from "./auditedSite.ts";
import { textSignatureHolds } from "./signature.ts";

/** A gap of the chain as the layers see it. */
export interface OpenedGap {
  readonly run: EvidenceRun;
  readonly gap: GapRecord;
}

/** Reads what lies in a gap's place. @throws BundleError when it is no JSON; TypeError when it is no gap record */
export function openGap(run: EvidenceRun, bytes: Uint8Array): OpenedGap {
  const value = parseJson(run.file, bytes);
  if (memberAt(value, "schema") !== "ballast.gap/1")
    throw new TypeError(`expected schema "ballast.gap/1", got ${JSON.stringify(memberAt(value, "schema"))}`);
  for (const [member, type] of Object.entries(MEMBERS)) {
    if (typeof memberAt(value, member) !== type) throw new TypeError(`expected ${type} "${member}" in a gap record`);
  }
  return { run, gap: value as GapRecord };
}

const MEMBERS = {
  siteId: "string",
  workflowId: "string",
  runId: "string",
  lastSequence: "number",
  lastRecordHash: "string",
  lastRevision: "number",
  recordedAt: "string",
  cause: "string",
  actor: "string",
} as const;

/** The gap is of the place that the chain gives it, and signed. */
export function checkGap({ run, gap }: OpenedGap, siteId: string, anchors: Anchors, log: LayerLog): void {
  log.same(`${run.file} site`, siteId, gap.siteId);
  log.same(`${run.file} workflow`, run.workflowId, gap.workflowId);
  log.same(`${run.file} run`, run.runId, gap.runId);
  log.same(`${run.file} recorded at`, run.closedAt, gap.recordedAt);
  log.same(`${run.file} events`, 0, run.events);
  if (anchors.publicKeyPem === undefined) {
    log.note(`${run.file}: a gap signed by key ${gap.signature?.keyId ?? "none"}; give the public key to check it`);
    return;
  }
  log.check();
  if (!textSignatureHolds(gapText(gap), gap.signature, anchors.publicKeyPem))
    log.find(`${run.file} signature`, "a gap signed by the given key", `key ${gap.signature?.keyId ?? "none"}`);
}
