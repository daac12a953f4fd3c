import { describe, expect, it } from "vitest";
import { splitText } from "../../../src/domain/decision/split.ts";
import { attributeSpans } from "../../../src/domain/settlement/curtailedSpans.ts";
import { settle } from "../../../src/domain/settlement/settle.ts";
import { changedCohorts, timelineChange } from "../../../src/domain/settlement/timeline.ts";
import type { TimelineChange } from "../../../src/domain/settlement/timelineModel.ts";
import { intervalStart, parseIntervalKey } from "../../../src/domain/market/calendar.ts";
import { secondsBetween } from "../../../src/domain/units/instant.ts";
import { CONTRACTS, syntheticDay } from "../../golden/statements/syntheticDay.ts";
import { at, clockOf, hashprice, scedLmp, site, TestSite } from "../decision/site.ts";

/** A price that crosses the strike of 75 $/MWh at 18:30, and stays. */
const EVENING: readonly (readonly [time: string, lmp: number])[] = [
  ["18:20:10", 31],
  ["18:25:10", 34],
  ["18:30:10", 480],
  ["18:35:10", 2_100],
  ["18:40:10", 4_999],
  ["18:45:10", 3_200],
  ["18:50:10", 2_750],
];
/** The worker dies before it hears of the crossing, and is back at 18:51:40. */
const BACK = "18:51:40";

/** The site's worker is down from 18:30 until 18:51:40: what was published meanwhile is read then, together. */
function evening(prices = EVENING): TestSite {
  const one = new TestSite(site());
  one.take(hashprice("18:00:00"));
  for (const [time, lmp] of prices) {
    const late = secondsBetween(at(time), at(BACK));
    one.take(scedLmp(time, lmp, time < "18:30" ? 60 : late));
  }
  return one;
}

/** The lines of the timeline that settlement reads, of 100 machines. */
function timelineOf(one: TestSite): TimelineChange[] {
  const lines: TimelineChange[] = [];
  for (const record of one.records)
    for (const changed of changedCohorts(one.plan, record, lines.slice(-1))) {
      const line = timelineChange(one.plan, record, changed, changed.countsMachines ? 100 : undefined);
      if (line !== undefined) lines.push(line);
    }
  return lines;
}

const interval = (key: string) => ({ interval: parseIntervalKey(key), startAt: intervalStart(parseIntervalKey(key)) });

describe("a worker that is down exactly when the price crosses the strike", () => {
  it("acts on the level once it is back: one decision of that moment, none for the time that it missed", () => {
    const { records } = evening();
    const missed = records.filter(({ input }) => input.asOf >= at("18:30:00") && input.asOf < at(BACK));
    expect(missed).toEqual([]);
    const [first] = records.filter(({ input }) => input.asOf >= at(BACK));
    expect(clockOf(first?.input.asOf)).toBe(BACK);
    const last = records.at(-1);
    expect(clockOf(last?.input.asOf)).toBe(BACK);
    expect(last?.output.cohorts.map(({ split }) => splitText(split))).toEqual(["off"]);
    expect(last?.input.intervalKey).toBe("2024-08-20/19/4");
  });

  it("leaves the machines on where the price has fallen again before it is back", () => {
    const { records } = evening(EVENING.map(([time, lmp]) => [time, time >= "18:45" ? 30 : lmp] as const));
    expect(new Set(records.flatMap(({ output }) => output.cohorts.map(({ split }) => splitText(split))))).toEqual(
      new Set(["normal"]),
    );
  });

  it("leaves the interval that it missed without curtailment, and that of its return with the seconds after it", () => {
    const [missed, back] = attributeSpans(timelineOf(evening()), [
      interval("2024-08-20/19/3"),
      interval("2024-08-20/19/4"),
    ]);
    expect(missed?.curtailed).toEqual([]);
    expect(missed?.baselines).toEqual([{ clientId: "client", baselineWh: "75000" }]);
    // from 18:51:40 to 19:00:00
    expect(back?.curtailed).toMatchObject([{ reason: "economic", seconds: 500 }]);
  });

  it("has the missed interval settled by the register: its energy at the spike's price, and no credit", () => {
    const key = "2024-08-20/19/3";
    const priced = syntheticDay({ corrected: { [key]: "265000" } });
    const day = {
      ...priced,
      intervals: priced.intervals.map((one) =>
        one.startAt === intervalStart(parseIntervalKey(key))
          ? {
              ...one,
              curtailed: [],
              feeders: one.feeders.map((feeder) =>
                feeder.clientId === "cedar" ? { ...feeder, energyWh: "2270000" } : feeder,
              ),
              siteEnergyWh: "20000000",
            }
          : one,
      ),
    };
    const settled = settle(day);
    expect(settled.missing).toEqual([]);
    const cedar = settled.clientIntervals.find((one) => one.intervalKey === key && one.clientId === "cedar");
    expect(CONTRACTS.find(({ clientId }) => clientId === "cedar")?.energy).toMatchObject({ kind: "pass-through" });
    // 2,270 kWh less 2,000 kWh of the block, at 2,650.00 $/MWh: 715.50 $
    expect(cedar).toMatchObject({ energyWh: "2270000", curtailedWh: "0", clientCreditE8: "0" });
    expect(cedar?.charges["index"]).toBe("71550000000");
  });
});
