import { describe, expect, it } from "vitest";
import type { Reason } from "../../../src/domain/decision/model.ts";
import { RULES } from "../../../src/domain/decision/rules/index.ts";
import { intervalStart, parseIntervalKey } from "../../../src/domain/market/calendar.ts";
import { attributeSpans } from "../../../src/domain/settlement/curtailedSpans.ts";
import type { CohortChange } from "../../../src/domain/settlement/curtailedSpans.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";

const interval = (key: string) => ({ interval: parseIntervalKey(key), startAt: intervalStart(parseIntervalKey(key)) });
/** Central daylight time is UTC − 5. */
const at = (utc: string) => parseInstant(`2024-08-21T${utc}Z`);
const normal: CohortChange = {
  cohortId: "a1",
  clientId: "a",
  at: parseInstant("2024-08-20T12:00:00Z"),
  split: [{ modeId: "normal", machines: 100 }],
  reason: "economic",
  curtailed: [],
  ableToRun: 100,
  normalPowerW: 3_500,
};
/** Machines that draw 20 W each while off, all for one reason. */
const offFor = (reason: Reason, machines = 100): CohortChange => ({
  ...normal,
  split: [{ modeId: "off", machines }],
  reason,
  curtailed: [{ reason, belowNormalW: machines * 3_480 }],
  ableToRun: machines,
});
const off = offFor("economic");

describe("decisions cut into quarter hours", () => {
  it("a cohort that runs has a baseline of machines × power × 900 s and no span", () => {
    expect(attributeSpans([normal], [interval("2024-08-20/20/1")])).toEqual([
      { intervalKey: "2024-08-20/20/1", curtailed: [], baselines: [{ clientId: "a", baselineWh: "87500" }] },
    ]);
  });

  it("off from 19:05 by price and from 19:20 by instruction: 600 + 300 + 600 seconds at their reasons", () => {
    const timeline = [normal, { ...off, at: at("00:05:00") }, { ...offFor("instruction"), at: at("00:20:00") }];
    const spans = attributeSpans(timeline, [interval("2024-08-20/20/1"), interval("2024-08-20/20/2")]);
    const span = { clientId: "a", cohortId: "a1", belowNormalW: 348_000 };
    expect(spans.map((s) => s.curtailed)).toEqual([
      [{ ...span, reason: "economic", seconds: 600 }],
      [
        { ...span, reason: "economic", seconds: 300 },
        { ...span, reason: "instruction", seconds: 600 },
      ],
    ]);
    expect(spans.map((s) => s.baselines[0]?.baselineWh)).toEqual(["87500", "87500"]);
  });

  it("ten machines that die at 19:07:30 leave the baseline, and are not paid as curtailed", () => {
    const timeline = [
      { ...off, at: normal.at },
      { ...offFor("economic", 90), at: at("00:07:30") },
    ];
    const [spans] = attributeSpans(timeline, [interval("2024-08-20/20/1")]);
    expect(spans?.curtailed.map((s) => [s.belowNormalW, s.seconds])).toEqual([
      [348_000, 450],
      [313_200, 450],
    ]);
    expect(spans?.baselines).toEqual([{ clientId: "a", baselineWh: "83125" }]);
  });

  it("a locked-out cohort has neither baseline nor span", () => {
    const [spans] = attributeSpans([{ ...offFor("lock-out"), at: normal.at }], [interval("2024-08-20/20/1")]);
    expect(spans).toMatchObject({ curtailed: [], baselines: [{ clientId: "a", baselineWh: "0" }] });
  });

  it("half a cohort held by an instruction and a quarter by the price are two spans of one baseline", () => {
    const shared: CohortChange = {
      ...normal,
      split: [
        { modeId: "off", machines: 75 },
        { modeId: "normal", machines: 25 },
      ],
      reason: "economic",
      curtailed: [
        { reason: "instruction", belowNormalW: 174_000 },
        { reason: "economic", belowNormalW: 87_000 },
      ],
    };
    const [spans] = attributeSpans([shared], [interval("2024-08-20/20/1")]);
    expect(spans?.curtailed.map((s) => [s.reason, s.belowNormalW, s.seconds])).toEqual([
      ["instruction", 174_000, 900],
      ["economic", 87_000, 900],
    ]);
    expect(spans?.baselines).toEqual([{ clientId: "a", baselineWh: "87500" }]);
  });

  it.each(RULES.map(({ reason, settlement }) => [reason, settlement] as const))(
    "a cohort off for %s is booked as %s, and has a baseline and a span exactly when it was available",
    (reason, settlement) => {
      const [spans] = attributeSpans([{ ...offFor(reason), at: normal.at }], [interval("2024-08-20/20/1")]);
      const available = settlement !== "UNAVAILABLE";
      expect(spans?.curtailed.map((s) => s.belowNormalW * s.seconds)).toEqual(available ? [348_000 * 900] : []);
      expect(spans?.baselines).toEqual([{ clientId: "a", baselineWh: available ? "87500" : "0" }]);
    },
  );

  it("a client whose cohort is unknown for a part of the interval has no baseline, rather than a smaller one", () => {
    const late = { ...normal, at: at("00:01:00") };
    const other = { ...late, cohortId: "a2" };
    expect(attributeSpans([late, other], [interval("2024-08-20/20/1")])[0]?.baselines).toEqual([]);
    expect(attributeSpans([late, other], [interval("2024-08-20/20/2")])[0]?.baselines).toEqual([
      { clientId: "a", baselineWh: "175000" },
    ]);
  });

  it("a hall that a configuration adds at 19:05 counts from then on, and the quarters before stand", () => {
    const added = { ...normal, cohortId: "a2", at: at("00:05:00") };
    const keys = ["2024-08-20/19/4", "2024-08-20/20/1", "2024-08-20/20/2"];
    const spans = attributeSpans([normal, added], keys.map(interval));
    // 87,500 Wh are 100 machines for a quarter hour, 58,333.3 Wh for ten minutes
    expect(spans.map((one) => one.baselines.map(({ baselineWh }) => baselineWh))).toEqual([
      ["87500"],
      ["145833"],
      ["175000"],
    ]);
  });

  it("the order of the timeline does not matter", () => {
    const timeline = [normal, { ...off, at: at("00:05:00") }, { ...normal, at: at("00:10:00") }];
    const intervals = [interval("2024-08-20/20/1")];
    expect(attributeSpans(timeline.toReversed(), intervals)).toEqual(attributeSpans(timeline, intervals));
  });
});
