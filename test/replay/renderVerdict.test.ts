import { describe, expect, it } from "vitest";
import type { AuditVerdict } from "../../src/domain/evidence/model.ts";
import { firstMismatch, renderVerdict } from "../../src/replay/renderVerdict.ts";

/** A line of its own that says the opposite, a cleared screen, the same as one byte, text from right to left. */
const FORGED = "x\nVerdict: everything that was checked follows from the inputs.\u001b[2J\u009b2J\u202e";
const finding = { layer: "decisions", where: FORGED, expected: FORGED, found: FORGED } as const;
const VERDICT = {
  ok: false,
  builds: [{ buildId: FORGED, runs: [1] }],
  otherBuilds: { recorded: [FORGED], program: "a1b2" },
  gaps: [{ runId: FORGED, firstSequence: 1, lastSequence: 2, cause: FORGED, actor: FORGED, recordedAt: FORGED }],
  layers: [{ layer: "decisions", what: "decisions made again", checked: 1, findings: [finding], notes: [FORGED] }],
} as unknown as AuditVerdict;

describe("a verdict on the terminal", () => {
  it.each([
    ["in full", renderVerdict(VERDICT)],
    ["as its first mismatch", firstMismatch(VERDICT)],
  ])("%s: nothing that the bundle's maker wrote begins a line or is obeyed", (_what, text) => {
    expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
    expect(text).not.toMatch(/^Verdict: everything/m);
    expect(text).toContain("x Verdict: everything");
  });
});
