import { describe, expect, it } from "vitest";
import { siteNowText } from "../../src/app/status/siteNowText.ts";
import { siteViewOf } from "../../src/app/status/siteView.ts";
import type { FeedStanding, SiteStatusRows } from "../../src/ports/siteRecords.ts";
import { INVOLUNTARY_TRIP, type InvoluntaryTripInput, tripMessageId } from "../../src/domain/inputs/involuntaryTrip.ts";
import type { DecisionRecord } from "../../src/domain/decision/model.ts";
import { capacityNow } from "../../src/readModels/capacityNow.ts";
import { dispatchNow } from "../../src/readModels/dispatchNow.ts";
import { cohortsNow } from "../../src/readModels/cohortsNow.ts";
import { marketNow } from "../../src/readModels/marketNow.ts";
import { siteNow } from "../../src/readModels/siteNow.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";
import { at, hashprice, scedLmp, site as hallOf100, TestSite } from "../domain/decision/site.ts";
import { smallSite } from "./smallSite.ts";

const DAY = "2026-06-09";
/** The site's worker was stopped now: each feed had just been polled. */
const STOPPED: Instant = wallToInstant({ day: DAY, time: "10:02:00", repeatedHour: false });
const site = smallSite({ day: DAY, net: 40, machinesPerCohort: 1 });
const view = siteViewOf(site);
const rows: SiteStatusRows = {
  modes: [],
  feeds: [...view.feeds.keys()].map((feedId): FeedStanding => ({
    feedId,
    polledAt: STOPPED,
    lastSeenAt: STOPPED,
    answeredAt: STOPPED,
    silent: false,
  })),
  stragglers: 0,
  unreadMeters: [],
  unexported: [],
  findings: { count: 0 },
  doors: { instructions: [], refused: { count: 0 }, awards: [] },
  keptHolds: { trips: [], stops: [] },
  stopInputs: [],
  refusals: [],
  freezes: [],
};

const lineOf = (label: string, minutes: number): string | undefined =>
  siteNowText(siteNow(view, rows, addSeconds(STOPPED, minutes * 60)))
    .split("\n")
    .find((line) => line.includes(label) && line.indexOf(label) < 6);

it("a stopped worker is seen once a feed's limit has passed without a poll: 5 minutes for the grid, 10 for the price", () => {
  expect(lineOf("silent", 4)).toMatch(/nothing$/);
  expect(lineOf("silent", 6)).toMatch(/grid-condition; nobody polls grid-condition: is a worker running\?$/);
  expect(lineOf("silent", 11)).toMatch(
    /grid-condition, sced-adders, sced-lmp; nobody polls grid-condition, sced-adders, sced-lmp\/HB_WEST: is a worker running\?$/,
  );
});

it("a source that does not answer is named with the first poll, and what was never seen has no age", () => {
  const dead = rows.feeds.map((feed): FeedStanding =>
    feed.feedId === "grid-condition" ? { feedId: feed.feedId, polledAt: STOPPED, silent: false } : feed,
  );
  const text = siteNowText(siteNow(view, { ...rows, feeds: dead }, STOPPED));
  expect(text).toContain("silent        no answer to the last poll of grid-condition\n");
  expect(text).toMatch(/^feeds .*; grid-condition nothing seen yet; /m);
});

it("a source that stopped answering is named before its limit has passed", () => {
  const polledAt = addSeconds(STOPPED, 60);
  const text = siteNowText(
    siteNow(view, { ...rows, feeds: rows.feeds.map((feed) => ({ ...feed, polledAt })) }, polledAt),
  );
  expect(text).toMatch(
    /^silent +no answer to the last poll of .*grid-condition, grid-notices, hashprice\/constant\/39\.00, /m,
  );
});

it("the meter's figure is that of the verdict once there is one, and that of the next boundary after it", () => {
  const boundary = { readAt: STOPPED, powerKw: 943.29, quality: "metered" } as const;
  const judged = (seconds: number) => ({
    revision: 4,
    outcome: "confirmed",
    sentence: "",
    closedAt: addSeconds(STOPPED, seconds + 5),
    meter: { readAt: addSeconds(STOPPED, seconds), powerKw: 1.1 + 2.2, quality: "metered" } as const,
  });
  const power = (seconds: number) =>
    siteNow(view, { ...rows, meter: boundary, verdict: judged(seconds) }, addSeconds(STOPPED, 300)).power;
  expect(power(40)).toMatchObject({ meteredAt: addSeconds(STOPPED, 40), meteredKw: 3.3 });
  expect(power(-40)).toMatchObject({ meteredAt: STOPPED, meteredKw: 943.29 });
});

it("power ordered is that of the site meter, cooling and losses included, to the watt", () => {
  const plan = { ...site.plan, pue: 1.07 };
  const modes = plan.cohorts.map(({ cohortId, clientId, normalModeId }) => ({
    cohortId,
    clientId,
    split: [{ modeId: normalModeId, machines: 1 }],
    reason: "economic",
    since: STOPPED,
    ableToRun: 1,
  }));
  const now = siteNow({ ...view, plan }, { ...rows, modes }, STOPPED);
  const watts = plan.cohorts.map(({ modes: own }) => Math.round((own.at(-1)?.powerW ?? Number.NaN) * 1.07));
  expect(now.power.commandedKw).toBe(watts.reduce((sum, one) => sum + one) / 1000);
  expect(JSON.stringify(now.power)).not.toMatch(/\.\d{4}/);
});

it("an order that nobody has begun to carry out is not taken for the one before, which is under way", () => {
  const ordered = (revision: number) => ({ dispatch: { revision, targets: [] } }) as unknown as DecisionRecord;
  const verdictOf = (latestChange: DecisionRecord): string | undefined =>
    siteNowText({ ...now, ...dispatchNow(site.plan, { ...rows, latestChange, dispatchedRevision: 1 }, []) })
      .split("\n")
      .find((line) => line.startsWith("verdict"));
  const now = siteNow(view, rows, STOPPED);
  expect(verdictOf(ordered(3))).toMatch(/none yet; revision 3 is ordered and not begun; revision 1 is under way$/);
  expect(verdictOf(ordered(1))).toMatch(/none yet; revision 1 is under way$/);
});

it("clearing prices for capacity are those of the run and the hour that is running, and what is not known is absent", () => {
  const at = wallToInstant({ day: DAY, time: "10:02:00", repeatedHour: false });
  const facts = {
    scedMcpc: { scedAt: addSeconds(at, -100), usdPerMwHour: { RRS: 216.21, REGDN: 0 } },
    dayAheadMcpc: {
      startsAt: wallToInstant({ day: DAY, time: "09:00:00", repeatedHour: false }),
      usdPerMwHour: { RRS: [9, 10, 11], ECRS: [1, null, 3], NSPIN: [7, 8, 9] },
    },
  };
  const latest = { input: { facts } } as unknown as DecisionRecord;
  const sced = { scedAt: addSeconds(at, -100), ageSeconds: 100 };
  expect(capacityNow({ latest }, at)).toEqual([
    { product: "REGDN", called: "Reg-Down", sced: { ...sced, usdPerMwHour: 0 } },
    { product: "RRS", called: "RRS", sced: { ...sced, usdPerMwHour: 216.21 }, dayAheadUsdPerMwHour: 10 },
    { product: "NSPIN", called: "Non-Spin", dayAheadUsdPerMwHour: 8 },
  ]);
  expect(capacityNow({ latest: undefined }, at)).toEqual([]);
  // the day-ahead prices end at noon
  expect(capacityNow({ latest }, addSeconds(at, 2 * 3_600)).map(({ product }) => product)).toEqual(["REGDN", "RRS"]);
});

/** 100 machines run; at 16:46:20 the feeder of 40 of them opens. */
function tripped(): TestSite {
  const hall = new TestSite(hallOf100());
  hall.take(hashprice("16:40:10"));
  hall.take(scedLmp("16:44:50", 20));
  hall.take(feederOpens("16:46:20"));
  return hall;
}
const feederOpens = (time: string): InvoluntaryTripInput => ({
  kind: INVOLUNTARY_TRIP,
  id: tripMessageId(at(time)),
  at: at(time),
  fellAfter: addSeconds(at(time), -20),
  fellBy: addSeconds(at(time), -10),
  fromKw: 300,
  toKw: 180,
  leastFallKw: 10,
  looks: [],
  sentence: "it fell",
  cohorts: [{ cohortId: "a", darkMachines: 40, darkKw: 120, ableMachines: 60 }],
});
/** The lines under the first one, up to the empty one. */
const firstLines = (hall: TestSite, kept: Partial<SiteStatusRows> = {}, time = "16:52:20"): readonly string[] => {
  const now = siteNow({ ...view, plan: hall.plan }, { ...rows, latest: hall.records.at(-1), ...kept }, at(time));
  const lines = siteNowText(now).split("\n");
  return lines.slice(1, lines.indexOf(""));
};
const smoke = { cohortId: "a", actor: "fire-panel", reason: "smoke.", at: at("16:47:00") };

describe("what a person must let go stands in the first lines", () => {
  it("a trip: since when, what fell, who is dark, that restarts are held, and the command that releases it", () => {
    const hall = tripped();
    expect(firstLines(hall)).toEqual([
      "trip          since 16:46:20 (6 min ago): the load fell from 300.0 kW to 180.0 kW without a command, 40 machines of " +
        'a dark; restarts are held until it is released: ballast release trip --site pecan-draw --reason "<text>"',
    ]);
    hall.take({ kind: "release", id: "r", at: at("16:53:00"), orderId: "trip", actor: "jo", reason: "closed" });
    expect(firstLines(hall)).toEqual([]);
  });

  it("a safety stop: of what, by whom, why, and the command that ends it", () => {
    const hall = tripped();
    hall.take({ kind: "stop", id: "s", ...smoke });
    expect(firstLines(hall, { keptHolds: { trips: [], stops: [smoke] } }).slice(1)).toEqual([
      "safety stop   since 16:47:00 (5 min ago): a by fire-panel, smoke; nothing of it starts until: ballast start-again " +
        '--cohort a --site pecan-draw --reason "<text>"',
    ]);
  });

  it("a contact's stop says that its end is refused while the contact holds it", () => {
    const hall = tripped();
    const alarm = { ...smoke, actor: "input:fire-hall-2", reason: "Fire alarm relay of hall 2: the contact is off" };
    hall.take({ kind: "stop", id: "s", ...alarm });
    expect(firstLines(hall, { keptHolds: { trips: [], stops: [alarm] } })[1]).toMatch(
      /start-again --cohort a --site pecan-draw --reason "<text>", refused while the contact holds it$/,
    );
  });

  it("a stop that a door keeps and a trip that is kept, of which the site has not decided: neither says that it holds", () => {
    const calm = new TestSite(hallOf100());
    calm.take(hashprice("16:40:10"));
    const kept = { trips: [feederOpens("16:46:20")], stops: [{ ...smoke, cohortId: undefined }] };
    expect(firstLines(calm, { keptHolds: kept })).toEqual([
      expect.stringMatching(
        /^trip .* 40 machines of a dark; it is kept, the site has not decided on it yet: nothing is held$/,
      ),
      "safety stop   since 16:47:00 (5 min ago): the site by fire-panel, smoke; it is kept, the site has not decided on it " +
        "yet: what runs runs on, no command but off goes out",
    ]);
  });

  it("a narrow window shows it above the price", () => {
    const now = siteNow(
      { ...view, plan: tripped().plan },
      { ...rows, latest: tripped().records.at(-1) },
      at("16:52:20"),
    );
    const text = siteNowText(now, { columns: 80, rows: 10 });
    expect(text.indexOf("ballast release trip")).toBeGreaterThan(0);
    expect(text.indexOf("ballast release trip")).toBeLessThan(text.indexOf("\nprice "));
  });
});

it("machines that somebody stopped or started since the last dispatch are shown, and those of one under way are not", () => {
  const hall = new TestSite(hallOf100());
  hall.take(hashprice("16:40:10"));
  hall.take(scedLmp("16:44:50", 400));
  const awayAfter = (asleep: number, changes: Partial<SiteStatusRows> = {}): string[] => {
    const observedAt = at("16:50:30");
    const counted = { kind: "fleet-able" as const, id: `able/${asleep}`, at: observedAt, observedAt };
    const later = new TestSite(hall.plan);
    later.state = { ...hall.state, cohorts: hall.state.cohorts.map(({ unseen: _, ...cohort }) => cohort) };
    later.take({ ...counted, cohorts: [{ cohortId: "a", machines: 100, asleep }] });
    const latest = later.decideAt(at("16:51:00"));
    const verdict = { revision: 1, outcome: "confirmed", sentence: "", closedAt: at("16:47:00") };
    const cohorts = cohortsNow(hall.plan, { ...rows, latest, dispatchedRevision: 1, verdict, ...changes });
    const text = siteNowText({ ...siteNow(view, rows, at("16:52:00")), cohorts });
    return text.split("\n").filter((line) => line.startsWith("away"));
  };
  expect(awayAfter(100)).toEqual([]);
  expect(awayAfter(88)).toEqual([
    "away          of a 12 run that are to be off, counted 16:50:30: were they stopped or started by hand?",
  ]);
  expect(awayAfter(88, { dispatchedRevision: 2 })).toEqual([]);
  expect(
    awayAfter(88, { verdict: { revision: 1, outcome: "confirmed", sentence: "", closedAt: at("16:50:40") } }),
  ).toEqual([]);
});

it("a source of the grid level is as old as its newest document, however long ago the site decided, and silent as its feed is", () => {
  const listed = { "grid-condition": [{ source: "grid-condition", silentAfterSeconds: 300 }] };
  const hall = new TestSite(hallOf100({ gridSource: "feed", factSources: listed }));
  const told = {
    kind: "grid-condition" as const,
    feedId: "grid-condition",
    level: "watch" as const,
    stateText: "watch",
  };
  const said = { at: at("16:40:00"), observedAt: at("16:40:00"), source: "dashboard/daily-prc", contentHash: "00" };
  hall.take({ ...told, ...said, id: "g" });
  const latest = hall.decideAt(at("16:41:00"));
  const gridAt = (silent: boolean) => {
    const lastSeenAt = at("19:59:30");
    const feed = { feedId: "grid-condition", polledAt: lastSeenAt, answeredAt: lastSeenAt, lastSeenAt, silent };
    return marketNow(hall.plan, { latest, feeds: [feed] }, at("20:00:00")).grid;
  };
  expect(gridAt(false)).toMatchObject({
    knownAt: at("16:41:00"),
    sources: [{ source: "grid-condition", level: "watch", isSilent: false, ageSeconds: 30 }],
  });
  expect(gridAt(true)?.sources).toMatchObject([{ isSilent: true }]);
});
