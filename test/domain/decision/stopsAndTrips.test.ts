import { describe, expect, it } from "vitest";
import type { InvoluntaryTripInput } from "../../../src/domain/inputs/involuntaryTrip.ts";
import type { StopInput } from "../../../src/domain/inputs/safetyStops.ts";
import { siteStateFromRecords } from "../../../src/domain/decision/siteStateFromRecords.ts";
import { inputProblem } from "../../../src/domain/inputs/inputProblem.ts";
import { reconfigured } from "../../../src/domain/decision/reconfigured.ts";
import { standingStops, stopProblem } from "../../../src/domain/decision/stopProblem.ts";
import { unreleasable } from "../../../src/domain/decision/unreleasable.ts";
import { at, cohort, HASHPRICE_FOR_75, hashprice, instruction, modes, order, scedLmp, site, TestSite } from "./site.ts";

const PLAN = site({ cohorts: [cohort({ cohortId: "a" }), cohort({ cohortId: "b" })] });
let serial = 0;
const word = (kind: StopInput["kind"], time: string, cohortId?: string): StopInput => ({
  kind,
  id: `${kind}/${serial++}`,
  at: at(time),
  ...(cohortId === undefined ? {} : { cohortId }),
  actor: "jo",
  reason: "smoke in hall 2",
});
/** A site at 40 $/MWh, well below its strike of 75: everything runs. */
function running(plan = PLAN): TestSite {
  const of = new TestSite(plan);
  of.take(hashprice("17:55:00", HASHPRICE_FOR_75));
  of.take(scedLmp("18:00:00", 40));
  return of;
}
const told = (of: TestSite): string => modes((of.records.at(-1) as TestSite["records"][number]).output);

describe("a safety stop", () => {
  it("takes the site off at once and holds it off, whatever the price, until somebody lets it start", () => {
    const of = running();
    of.take(word("stop", "18:02:00"));
    expect(told(of)).toBe("a:off/safety-stop b:off/safety-stop");
    expect(of.records.at(-1)?.output.cohorts[0]?.sentence).toBe(
      "S19j Pro (a) to go off: safety stop of jo: smoke in hall 2.",
    );
    of.take(scedLmp("18:05:00", 10));
    of.take({ kind: "order", id: "o", at: at("18:07:00"), order: order({ action: "run" }) });
    expect(told(of)).toBe("a:off/safety-stop b:off/safety-stop");
    of.take(word("stop-over", "18:10:00"));
    expect(told(of)).toBe("a:normal/operator-order b:normal/operator-order");
  });

  it("of one cohort leaves the others, and outlives the start of the site", () => {
    const of = running();
    of.take(word("stop", "18:02:00", "b"));
    expect(told(of)).toBe("a:normal/economic b:off/safety-stop");
    of.take(word("stop", "18:03:00"));
    of.take(word("stop-over", "18:04:00"));
    expect(told(of)).toBe("a:normal/economic b:off/safety-stop");
  });

  it("breaks a floor, and says by how much and what that is worth: 600 kW at 500 $/MWh, 300 $/h", () => {
    const of = running();
    const floor = order({ action: "run", minKw: 600, breakAtUsdPerMwh: 500 });
    of.take({ kind: "order", id: "o", at: at("18:01:00"), order: floor });
    of.take(word("stop", "18:02:00"));
    expect(of.records.at(-1)?.output.broken).toEqual([
      expect.objectContaining({ reason: "operator-order", by: "safety-stop", kw: 600, usdPerH: 300 }),
    ]);
    expect(of.records.at(-1)?.output.sentence).toContain("missed by 600.0 kW for safety-stop, worth 300.00 $/h");
  });

  it("reaches machines through a freeze, and leaves those under lock-out as they are", () => {
    const of = running(site({ cohorts: [cohort({ cohortId: "a" }), cohort({ cohortId: "b", lockedOut: true })] }));
    of.take({ kind: "freeze", id: "f", at: at("18:01:00"), actor: "maria", reason: "test" });
    of.take(word("stop", "18:02:00"));
    const record = of.records.at(-1);
    expect(told(of)).toBe("a:off/safety-stop b:normal/lock-out");
    expect(record?.dispatch?.targets.map(({ cohortId }) => cohortId)).toEqual(["a"]);
    expect(record?.input.facts.frozenCohorts).toBeUndefined();
    of.take(word("stop-over", "18:05:00"));
    expect(of.records.at(-1)?.input.facts.frozenCohorts).toEqual(["a", "b"]);
  });

  it("stands in the records: a site that comes back by them is stopped", () => {
    const of = running();
    of.take(word("stop", "18:02:00"));
    const back = siteStateFromRecords(of.plan, of.records, { recordHash: "hash", revision: 1 });
    expect(back.stops).toEqual([{ actor: "jo", reason: "smoke in hall 2", at: at("18:02:00") }]);
  });

  it("that a person was granted and no record has arrives again at a site that comes back: before it, nothing is known of it", () => {
    const of = running();
    of.take(word("stop", "18:01:00", "b"));
    const recovered = siteStateFromRecords(of.plan, of.records, { recordHash: "hash-2", revision: 1 });
    const [b, site] = [
      { cohortId: "b", actor: "jo", reason: "smoke in hall 2", at: at("18:01:00") },
      { actor: "ann", reason: "gas", at: at("18:02:00") },
    ];
    const again = standingStops([b, site], recovered, at("18:09:00"));
    // What the records have keeps its own moment: it is not told again.
    expect(again).toEqual([
      {
        kind: "stop",
        id: `stop/site/${site.at}/standing-at/${at("18:09:00")}`,
        at: at("18:09:00"),
        actor: "ann",
        reason: "gas",
      },
    ]);
    expect(again.map(inputProblem)).toEqual([undefined]);
    of.state = recovered;
    for (const input of again) of.take(input);
    expect(told(of)).toBe("a:off/safety-stop b:off/safety-stop");
    of.take(word("stop-over", "18:12:00", "b"));
    expect(told(of)).toBe("a:off/safety-stop b:off/safety-stop");
    of.take(scedLmp("18:10:00", 40));
    of.take(word("stop-over", "18:13:00"));
    expect(told(of)).toBe("a:normal/economic b:normal/economic");
  });

  it("stands under a new configuration, also of a cohort that goes and comes back", () => {
    const of = running();
    of.take(word("stop", "18:02:00", "b"));
    const without = site({ cohorts: [cohort({ cohortId: "a" })] });
    const back = reconfigured(reconfigured(of.state, PLAN, without), without, PLAN);
    expect(back.stops).toEqual(of.state.stops);
    of.state = back;
    of.take(scedLmp("18:05:00", 10));
    expect(told(of)).toBe("a:normal/economic b:off/safety-stop");
  });

  it("said a second time commands again what the meter has not shown, under a revision of its own; a start does not", () => {
    const of = running();
    of.take(word("stop", "18:02:00"));
    of.take(word("stop", "18:03:00"));
    expect(of.records.slice(-2).map(({ dispatch }) => dispatch?.revision)).toEqual([1, 2]);
    of.take({
      kind: "dispatch-verdict",
      id: "v",
      at: at("18:04:00"),
      revision: 2,
      outcome: "confirmed",
      stragglers: 0,
    });
    of.take(word("stop", "18:05:00"));
    expect(of.records.at(-1)).not.toHaveProperty("dispatch");
    expect(of.state.stops).toHaveLength(1);
  });

  it.each([
    ["a cohort that the site does not have", word("stop", "18:02:00", "c"), 'the site has no cohort "c"'],
    ["a start of what is not stopped", word("stop-over", "18:02:00"), "the site is not stopped"],
    ["no reason", { ...word("stop", "18:02:00"), reason: " " }, /reason is " "; expected text/],
  ])("is refused for %s", (_what, asked, why) => expect(stopProblem(PLAN, asked, {})).toMatch(why));
});

/** At 18:02 the feeder of 60 of cohort a's 100 machines opened; a survey at once counted the others. */
const TRIP: InvoluntaryTripInput = {
  kind: "involuntary-trip",
  id: "involuntary-trip/1",
  at: at("18:02:20"),
  fellAfter: at("18:01:50"),
  fellBy: at("18:02:00"),
  fromKw: 598.8,
  toKw: 420.8,
  leastFallKw: 12,
  cohorts: [
    { cohortId: "a", darkMachines: 60, darkKw: 180, ableMachines: 40 },
    { cohortId: "b", darkMachines: 0, darkKw: 0, ableMachines: 100 },
  ],
  looks: [],
  sentence: "the load fell",
};
function able(of: TestSite, time: string, machines: number): void {
  const cohorts = [
    { cohortId: "a", machines },
    { cohortId: "b", machines: 100 },
  ];
  of.take({ kind: "fleet-able", id: `able/${time}`, at: at(time), observedAt: at(time), cohorts });
}
function tripped(): TestSite {
  const of = running();
  able(of, "18:02:20", 40);
  of.take(TRIP);
  return of;
}

describe("after an involuntary trip", () => {
  it("what still runs runs on, and machines whose power comes back are told off until the trip is released", () => {
    const of = tripped();
    expect(told(of)).toBe("a:normal/economic b:normal/economic");
    able(of, "18:06:00", 100);
    expect(told(of)).toBe("a:60 off, 40 normal/involuntary-shed b:normal/economic");
    expect(of.records.at(-1)?.dispatch?.targets[0]?.split).toEqual([
      { modeId: "off", machines: 60 },
      { modeId: "normal", machines: 40 },
    ]);
    expect(of.records.at(-1)?.output.cohorts[0]?.sentence).toMatch(
      /involuntary trip at 18:02:20: the load fell from 598.8 kW to 420.8 kW without a command, restarts are held/,
    );
    of.take({ kind: "release", id: "r", at: at("18:08:00"), orderId: "trip", actor: "jo", reason: "feeder is closed" });
    expect(told(of)).toBe("a:normal/economic b:normal/economic");
    expect(of.state.trips).toEqual([]);
  });

  it("a price spike still takes down, and what it took does not come on again before the release", () => {
    const of = tripped();
    of.take(scedLmp("18:05:00", 300));
    of.take(scedLmp("18:10:00", 300));
    expect(told(of)).toContain("b:off/economic");
    of.take(scedLmp("18:15:00", 20));
    of.take(scedLmp("18:20:00", 20));
    expect(told(of)).toBe("a:off/involuntary-shed b:off/involuntary-shed");
  });

  it("an instruction still takes down, and its end starts nothing", () => {
    const of = tripped();
    of.take({ kind: "instruction", id: "i", at: at("18:05:00"), instruction: instruction({ until: at("18:10:00") }) });
    expect(told(of)).toBe("a:off/instruction b:off/instruction");
    of.take(scedLmp("18:10:00", 40));
    expect(told(of)).toBe("a:off/involuntary-shed b:off/involuntary-shed");
  });

  it("no order to run starts what is held, and nothing is released that does not stand", () => {
    const of = tripped();
    able(of, "18:06:00", 100);
    of.take({ kind: "order", id: "o", at: at("18:07:00"), order: order({ action: "run" }) });
    expect(told(of)).toContain("a:60 off, 40 normal/involuntary-shed");
    expect(unreleasable(of.plan, of.state, [], "trip")).toBeUndefined();
    expect(unreleasable(of.plan, running().state, [], "trip")).toBe("no involuntary trip stands: nothing is held");
  });
});
