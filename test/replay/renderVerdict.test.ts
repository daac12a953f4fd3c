import { describe, expect, it } from "vitest";
import type { AuditSubject, AuditVerdict } from "../../src/domain/evidence/model.ts";
import { namesOnPath, withDollars } from "../../src/replay/moneyNames.ts";
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

describe("what a verdict is about", () => {
  const subject: AuditSubject = {
    siteId: "mesa",
    settledDays: ["2026-08-18", "2026-08-19"],
    headChainHash: "cc4d",
    headGiven: false,
    keyId: "bbb98f98b9b77a1c",
    keyGiven: false,
  };
  const held = (changed: Partial<typeof subject> = {}): string =>
    renderVerdict({ ok: true, subject: { ...subject, ...changed }, layers: [] });

  it("is said with it: site, days, head and key, and what of them was held against something from elsewhere", () => {
    expect(held()).toContain(
      [
        "Site  mesa, 2 settled days, 2026-08-18 to 2026-08-19",
        "Head  cc4d, not compared with one from elsewhere",
        "Key   bbb98f98b9b77a1c, not checked: no public key was given",
        "",
        "Verdict: everything that was checked follows from the inputs.\n",
      ].join("\n"),
    );
    expect(held({ headGiven: true, keyGiven: true })).toContain("\nHead  cc4d\nKey   bbb98f98b9b77a1c\n");
    expect(held({ keyId: undefined })).toContain("\nKey   none, the bundle is not signed\n");
    expect(held({ keyGiven: true, givenKeyId: "19da0a1bcafe0001" })).toContain(
      "\nKey   bbb98f98b9b77a1c, not the given 19da0a1bcafe0001\n",
    );
  });

  it("is no money where no day is settled", () => {
    const text = held({ settledDays: [] });
    expect(text).toContain("Site  mesa, no day is settled in it");
    expect(text).toContain("follows from the inputs. No money was settled in it.\n");
  });
});

describe("a finding about money", () => {
  const settlement = {
    intervals: [
      {
        interval: { operatingDay: "2024-11-03", hourEnding: 2, interval: 1, repeatedHour: true },
        feeders: [{ clientId: "bluestem", energyWh: "77719" }],
      },
    ],
    entries: [{ entryId: "accrual:1", clientId: "caprock", postings: [{ account: "Income:Hosting", amountE8: "7" }] }],
  };

  it("names client and interval of a reading, client, entry and account of a posting", () => {
    expect(namesOnPath(settlement, ".intervals[0].feeders[0].energyWh")).toBe(
      "interval 2024-11-03/2/1R, client bluestem",
    );
    expect(namesOnPath(settlement, ".entries[0].postings[0].amountE8")).toBe(
      "client caprock, entry accrual:1, account Income:Hosting",
    );
    expect(namesOnPath(settlement, ".entries[9].nothing")).toBe("");
  });

  it("says an amount in dollars too", () => {
    expect(withDollars(".postings[0].amountE8", "345008855")).toBe("345008855 (3.45008855 USD)");
    expect(withDollars(".totalCents", "-123456")).toBe("-123456 (-1,234.56 USD)");
    expect(withDollars(".energyWh", "77719")).toBe("77719");
    expect(withDollars(".amountE8", "forged")).toBe("forged");
  });
});
