import { describe, expect, it } from "vitest";
import type { SiteNow } from "../../src/app/status/siteNow.ts";
import { siteNowText } from "../../src/app/status/siteNowText.ts";
import type { Instant } from "../../src/domain/units/instant.ts";

const at = "2026-06-10T04:51:58.000Z" as Instant;
const steps = [
  {
    lowerModeId: "off",
    upperModeId: "415MHz",
    strikeUsdPerMwh: 71.57,
    offAboveUsdPerMwh: 90.77,
    onBelowUsdPerMwh: 63.89,
  },
  {
    lowerModeId: "415MHz",
    upperModeId: "normal",
    strikeUsdPerMwh: 49,
    offAboveUsdPerMwh: 62.56,
    onBelowUsdPerMwh: 43.58,
  },
];
const NIGHT: SiteNow = {
  siteId: "pecan-draw",
  settlementPoint: "HB_WEST",
  settlementPointType: "HU",
  control: "act",
  at,
  newestRun: { lmpUsdPerMwh: 300, scedAt: "2026-06-10T04:50:13.000Z" as Instant, ageSeconds: 105 },
  power: { commandedKw: 0.5 },
  unpolledFeeds: [],
  unansweredFeeds: [],
  cohorts: [
    {
      cohortId: "bluestem-s19k",
      clientId: "bluestem",
      model: "S19k Pro",
      machines: 10,
      modeId: "off",
      since: "2026-06-09T04:51:15.000Z" as Instant,
      reason: "economic",
      ableToRun: 9,
      commandedKw: 0.3,
      strikes: steps,
      sentence:
        "S19k Pro to go off: expected settlement price 204.07 $/MWh for 23:45-00:00 is above 90.77 (1.25 × gross value 76.80 − adders 5.23).",
    },
  ],
  decision: { sequence: 17, at, sentence: "pecan-draw: 1 of 1 cohorts change, curtailed 28.2 kW economic." },
  orders: [],
  instructions: [],
  frozenCohorts: ["bluestem-s19k"],
  freezes: [
    {
      cohortId: "bluestem-s19k",
      actor: "maria",
      reason: "electricians at work",
      at: "2026-06-10T04:41:49.000Z" as Instant,
    },
  ],
  silentFeeds: ["sced-lmp"],
  feeds: [],
  stragglers: 0,
  unexported: [],
  findings: { count: 0 },
  refusals: [],
};

describe("what the desk reads at night", () => {
  it("a price that may not be used still says what the newest run was and how old it is", () => {
    expect(siteNowText(NIGHT)).toContain("no current price; newest SCED run 300.00 of 23:50:13 (105 s ago)\n");
  });

  it("a freeze says what stands still, who wanted it, since when and why", () => {
    expect(siteNowText(NIGHT)).toContain(
      "no command goes to bluestem-s19k, by maria at 23:41:49 (10 min ago): electricians at work\n",
    );
  });

  it.each([
    ["stands still while it shows power is frozen, whatever power it shows", "stale", "site meter frozen"],
    ["gave no answer, or a power that the load cannot have", "missing", "site meter gave no usable reading"],
  ] as const)("a site meter that %s", (_title, meterQuality, says) => {
    const power = { commandedKw: 0.5, meteredAt: "2026-06-10T04:45:01.000Z" as Instant, meterQuality };
    expect(siteNowText({ ...NIGHT, power })).toMatch(
      new RegExp(`^power +0\\.5 kW commanded, ${says} at 23:45:01 \\(6 min ago\\)$`, "m"),
    );
  });

  it("a day that the rules refuse says which, what is wrong and how it is tried again", () => {
    const refusal = {
      subject: "settlement 2026-06-08",
      problem: "supply block B-1: resale is false",
      again: "ballast settle 2026-06-08",
      refusedAt: at,
    };
    expect(siteNowText({ ...NIGHT, refusals: [refusal] })).toContain(
      "settlement 2026-06-08: supply block B-1: resale is false. Once that is mended: ballast settle 2026-06-08\n",
    );
  });

  it("what ERCOT has declared is not told as a pre-alert of our own", () => {
    const preAlert = { prcMw: 1900, belowMw: 3000, observedAt: at };
    const text = (level: "normal" | "eea2"): string =>
      siteNowText({ ...NIGHT, grid: { level, assumed: false, preAlert } });
    expect(text("eea2")).toContain("eea2");
    expect(text("eea2")).not.toContain("pre-alert");
    expect(text("normal")).toContain("normal, pre-alert: PRC 1900 MW, a Watch is due below 3000 MW");
  });

  it.each([80, 100])("fits a terminal of %i columns, every fact still there", (columns) => {
    const narrow = siteNowText(NIGHT, { columns });
    expect(Math.max(...narrow.split("\n").map((line) => line.length))).toBeLessThanOrEqual(columns);
    const words = (text: string): string[] => [...new Set(text.split(/\s+/))].toSorted();
    expect(words(narrow)).toEqual(words(siteNowText(NIGHT)));
  });

  it("for a script each fact is one line, however long", () => {
    expect(siteNowText(NIGHT)).toMatch(/^why bluestem-s19k: S19k Pro to go off: .* − adders 5\.23\)\.$/m);
    expect(siteNowText(NIGHT)).toMatch(
      /^bluestem-s19k +bluestem +off .* off → 415MHz +71\.57 +90\.77 +63\.89 +economic$/m,
    );
  });
});
