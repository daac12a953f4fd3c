import { beforeAll, describe, expect, it } from "vitest";
import type { MarketSession } from "../../src/app/session/marketSession.ts";
import { switchesOf } from "../../src/app/session/sessionSummary.ts";
import { marketDay } from "./marketCalendar.ts";

const DAY = "2026-11-01";

describe("the autumn day of 25 hours, quiet but for one spike in the second copy of the repeated hour", () => {
  let session: MarketSession;
  beforeAll(async () => {
    session = await marketDay(DAY, ({ operatingDay, hourEnding, repeatedHour, interval }) =>
      operatingDay === DAY && hourEnding === 2 && repeatedHour && interval === 2 ? 900 : 25,
    );
  }, 240_000);

  it("is settled with all 100 intervals, nothing missing, every identity kept", () => {
    const { input, result } = session.settlement;
    expect(input.version).toBe(1);
    expect(
      input.intervals
        .map(
          ({ interval: { hourEnding, interval, repeatedHour } }) =>
            `${hourEnding}/${interval}${repeatedHour ? "R" : ""}`,
        )
        .slice(4, 13),
    ).toEqual(["2/1", "2/2", "2/3", "2/4", "2/1R", "2/2R", "2/3R", "2/4R", "3/1"]);
    expect([input.intervals.length, result.gapWh.length, result.clientIntervals.length, result.missing]).toEqual([
      100,
      100,
      300,
      [],
    ]);
    expect(result.checks.filter(({ holds }) => !holds)).toEqual([]);
  });

  it("puts the spike into the second 01:15 alone, and curtails then and not an hour earlier", () => {
    const dear = session.settlement.input.intervals.filter(({ price }) => price?.centsPerMwh === "90000");
    expect(dear.map(({ startAt }) => startAt)).toEqual(["2026-11-01T07:15:00.000Z"]);
    const down = switchesOf(session.decisions).filter(({ to }) => to === "off");
    expect(down.map(({ cohortId }) => cohortId).sort()).toEqual(["bluestem-s19k", "caprock-s21", "mesquite-s19j"]);
    for (const { at } of down) expect(at >= "2026-11-01T07:15:00.000Z" && at < "2026-11-01T07:30:00.000Z").toBe(true);
    const curtailed = session.settlement.input.intervals
      .filter(({ curtailed: spans }) => spans.length > 0)
      .map(({ startAt }) => startAt);
    expect(curtailed[0]).toBe("2026-11-01T07:15:00.000Z");
  });

  it("issues three statements and leaves an evidence bundle without a finding", () => {
    expect(session.statements.map(({ statement }) => [statement.clientId, statement.status])).toEqual([
      ["bluestem", "issued"],
      ["caprock", "issued"],
      ["mesquite", "issued"],
    ]);
    for (const { intervalsCsv } of session.statements) expect(intervalsCsv.trimEnd().split("\n")).toHaveLength(101);
    expect(session.verdict.layers.flatMap(({ findings }) => findings)).toEqual([]);
    expect(session.verdict.ok).toBe(true);
  });
});
