import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresDecisionStore } from "../../src/adapters/postgres/decisionStore.ts";
import { query } from "../../src/adapters/postgres/pool.ts";
import { postgresSiteRecords } from "../../src/adapters/postgres/siteRecords.ts";
import { demoPrices, DEMO_DAY, DEMO_SEED } from "../../src/app/session/demoDay.ts";
import { demoScenes } from "../../src/app/session/demoScenes.ts";
import { type LocalBookRun, startLocalBook } from "../../src/app/session/localRun.ts";
import { simulatedBook } from "../../src/app/session/simulatedSite.ts";
import { backText, demoBreakerTrips, heldText, recognizedText, tripScene } from "../../src/app/session/tripScene.ts";
import { siteNowText } from "../../src/app/status/siteNowText.ts";
import { siteViewOf } from "../../src/app/status/siteView.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import { splitText } from "../../src/domain/decision/split.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import type { ObligationsNow } from "../../src/readModels/obligationsNow.ts";
import { readSiteNow } from "../../src/readModels/siteNow.ts";
import { restedOn } from "./quietSite.ts";
import { freeNet, smallSite } from "./smallSite.ts";

const [FIRST, LAST] = ["pecan-draw", "salt-fork"];
/** Of each cohort at the most: enough for 0.4 MW at the first site. */
const MACHINES = 60;
const at = (time: string) => wallToInstant({ day: DEMO_DAY, time, repeatedHour: false });

const folder = mkdtempSync(join(tmpdir(), "ballast-scenes-"));
const told: string[] = [];
/** What `ballast status` shows of the last site while restarts are held. */
let heldStatus = "";
const decisions = new Map<string, readonly DecisionRecord[]>();
let run: LocalBookRun;

/** Where a site stood after its last decision before a moment: each cohort and why it is there. */
function stood(siteId: string, time: string): Readonly<Record<string, string>> {
  const record = decisions.get(siteId)?.findLast(({ input }) => input.asOf < at(time));
  const cohorts = record?.output.cohorts ?? [];
  return Object.fromEntries(cohorts.map(({ cohortId, split, reason }) => [cohortId, `${splitText(split)}: ${reason}`]));
}

describe("the scenes of the demo's afternoon, by themselves", () => {
  beforeAll(async () => {
    const net = await freeNet(2);
    const deployments = ["config/example-site.yaml", "config/book/salt-fork.yaml"].map((config, i) =>
      restedOn(smallSite({ config, day: DEMO_DAY, net: net + i, machinesPerCohort: MACHINES })),
    );
    const book = { bookId: "scenes", deployments };
    run = await startLocalBook({
      dataDir: join(folder, "run"),
      book,
      onProgress: () => undefined,
      world: {
        startAt: at("13:02:00"),
        speed: null,
        prices: demoPrices(),
        seed: DEMO_SEED,
        breakerTrips: demoBreakerTrips(book),
        ...simulatedBook(deployments),
      },
    });
    const tell = (siteId: string, line: string): void => void told.push(`${siteId} ${line}`);
    const until = (instant: Instant) => Promise.race([run.clock.waitUntil("~test", instant), run.stack.failure]);
    const records = postgresSiteRecords(run.pool);
    const look = async () =>
      void (heldStatus = siteNowText(await readSiteNow(records, siteViewOf(deployments[1]!), run.clock)));
    const actions = [{ at: at("13:26:10"), act: look }, ...tripScene(run, tell), ...demoScenes(run, tell)];
    // The evening's scene costs hours of the clock: soldReserve.test.ts has what it shows.
    const afternoon = actions.filter((action) => action.at < at("14:33:00"));
    for (const action of afternoon.toSorted((a, b) => (a.at < b.at ? -1 : 1))) {
      await until(action.at);
      await action.act();
    }
    await until(at("14:33:00"));
    const store = postgresDecisionStore(run.pool);
    for (const siteId of [FIRST, LAST])
      decisions.set(siteId, await store.between(siteId, at("13:02:00"), at("14:33:00")));
  }, 360_000);

  afterAll(async () => {
    await run?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("a feeder of the last site opens: a line each says that it was seen, that restarts wait, who let go, that it is back", () => {
    expect(told.filter((line) => /trip/.test(line))).toEqual([
      expect.stringMatching(
        /^salt-fork 13:15  trip recognized at 13:1[123]: the load fell from 19\d\.\d kW to 11\d\.\d kW without a command, 20 machines of paloma-s21 answer no more$/,
      ),
      expect.stringMatching(
        /^salt-fork 13:26  restarts held: the feeder has power again, 1[12]\d\.\d kW on the meter until the trip is released$/,
      ),
      "salt-fork 13:26  release: jim.hale releases the trip, the feeder is inspected and closed",
      expect.stringMatching(/^salt-fork 13:56  back on: 19\d\.\d kW on the meter, no trip stands$/),
    ]);
  });

  it("its status says first that the trip holds restarts, since when, of whom, and how it is released", () => {
    expect(heldStatus.split("\n")[1]).toMatch(
      /^trip +since 13:1[123]:\d\d \(1\d min ago\): the load fell from 19\d\.\d kW to 11\d\.\d kW without a command, 20 machines of paloma-s21 dark; restarts are held until it is released: ballast release trip --site salt-fork --reason "<text>"$/,
    );
  });

  it("what its machines did not draw yet as they were told off is judged no shortfall, and their return is confirmed", async () => {
    const verdicts = await query<{ outcome: string; sentence: string }>(
      run.pool,
      "SELECT outcome, sentence FROM response_verdict WHERE site_id = $1 ORDER BY revision LIMIT 2",
      [LAST],
    );
    expect(verdicts).toEqual([
      {
        outcome: "unknown",
        sentence: expect.stringMatching(
          /^−71\.6 kW expected .* not judged, for \d+\.\d kW of it was not drawn yet when/,
        ),
      },
      { outcome: "confirmed", sentence: expect.stringMatching(/^\+71\.6 kW expected /) },
    ]);
  });

  it("its machines boot into work, are told off, and run again by the release alone, which names who and why", async () => {
    const paloma = (time: string) => stood(LAST, time)["paloma-s21"];
    expect(["13:11:00", "13:15:00", "13:26:30"].map(paloma)).toEqual([
      "normal: economic",
      "no machine: involuntary-shed",
      "off: involuntary-shed",
    ]);
    // By the release they wait for the minimum off time of 30 minutes alone, since they were told off at 13:22.
    expect(["13:45:00", "13:56:00"].map(paloma)).toEqual(["off: economic", "normal: economic"]);
    expect(stood(LAST, "13:26:30")["dryland-s19k"]).toBe("normal: economic");
    expect(Object.values(stood(FIRST, "13:26:30")).join()).not.toContain("involuntary-shed");
    const released = decisions.get(LAST)?.find(({ input }) => input.asOf >= at("13:26:30"));
    expect([released?.input.asOf, released?.input.facts.trips]).toEqual([at("13:26:30"), undefined]);
    const admitted = await query<{ actor: string }>(run.pool, "SELECT actor FROM operator_key WHERE site_id = $1", [
      LAST,
    ]);
    expect(admitted).toEqual([{ actor: "jim.hale" }]);
  });

  it("the first site goes down by the megawatts that came over HTTP, and up again once they are recalled", () => {
    const at1405 = decisions.get(FIRST)?.findLast(({ input }) => input.asOf < at("14:05:00"));
    expect(at1405?.input.facts.instructions).toMatchObject([
      { instructionId: "ecrs-0818-1", issuer: "qse-alpha", product: "ECRS", demand: { kw: 400 } },
    ]);
    const belowKw = at1405?.output.cohorts.flatMap(({ curtailed }) => curtailed.map(({ kw }) => kw)) ?? [];
    expect(belowKw.reduce((sum, kw) => sum + kw, 0)).toBeGreaterThan(400);
    expect(Object.values(stood(FIRST, "14:33:00")).every((one) => one.startsWith("normal: "))).toBe(true);
  });

  it("the last site follows the call that its desk wrote down, with who called and who took it", async () => {
    expect(stood(LAST, "14:15:00")).toMatchObject({ "dryland-s19k": "18 off, 22 normal: instruction" });
    const kept = await query<{ door: string; sender: string }>(
      run.pool,
      "SELECT * FROM door_message ORDER BY received_at",
    );
    expect(kept).toHaveLength(3);
    expect(told.at(-2)).toBe(
      "salt-fork 14:10  qse-alpha, by telephone (J. Smith to maria.desk): ers-0818-1, down by 0.05 MW by 14:40, until 15:10",
    );
  });
});

describe("a desk's look at a trip that is not as it should be", () => {
  const now = { siteId: LAST, trips: [], meteredKw: 190 } as unknown as ObligationsNow;
  const trip = { at: at("13:11:20"), fromKw: 190, toKw: 118, cohorts: [], isDecided: true };

  it("fails the demo aloud where the trip was not recognized, or is gone before its release", () => {
    expect(() => recognizedText(now)).toThrow("The trip of salt-fork was not recognized.");
    expect(() => heldText(now)).toThrow("stands no more, and nobody has released it");
  });

  it("fails it where a trip stands after its release, and says that a meter is not read", () => {
    expect(() => backText({ ...now, trips: [trip] })).toThrow("stands although it was released");
    expect(backText({ ...now, meteredKw: undefined })).toBe("back on: the meter is not read, no trip stands");
  });
});
