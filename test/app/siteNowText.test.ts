import { describe, expect, it } from "vitest";
import { siteNowText } from "../../src/app/status/siteNowText.ts";
import { siteStragglersText, stragglersText } from "../../src/app/status/stragglersText.ts";
import type { SiteNow } from "../../src/readModels/siteNow.ts";
import type { GridLevel } from "../../src/domain/market/model.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";

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
  feedsNotRead: [],
  capacity: [],
  newestRun: { lmpUsdPerMwh: 300, scedAt: "2026-06-10T04:50:13.000Z" as Instant, ageSeconds: 105 },
  power: { commandedKw: 0.5 },
  unpolledFeeds: [],
  unansweredFeeds: [],
  unreadMeters: [],
  cohorts: [
    {
      cohortId: "bluestem-s19k",
      clientId: "bluestem",
      model: "S19k Pro",
      machines: 10,
      split: [{ modeId: "off", machines: 9 }],
      since: "2026-06-09T04:51:15.000Z" as Instant,
      reason: "economic",
      ableToRun: 9,
      commandedKw: 0.3,
      strikes: steps,
      sentence:
        "S19k Pro to go off: expected settlement price 204.07 $/MWh for 23:45-00:00 is above 90.77 (1.25 × gross value 76.80 − adders 5.23).",
    },
  ],
  decision: {
    sequence: 17,
    at,
    sentence:
      "pecan-draw: orders 10 of 10 machines off; in all 28.2 kW (economic) below normal if all follow; no current price.",
  },
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
  doors: { instructions: [], refused: { count: 0 }, awards: [] },
  stopInputs: [],
  trips: [],
  stops: [],
  refusals: [],
};

/** Everything outside is dead, an order has just gone out, three cohorts. */
const BAD_NIGHT: SiteNow = {
  ...NIGHT,
  power: { commandedKw: 7.5, meteredKw: 1020.2999999999993, meteredAt: "2026-06-10T04:50:40.000Z" as Instant },
  commands: { revision: 4, ordered: 300, acknowledged: 2, asOrdered: 1, otherwise: 1, readSince: 0, notRead: 298 },
  cohorts: ["mesquite-s19j", "bluestem-s19k", "caprock-s21"].map((cohortId) => ({
    ...(NIGHT.cohorts[0] as SiteNow["cohorts"][number]),
    cohortId,
    machines: 100,
    ableToRun: 100,
    reason: "operator-order",
    sentence: "S19k Pro to go off: order maria-20260610T045000Z-5f0c21ab of maria to curtail: line work.",
  })),
  decision: {
    sequence: 17,
    at,
    sentence:
      "pecan-draw: orders 300 of 300 machines off; in all 935.7 kW (operator-order) below normal if all follow; no current price.",
  },
  orders: [
    {
      orderId: "maria-20260610T045000Z-5f0c21ab",
      actor: "maria",
      reason: "TDSP line work, call 23:41",
      action: "curtail",
      from: at,
      until: "2026-06-10T05:35:00.000Z" as Instant,
    },
  ],
  freezes: [],
  verdict: {
    revision: 4,
    outcome: "short",
    closedAt: at,
    sentence:
      "−935.7 kW expected of revision 4, −2.1 kW metered at the site (0.2 %) 40 s after the order: short. Read back as ordered: 1 of 300 machines, otherwise 1, not read 298.",
  },
  silentFeeds: ["grid-condition", "sced-lmp"],
  unansweredFeeds: ["grid-condition", "sced-lmp/HB_WEST", "settlement-price/HB_WEST/HU"],
  stragglers: 299,
};

describe("what the desk reads at night", () => {
  it("says what the capacity of each ancillary service clears at, of which run, how old, and day ahead", () => {
    const sced = { usdPerMwHour: 399.45, scedAt: "2026-06-10T04:50:13.000Z" as Instant, ageSeconds: 105 };
    const capacity = [
      { product: "ECRS", called: "ECRS", sced, dayAheadUsdPerMwHour: 12.5 },
      { product: "NSPIN", called: "Non-Spin", dayAheadUsdPerMwHour: 0 },
    ] as const;
    const text = siteNowText({ ...NIGHT, capacity });
    expect(text).toMatch(
      /^MCPC +ECRS +399.45 \$\/MW in the SCED run of 23:50:13 \(105 s ago\), 12.50 \$\/MW day ahead$/m,
    );
    expect(text).toMatch(/^MCPC +Non-Spin 0.00 \$\/MW day ahead$/m);
    expect(siteNowText(NIGHT)).not.toContain("MCPC");
  });

  it("a price that may not be used still says what the newest run was and how old it is", () => {
    expect(siteNowText(NIGHT)).toContain("no current price; newest SCED run 300.00 of 23:50:13 (105 s ago)\n");
  });

  it("an instruction that nobody acknowledged, one that the site does not have, a refusal and an award are seen", () => {
    const instruction = {
      instructionId: "ers-1",
      issuer: "alpha",
      product: "ERS-30",
      action: "curtail",
      demand: { kind: "reduce", kw: 400 },
      from: at,
    } as const;
    const came = { issuer: "alpha", isTold: true, door: "http", contentHash: "00", receivedAt: at } as const;
    const acknowledged = { by: "maria", at, revision: 1 };
    const doors: SiteNow["doors"] = {
      instructions: [
        { ...came, instruction },
        { ...came, instruction: { ...instruction, instructionId: "ers-2" }, acknowledged, isTold: false },
      ],
      refused: { count: 2, newest: "alpha: alpha may not deploy RRS" },
      awards: [
        {
          siteId: "pecan-draw",
          resource: "PECAN_LD1",
          qse: "QALPHA",
          asType: "ECRSM",
          startsAt: at,
          endsAt: "2026-06-10T05:35:00.000Z" as Instant,
          awardedMw: "0.5",
          isTold: false,
        },
      ],
    };
    const text = siteNowText({ ...NIGHT, doors });
    expect(text).toMatch(
      /ers-1 of alpha \(ERS-30\) by 400\.0 kW until it is recalled, by http at [\d:]+; not acknowledged: ballast instruct --ack ers-1 --issuer alpha --site pecan-draw\n/,
    );
    expect(text).toMatch(/ers-2 .*; acknowledged by maria at [\d:]+; the site has not been told yet\n/);
    expect(text).toContain("2 messages in 24 h, newest of alpha: alpha may not deploy RRS\n");
    expect(text).toMatch(/PECAN_LD1 ECRSM 0\.5 MW [\d:]+ to .*00:35:00 \(the site has not been told yet\)/);
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
    expect(siteNowText({ ...NIGHT, power })).toMatch(new RegExp(`^metered +${says} at 23:45:01 \\(6 min ago\\)$`, "m"));
  });

  it("a feeder meter that gave no register is silent too, however well the feeds speak", () => {
    const boundaryAt = "2026-06-10T04:45:00.000Z" as Instant;
    const unreadMeters = [
      { meterId: "feeder-caprock", boundaryAt, lastReadAt: "2026-06-10T04:30:00.000Z" as Instant },
      { meterId: "feeder-mesquite", boundaryAt },
    ];
    const text = siteNowText({ ...NIGHT, silentFeeds: [], unreadMeters });
    expect(text).toMatch(
      /^silent +no register at 23:45:00 from feeder-caprock \(last at 23:30:00\), feeder-mesquite \(never read\): intervals without one cannot be settled$/m,
    );
    expect(text).not.toMatch(/^silent +nothing$/m);
  });

  it("a day that the rules refuse says which, what is wrong and how it is tried again", () => {
    const refusal = {
      subject: "settlement 2026-06-08",
      problem: "supply block B-1: resale is false",
      again: "ballast settle 2026-06-08",
      refusedAt: at,
    };
    expect(siteNowText({ ...NIGHT, refusals: [refusal] })).toContain(
      "settlement 2026-06-08: supply block B-1: resale is false. Once that is fixed: ballast settle 2026-06-08\n",
    );
  });

  it("coming peaks stand with the day's chance, the likeliest interval, what the month has had, and its events", () => {
    const startsAt = "2026-06-10T21:45:00.000Z" as Instant;
    const interval = { expectedMw: 81_000, rule: "4CP", demandYear: "2026-01" };
    const peaks = {
      madeAt: at,
      forecastPostedAt: at,
      measuredUntil: at,
      monthKnownFrom: "2026-06-03T05:00:00.000Z" as Instant,
      dayPeaks: [{ startsAt: "2026-06-08T21:30:00.000Z" as Instant, mw: 80_000 }],
      intervals: [0.03, 0.05].map((probability, i) => ({
        ...interval,
        startsAt: addSeconds(startsAt, i * 900),
        endsAt: addSeconds(startsAt, (i + 1) * 900),
        probability,
        valueUsdPerMw: probability * 17_500,
      })),
      events: [{ from: "2026-06-05T21:00:00.000Z" as Instant, until: startsAt, outcome: "false-alarm" as const }],
    };
    const text = siteNowText({ ...NIGHT, peaks });
    expect(text).toMatch(
      /^peaks +2026-06-10 8\.0 %, likeliest 17:00-17:15 \(5\.0 %, worth 875 \$\/MW, 4CP\); month's highest so far 80000 MW on 2026-06-08 16:30-16:45, known from 2026-06-03 on; off for one on 2026-06-05 false-alarm; plan of /m,
    );
    expect(siteNowText(NIGHT)).not.toMatch(/^peaks/m);
  });

  it("what ERCOT has declared is not told as a pre-alert of our own", () => {
    const preAlert = { prcMw: 1900, belowMw: 3000, observedAt: at };
    const text = (level: "normal" | "eea2"): string =>
      siteNowText({ ...NIGHT, grid: { level, assumed: false, preAlert } });
    expect(text("eea2")).toContain("eea2");
    expect(text("eea2")).not.toContain("pre-alert");
    expect(text("normal")).toContain("normal, pre-alert: PRC 1900 MW, a Watch is due below 3000 MW");
  });

  it("a grid level stands with who said it, what each source says, and what would make it fall", () => {
    const since = "2026-06-10T04:36:20.000Z" as Instant;
    const until = "2026-06-10T04:58:00.000Z" as Instant;
    const one = (source: string, said: GridLevel, isSilent = false) =>
      ({ source, level: said, isSilent, isUnreadable: false }) as const;
    const eea2 = { level: "eea2" as const, assumed: false, since, saidBy: ["grid-condition"] };
    const both = [one("grid-condition", "eea2"), one("grid-condition/mirror", "normal")];
    const falls = { isFresh: true, keptBy: ["grid-condition"] };
    expect(siteNowText({ ...NIGHT, grid: { ...eea2, sources: both, falls } })).toMatch(
      /^grid +eea2; in force since 23:36:20 by grid-condition; grid-condition says eea2, grid-condition\/mirror says normal; it falls when grid-condition says lower twice$/m,
    );
    const quiet = [one("grid-condition", "eea2", true), one("grid-condition/mirror", "normal")];
    expect(siteNowText({ ...NIGHT, grid: { ...eea2, sources: quiet, falls: { ...falls, until } } })).toMatch(
      /; grid-condition said eea2 \(silent\), grid-condition\/mirror says normal; it falls at 23:58:00 at the latest, unless grid-condition speaks again and says so$/m,
    );
    const ofBoth = { isFresh: true, keptBy: ["grid-condition", "grid-condition/mirror"] };
    expect(siteNowText({ ...NIGHT, grid: { ...eea2, sources: both, falls: ofBoth } })).toMatch(
      /; it falls when grid-condition and grid-condition\/mirror say lower twice$/m,
    );
    const none = { isFresh: false, keptBy: [] };
    expect(siteNowText({ ...NIGHT, grid: { ...eea2, sources: [quiet[0]!], falls: none } })).toMatch(
      /; no source is fresh: it stands until one says lower twice, or `ballast release grid-level`$/m,
    );
    expect(
      siteNowText({ ...NIGHT, grid: { level: "normal", assumed: false, sources: [one("a", "normal")], falls } }),
    ).toMatch(/^grid +normal$/m);
  });

  it("evidence says how old it is, what is deployed, and when the site took it up where that is long ago", () => {
    const source = { source: "grid-condition", level: "eea2" as const, isSilent: false, isUnreadable: false };
    const deployed = {
      scedAt: "2026-06-10T04:50:13.000Z" as Instant,
      ageSeconds: 105,
      upTo: "eea2" as const,
      loadResourcesMw: 1_000,
      ersMw: 500,
    };
    const grid = {
      level: "eea2" as const,
      assumed: false,
      deployed,
      sources: [{ ...source, ageSeconds: 38 }],
      falls: { isFresh: true, keptBy: ["grid-condition"] },
    };
    const known = (knownAt: Instant): string => siteNowText({ ...NIGHT, grid: { ...grid, knownAt } });
    const deployment =
      "deployed by the SCED run of 23:50:13 (105 s ago): load resources 1000 MW, ERS 500 MW; one poll that says " +
      "eea2 or less is enough with it; it falls when grid-condition says lower twice\n";
    expect(known("2026-06-10T04:50:20.000Z" as Instant)).toContain(
      `grid  ${" ".repeat(8)}eea2; grid-condition says eea2 (read 38 s ago); ${deployment}`,
    );
    expect(known("2026-06-10T01:50:20.000Z" as Instant)).toContain(
      `grid-condition says eea2 (read 38 s ago), as the site took up at 20:50:20; ${deployment}`,
    );
    expect(
      siteNowText({ ...NIGHT, grid: { ...grid, level: "normal", sources: [{ ...source, level: "normal" }] } }),
    ).toMatch(/^grid +normal; deployed by the SCED run of 23:50:13 /m);
  });

  it("a grid level that the site has not been told yet is no contradiction to an observation of half a minute ago", () => {
    const observedAt = "2026-06-10T04:51:20.000Z" as Instant;
    const grid = { level: "unknown" as const, assumed: false, observedAt };
    expect(siteNowText({ ...NIGHT, grid })).toMatch(
      /^grid +unknown to the site so far, observed 23:51:20 \(38 s ago\)$/m,
    );
  });

  it("while a revision is being driven, more machines may follow those commanded so far", () => {
    const commands = { ...BAD_NIGHT.commands!, ordered: 120, acknowledged: 120, notRead: 118 };
    expect(siteNowText({ ...NIGHT, commands, revisionUnderWay: 4 })).toMatch(
      /^acknowledged +120 of 120 machines commanded at revision 4 so far$/m,
    );
    expect(siteNowText({ ...NIGHT, commands })).toMatch(/^acknowledged +120 of 120 machines commanded at revision 4$/m);
  });

  it.each([80, 100])("fits a terminal of %i columns, every fact still there", (columns) => {
    const narrow = siteNowText(NIGHT, { columns });
    expect(Math.max(...narrow.split("\n").map((line) => line.length))).toBeLessThanOrEqual(columns);
    const words = (text: string): string[] => [...new Set(text.split(/\s+/))].toSorted();
    expect(words(narrow)).toEqual(words(siteNowText(NIGHT)));
  });

  it("a meter's figure says where, when and how old; ordered, acknowledged and read back say of how many machines", () => {
    const text = siteNowText(BAD_NIGHT);
    expect(text).toMatch(/^ordered +7\.5 kW, if the 300 of 300 machines able to run all follow$/m);
    expect(text).toMatch(/^acknowledged +2 of 300 machines commanded at revision 4$/m);
    expect(text).toMatch(/^read back +1 of 300 machines as ordered, 1 otherwise, 298 not read$/m);
    expect(text).toMatch(/^metered +1,020\.3 kW at the site meter at 23:50:40 \(78 s ago\)$/m);
  });

  it("a window of 80 × 24 holds price, decision, all four figures, the order and what is silent, and scrolls nothing away", () => {
    const lines = siteNowText(BAD_NIGHT, { columns: 80, rows: 24 }).split("\n");
    expect(lines).toHaveLength(24);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    for (const label of ["price", "grid", "decision", "ordered", "acknowledged", "read back", "metered", "verdict"])
      expect(lines.filter((line) => line.startsWith(label))).toHaveLength(1);
    for (const label of ["silent", "order "]) expect(lines.some((line) => line.startsWith(label))).toBe(true);
    expect(lines.at(-2)).toMatch(/^… \d+ more lines: a taller window shows them$/);
  });

  it("a window that holds everything says nothing of more", () => {
    expect(siteNowText(NIGHT, { columns: 120, rows: 60 })).toBe(siteNowText(NIGHT, { columns: 120 }));
  });

  it("a table too wide for its window is cut, never wrapped", () => {
    const [cohort] = NIGHT.cohorts;
    const longNamed = { ...cohort, cohortId: "a-cohort-with-a-name-of-fifty-characters-and-no-less" } as typeof cohort;
    const text = siteNowText({ ...NIGHT, cohorts: [longNamed as never], decision: undefined }, { columns: 60 });
    const rows = text.split("\n").filter((line) => line.startsWith("a-cohort"));
    expect(rows.map((row) => [row.length, row.at(-1)])).toEqual([
      [60, "…"],
      [60, "…"],
    ]);
  });

  it("for a script each fact is one line, however long", () => {
    expect(siteNowText(NIGHT)).toMatch(/^why bluestem-s19k: S19k Pro to go off: .* − adders 5\.23\)\.$/m);
    expect(siteNowText(NIGHT)).toMatch(
      /^bluestem-s19k +bluestem +off .* off → 415MHz +71\.57 +90\.77 +63\.89 +economic$/m,
    );
  });
});

describe("an empty list of stragglers", () => {
  it("does not say that machines under way are where they should be", () => {
    const text = stragglersText([], [], "2026-11-28T12:44:20Z" as Instant);
    expect(text).toMatch(
      /^No stragglers: no machine waits for a person\. Those of an order under way are listed after/,
    );
    expect(text).not.toContain("where it should be");
  });

  it("says which site it is of where a run has several", () => {
    const text = siteStragglersText("salt-fork", [], [], "2026-11-28T12:44:20Z" as Instant);
    expect(text).toMatch(/^salt-fork\nNo stragglers: no machine waits for a person\./);
  });
});
