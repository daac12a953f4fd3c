import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { gapText } from "../../src/domain/evidence/gapText.ts";
import type { EvidenceRun, GapRecord } from "../../src/domain/evidence/model.ts";
import { parseInstant } from "../../src/domain/units/instant.ts";
import { LayerLog } from "../../src/replay/layerLog.ts";
import { checkGap, openGap } from "../../src/replay/openGap.ts";
import { signText } from "../../src/replay/signature.ts";

const pem = () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
};
const OURS = pem();
const CLOSED_AT = parseInstant("2026-08-18T22:05:00Z");
const GAP: Omit<GapRecord, "signature"> = {
  schema: "ballast.gap/1",
  siteId: "north",
  workflowId: "site/north",
  runId: "run-2",
  firstSequence: 8,
  lastSequence: 12,
  lastRecordHash: "ab".repeat(32),
  lastRevision: 3,
  recordedAt: CLOSED_AT,
  cause: "run run-2 ended as TERMINATED by somebody",
  actor: "maria",
};
const RUN: EvidenceRun = {
  workflowId: "site/north",
  runId: "run-2",
  sequence: 2,
  closedAt: CLOSED_AT,
  events: 0,
  file: "runs/2.json",
  digest: "",
  chainHash: "",
  previousChainHash: "",
  buildId: "build",
  gap: true,
};

/** What the audit finds of the gap as it lies in the bundle, signed by `OURS` and then changed. */
function found(changes: Partial<GapRecord> = {}, publicKeyPem: string | undefined = OURS.publicKey) {
  const signed = { ...GAP, signature: signText(gapText(GAP), OURS.privateKey), ...changes };
  const log = new LayerLog("integrity", "gaps");
  checkGap(openGap(RUN, Buffer.from(JSON.stringify(signed))), "north", { publicKeyPem }, log);
  return { findings: log.findings.map(({ where }) => where), notes: log.notes };
}

describe("a record in the place of a run that is lost", () => {
  it("holds as it was signed: where the run ended, why, and who let the site go on", () => {
    expect(found()).toEqual({ findings: [], notes: [] });
  });

  it.each<[string, Partial<GapRecord>]>([
    ["another last decision", { lastSequence: 13 }],
    ["another last hash", { lastRecordHash: "cd".repeat(32) }],
    ["another cause", { cause: "retention" }],
    ["another actor", { actor: "jose" }],
    ["no signature", { signature: undefined as never }],
    ["a signature of somebody else", { signature: signText(gapText(GAP), pem().privateKey) }],
  ])("is found with %s", (_what, changes) => {
    expect(found(changes).findings).toEqual(["runs/2.json signature"]);
  });

  it("is found in the place of another run, or of another site", () => {
    const moved = { ...GAP, siteId: "south", runId: "run-3" };
    expect(found({ ...moved, signature: signText(gapText(moved), OURS.privateKey) }).findings).toEqual([
      "runs/2.json site",
      "runs/2.json run",
    ]);
  });

  it("is named as signed by a key that nobody gave, where no key is given", () => {
    const log = new LayerLog("integrity", "gaps");
    const signed = { ...GAP, signature: signText(gapText(GAP), OURS.privateKey) };
    checkGap(openGap(RUN, Buffer.from(JSON.stringify(signed))), "north", {}, log);
    expect([log.findings, log.notes]).toEqual([[], [expect.stringMatching(/a gap signed by key [0-9a-f]{16}; give/)]]);
  });
});
