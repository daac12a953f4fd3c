import { describe, expect, it } from "vitest";
import type { FeedState } from "../../../src/domain/inputs/feedState.ts";
import { foldPoll } from "../../../src/domain/inputs/foldPoll.ts";
import { forecastAfter, loadForecast, type LoadForecastObservation } from "../../../src/domain/inputs/loadForecast.ts";
import type { MarketObservation } from "../../../src/domain/inputs/marketFacts.ts";
import type { FoldedPoll, WatchRules } from "../../../src/domain/inputs/pollModel.ts";
import {
  systemDemand,
  type SystemDemandInput,
  type SystemDemandObservation,
} from "../../../src/domain/inputs/systemDemand.ts";
import { settlementInterval, wallToInstant } from "../../../src/domain/market/calendar.ts";
import { WEATHER_ZONES } from "../../../src/domain/market/loadZones.ts";
import { addSeconds, type Instant } from "../../../src/domain/units/instant.ts";
import { LayerLog } from "../../../src/replay/layerLog.ts";
import { checkSources } from "../../../src/replay/layers/sources.ts";

const at = (day: string, time: string): Instant => wallToInstant({ day, time: `${time}:00`, repeatedHour: false });
const head = (contentHash: string) =>
  ({
    source: "mis/1",
    documentId: contentHash,
    contentHash,
    fetchedAt: at("2025-06-30", "23:00"),
    quality: "PUBLISHED",
  }) as const;
const measured = (day: string, time: string, demandMw: string, hash = `${day} ${time}`): SystemDemandObservation => ({
  ...head(hash),
  kind: "system-demand",
  interval: settlementInterval(at(day, time)),
  demandMw,
});
const rules: WatchRules = {
  feedId: "system-demand",
  silentAs: "system-demand",
  silentAfterSeconds: 1e6,
  role: "record",
};
const poll = (now: Instant, observations: readonly MarketObservation[], before: FeedState = {}): FoldedPoll =>
  foldPoll(rules, before, {
    at: now,
    read: [{ observations, stored: observations.map((observation) => ({ observation, version: 1 })) }],
    problems: [],
  });
const peaksOf = ({ riders }: FoldedPoll) =>
  (riders as readonly SystemDemandInput[]).map(({ dayPeaks }) => dayPeaks.map(({ startsAt, mw }) => [startsAt, mw]));

describe("demand of the system, as a site is told", () => {
  const first = poll(at("2025-06-20", "18:00"), [
    measured("2025-06-19", "16:45", "77351.5"),
    measured("2025-06-19", "17:00", "77200"),
    measured("2025-06-20", "16:30", "76000"),
  ]);

  it("is one message that waits for a ride: the newest quarter hour, and the highest of each day, the highest first", () => {
    expect(first.news).toEqual([]);
    expect(first.riders).toMatchObject([
      {
        kind: "system-demand",
        newest: { startsAt: at("2025-06-20", "16:30"), mw: 76_000 },
        monthFrom: at("2025-06-19", "16:45"),
      },
    ]);
    expect(peaksOf(first)).toEqual([
      [
        [at("2025-06-19", "16:45"), 77_351.5],
        [at("2025-06-20", "16:30"), 76_000],
      ],
    ]);
  });

  it("follows a peak that is published anew, lower or higher, and takes a quarter hour that comes late", () => {
    const lower = poll(at("2025-06-20", "18:15"), [measured("2025-06-19", "16:45", "75000", "anew")], first.state);
    expect(peaksOf(lower)[0]?.[0]).toEqual([at("2025-06-20", "16:30"), 76_000]);
    expect(lower.riders).toMatchObject([{ newest: { startsAt: at("2025-06-20", "16:30") } }]);
    const late = poll(at("2025-06-20", "18:30"), [measured("2025-06-20", "16:15", "78000")], lower.state);
    expect(peaksOf(late)[0]?.[0]).toEqual([at("2025-06-20", "16:15"), 78_000]);
  });

  it("begins anew with a month, and hears nothing of the month before then", () => {
    const july = poll(at("2025-07-01", "01:00"), [measured("2025-07-01", "00:00", "50000")], first.state);
    expect(peaksOf(july)).toEqual([[[at("2025-07-01", "00:00"), 50_000]]]);
    expect(july.riders).toMatchObject([{ monthFrom: at("2025-07-01", "00:00") }]);
    expect(poll(at("2025-07-01", "01:15"), [measured("2025-06-30", "16:45", "90000")], july.state).riders).toEqual([]);
  });

  it("stands number by number in the documents that said it; one that no document says is found", async () => {
    const rows = [measured("2025-06-19", "16:45", "77351.5"), measured("2025-06-20", "16:30", "76000")];
    const book = {
      read: (contentHash: string) =>
        Promise.resolve({ observations: rows.filter((row) => row.contentHash === contentHash) }),
    };
    const [told] = first.riders as readonly SystemDemandInput[];
    const findings = async (input: SystemDemandInput) => {
      const log = new LayerLog("sources", "kept documents");
      await checkSources([{ input, where: "event 1" }] as never, book as never, log);
      return log.findings.length;
    };
    expect(systemDemand.parts?.(told!)).toHaveLength(3);
    expect(await findings(told!)).toBe(0);
    const forged = { ...told!, dayPeaks: told!.dayPeaks.map((peak, i) => (i === 0 ? { ...peak, mw: 80_000 } : peak)) };
    expect(await findings(forged)).toBe(1);
  });
});

describe("the load forecast, as a site is told", () => {
  const day = "2025-06-20";
  const forecast = (postedAt: Instant, hours: readonly string[]): LoadForecastObservation => ({
    ...head("forecast"),
    kind: "load-forecast",
    postedAt,
    hours: hours.map((time, i) => ({
      hour: { ...settlementInterval(at(day, time)), startsAt: at(day, time) },
      model: "E",
      loadMw: { ...Object.fromEntries(WEATHER_ZONES.map((zone) => [zone, "1"])), SYSTEM: `${60_000 + i}` } as never,
    })),
  });

  it("is the system's load alone, hour by hour; an hour that is not forecast is no zero", () => {
    const { riders } = poll(at(day, "14:05"), [forecast(at(day, "14:00"), ["13:00", "14:00", "16:00"])]);
    expect(riders).toMatchObject([
      { kind: "load-forecast", startsAt: at(day, "13:00"), systemMw: [60_000, 60_001, null, 60_002] },
    ]);
    const series = { postedAt: at(day, "14:00"), startsAt: at(day, "13:00"), systemMw: [60_000, 60_001, null, 60_002] };
    expect(forecastAfter(series, at(day, "14:30")).map(({ startsAt }) => startsAt)).toEqual([
      at(day, "14:00"),
      at(day, "16:00"),
    ]);
    expect(
      loadForecast.says(forecast(at(day, "14:00"), ["13:00", "14:00", "16:00"]), riders[0] as never, undefined),
    ).toBe(true);
  });

  it("is not told of a posting that is history, and of several the newest is", () => {
    expect(poll(at(day, "19:05"), [forecast(at(day, "14:00"), ["13:00"])]).riders).toEqual([]);
    const two = [forecast(at(day, "14:00"), ["14:00"]), forecast(addSeconds(at(day, "14:00"), -3_600), ["13:00"])];
    expect(poll(at(day, "14:05"), two).riders).toMatchObject([{ postedAt: at(day, "14:00") }]);
  });
});
