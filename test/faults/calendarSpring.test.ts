import { beforeAll, describe, expect, it } from "vitest";
import type { MarketSession } from "../../src/app/session/marketSession.ts";
import { switchesOf } from "../../src/app/session/sessionSummary.ts";
import { marketDay } from "./marketCalendar.ts";

const DAY = "2026-03-08";

describe("the spring day of 23 hours, quiet but for one spike in the first quarter hour after the change", () => {
  let session: MarketSession;
  beforeAll(async () => {
    session = await marketDay(DAY, ({ operatingDay, hourEnding, interval }) =>
      operatingDay === DAY && hourEnding === 4 && interval === 1 ? 900 : 25,
    );
  }, 240_000);

  it("is settled with all 92 intervals and none of the hour that the clocks skip, nothing missing, every identity kept", () => {
    const { input, result } = session.settlement;
    expect(input.version).toBe(1);
    expect(
      input.intervals.map(({ interval: { hourEnding, interval } }) => `${hourEnding}/${interval}`).slice(6, 10),
    ).toEqual(["2/3", "2/4", "4/1", "4/2"]);
    expect(input.intervals.filter(({ interval }) => interval.hourEnding === 3)).toEqual([]);
    expect([input.intervals.length, result.gapWh.length, result.clientIntervals.length, result.missing]).toEqual([
      92,
      92,
      276,
      [],
    ]);
    expect(result.checks.filter(({ holds }) => !holds)).toEqual([]);
  });

  it("puts the spike into 03:00, which follows 01:45, and curtails then", () => {
    const dear = session.settlement.input.intervals.filter(({ price }) => price?.centsPerMwh === "90000");
    expect(dear.map(({ startAt }) => startAt)).toEqual(["2026-03-08T08:00:00.000Z"]);
    const down = switchesOf(session.decisions).filter(({ to }) => to === "off");
    expect(down.map(({ cohortId }) => cohortId).sort()).toEqual(["bluestem-s19k", "caprock-s21", "mesquite-s19j"]);
    for (const { at } of down) expect(at >= "2026-03-08T08:00:00.000Z" && at < "2026-03-08T08:15:00.000Z").toBe(true);
  });

  it("issues three statements and leaves an evidence bundle without a finding", () => {
    expect(session.statements.map(({ statement }) => [statement.clientId, statement.status])).toEqual([
      ["bluestem", "issued"],
      ["caprock", "issued"],
      ["mesquite", "issued"],
    ]);
    for (const { intervalsCsv } of session.statements) expect(intervalsCsv.trimEnd().split("\n")).toHaveLength(93);
    expect(session.verdict.layers.flatMap(({ findings }) => findings)).toEqual([]);
    expect(session.verdict.ok).toBe(true);
  });
});
