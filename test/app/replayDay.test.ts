import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MarketSession, marketSession } from "../../src/app/session/marketSession.ts";
import { settledAdders, switchesOf } from "../../src/app/session/sessionSummary.ts";
import { withoutGridFeed } from "../../src/app/worker/loadDeployment.ts";
import { oneAnHour, restedOn, runAnHour, seldomAsking } from "./quietSite.ts";
import { freeNet, smallSite } from "./smallSite.ts";

const MINUTES = 60_000;
const DAY = "2024-08-20";
const data = process.env["BALLAST_DATA_DIR"];
const folder = mkdtempSync(join(tmpdir(), "ballast-replay-"));

/**
 * A published scarcity day: HB_HOUSTON on 2024-08-20, one cohort at a strike of 75 $/MWh, no hold times, no adder term.
 * Until 15:00, while no price is above 44 $/MWh, one SCED run an hour is published, then every one.
 */
describe.skipIf(data === undefined)("2024-08-20 at HB_HOUSTON (needs published prices: set BALLAST_DATA_DIR)", () => {
  let session: MarketSession;

  beforeAll(async () => {
    session = await marketSession({
      dataDir: join(folder, "run"),
      day: DAY,
      seed: 75,
      speed: null,
      print: () => undefined,
      deployment: runAnHour(
        seldomAsking(
          withoutGridFeed(
            restedOn(
              smallSite({ config: "config/replay-k75.yaml", day: DAY, net: await freeNet(), machinesPerCohort: 20 }),
            ),
          ),
        ),
      ),
      prices: {
        lmpPath: oneAnHour(
          folder,
          join(data as string, "ercot/prices/rt-lmp-sced-5min.HB_HOUSTON.2024.csv.gz"),
          DAY,
          `${DAY}T15:00`,
        ),
        sppPath: join(data as string, "ercot/prices/rt-spp-15min.hubs.np6-785-columns.2024-08.csv.gz"),
        days: [DAY, "2024-08-21"],
        point: "HB_HOUSTON",
      },
    });
  }, 5 * MINUTES);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("goes off on the SCED run of 18:30:13 and on again at 21:15:12", () => {
    expect(switchesOf(session.decisions).map(({ to, reason, scedRun }) => [to, reason, scedRun])).toEqual([
      ["off", "economic", "18:30:13"],
      ["normal", "economic", "21:15:12"],
    ]);
  });

  it("sees the system-wide adder settle: +717.18 at 20:15; the −446.23 of 20:30 count as none and pull no restart", () => {
    const adders = new Map(
      settledAdders(session.decisions).map(({ intervalKey, adderUsdPerMwh }) => [
        intervalKey,
        Number(adderUsdPerMwh.toFixed(2)),
      ]),
    );
    expect(adders.get(`${DAY}/21/2`)).toBe(717.18);
    const after = session.decisions.filter(({ input }) => input.facts.lastSettled?.intervalKey === `${DAY}/21/3`);
    expect(after.map(({ input }) => input.facts.lastSettled?.adderUsdPerMwh)).toEqual(after.map(() => 0));
    expect(after.length).toBeGreaterThan(0);
  });

  it("marks the grid condition of every decision as assumed", () => {
    expect(session.decisions.every(({ input }) => input.facts.grid.assumed)).toBe(true);
  });

  it("holds every identity of the day to 10⁻⁸ and misses no interval", () => {
    expect(session.settlement.result.missing).toEqual([]);
    expect(session.settlement.result.checks.map(({ name, difference }) => [name, difference])).toEqual(
      session.settlement.result.checks.map(({ name }) => [name, "0"]),
    );
  });

  it("audits with zero differences", () => {
    expect(session.verdict.layers.flatMap(({ findings }) => findings)).toEqual([]);
  });
});
