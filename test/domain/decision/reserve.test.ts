import { describe, expect, it } from "vitest";
import { decide } from "../../../src/domain/decision/decide.ts";
import type { DecisionOutput, SitePlan } from "../../../src/domain/decision/model.ts";
import { at, clockOf, instruction, order, type InputChanges, TestSite, hashprice, scedLmp, all } from "./site.ts";
import { award, awarded, mcpc, reserve, reserveInput, reserveSite, splits } from "./reserveSite.ts";

const plan = reserveSite();
/** 500 kW of ECRS at 20 $/MW and 5 $ of penalty: a step gives way 25 $/MWh above its own threshold. */
const ecrs = { asAwards: [award("0.5 MW ECRSM")], scedMcpc: mcpc({ ECRS: 20 }) };
const decided = (lmp: number, changes: InputChanges = ecrs, of: SitePlan = plan): DecisionOutput =>
  decide(of, reserveInput(of, lmp, changes));
const held = ({ cohorts }: DecisionOutput) => cohorts.map(({ heldOnBy }) => heldOnBy);
const down = ({ cohorts }: DecisionOutput) => cohorts.map(({ curtailed }) => curtailed);
const off = plan.cohorts.map(({ cohortId }) => ({ cohortId, split: all("off"), reason: "economic" as const }));

describe("a price above the strikes, with 500 kW of ECRS awarded at 20 $/MW", () => {
  it("60 $/MWh drops the worst alone: 600 kW stay on for the price, and the award asks for nothing", () => {
    const output = decided(60);
    expect(splits(output)).toBe("best normal; worst off; middle normal");
    expect(held(output)).toEqual([undefined, undefined, undefined]);
    expect(output.broken).toBeUndefined();
  });

  it("100 $/MWh would drop the middle too; the award keeps 201 kW of it on, which 112.50 $/MWh would buy back", () => {
    const output = decided(100);
    expect(splits(output)).toBe("best normal; worst off; middle 33 off, 67 normal");
    expect(held(output)).toEqual([undefined, undefined, [{ reason: "as-reservation", kw: 201 }]]);
    expect(down(output)).toEqual([[], [{ reason: "economic", kw: 300 }], [{ reason: "economic", kw: 99 }]]);
    expect(output.broken).toBeUndefined();
    expect(output.cohorts[2]?.sentence).toBe(
      "S19k Pro to go to 33 off and 67 at normal: expected settlement price 100.00 $/MWh for 18:30-18:45 is above " +
        "87.50 (1.25 × strike 70.00), 201.0 kW of it kept on by the award of 0.5 MW ECRS, bought back from " +
        "25.00 $/MWh above a step's threshold.",
    );
  });

  it("120 $/MWh is above 87.50 + 25: the middle is bought back, 200 kW at 20 $/MW; the best stays below 137.50", () => {
    const output = decided(120);
    expect(splits(output)).toBe("best normal; worst off; middle off");
    expect(held(output)[0]).toEqual([{ reason: "as-reservation", kw: 300 }]);
    expect(down(output)[2]).toEqual([{ reason: "economic", kw: 300 }]);
    expect(output.broken).toMatchObject([{ reason: "as-reservation", by: "economic", kw: 200, usdPerH: 4 }]);
    expect(output.sentence).toContain(
      "; the award of 0.5 MW ECRS, bought back from 25.00 $/MWh above a step's threshold: missed by 200.0 kW for " +
        "economic, worth 4.00 $/h; ",
    );
  });

  it("140 $/MWh is above 137.50: all of it is bought back, for 10 $/h", () => {
    const output = decided(140);
    expect(splits(output)).toBe("best off; worst off; middle off");
    expect(output.broken).toMatchObject([{ by: "economic", kw: 500, usdPerH: 10 }]);
  });

  it("of 900 kW awarded, at 100 $/MWh the worst cohort alone is bought back: 100 is above 56.25 + 25", () => {
    const output = decided(100, { ...ecrs, asAwards: [award("0.9 MW ECRSM")] });
    expect(splits(output)).toBe("best normal; worst off; middle normal");
    expect(output.broken).toMatchObject([{ by: "economic", kw: 300, usdPerH: 6 }]);
  });

  it("one SCED run alone buys nothing back: at 3,353 $/MWh by one spike the award is there until a second run agrees", () => {
    const spike = [
      { scedAt: at("18:29:50"), lmpUsdPerMwh: 60 },
      { scedAt: at("18:34:50"), lmpUsdPerMwh: 5000 },
    ];
    const asOf = at("18:36:00");
    const one = decided(60, { ...ecrs, asOf, scedRuns: spike });
    expect(splits(one)).toBe("best normal; worst off; middle 33 off, 67 normal");
    const second = [...spike, { scedAt: at("18:39:50"), lmpUsdPerMwh: 4900 }];
    const scedMcpc = { scedAt: at("18:39:50"), usdPerMwHour: { ECRS: 20 } };
    const two = decided(60, { ...ecrs, scedMcpc, asOf: at("18:41:00"), scedRuns: second });
    expect(splits(two)).toBe("best off; worst off; middle off");
  });

  it("without a clearing price nothing is bought back at 5,000 $/MWh: missing is not zero", () => {
    const output = decided(5000, { asAwards: ecrs.asAwards });
    expect(splits(output)).toBe("best normal; worst off; middle 33 off, 67 normal");
    expect(output.cohorts[0]?.sentence).toContain(": the award of 0.5 MW ECRS, not bought back without a ");
  });

  it("nor on one older than a SCED price may be and the run that it rides with: 600 s and 300 s", () => {
    const of = (time: string) => ({ ...ecrs, scedMcpc: { scedAt: at(time), usdPerMwHour: { ECRS: 20 } } });
    expect(splits(decided(140, of("18:19:59")))).toBe("best normal; worst off; middle 33 off, 67 normal");
    expect(splits(decided(140, of("18:20:00")))).toBe(splits(decided(140)));
    expect(splits(decided(140))).not.toBe("best normal; worst off; middle 33 off, 67 normal");
  });

  it("the clearing price of another service says nothing of it", () => {
    const output = decided(140, { ...ecrs, scedMcpc: mcpc({ RRS: 20 }) });
    expect(splits(output)).toBe("best normal; worst off; middle 33 off, 67 normal");
  });

  it("firm and house load, and a low power consumption that is registered higher, lie beneath what is sold", () => {
    const firm = reserveSite({ firmKw: 140, houseKw: 10 });
    expect(splits(decided(100, ecrs, firm))).toBe("best normal; worst off; middle 33 off, 67 normal");
    const registered = reserveSite({ reserve: reserve({ lowPowerKw: 60 }) });
    expect(splits(decided(100, ecrs, registered))).toBe("best normal; worst off; middle 13 off, 87 normal");
  });

  it("a silent price feed keeps what is on where the site would curtail: nobody knows what buying back would earn", () => {
    const cautious = reserveSite({ onSilence: { ...plan.onSilence, scedPrice: "curtail" } });
    const output = decided(100, { ...ecrs, scedRuns: [], silentFeeds: ["sced-lmp"] }, cautious);
    expect(splits(output)).toBe("best normal; worst off; middle 33 off, 67 normal");
  });
});

describe("two services on one site: 300 kW of RRS at 60 $/MW, 300 kW of ECRS at 20 $/MW", () => {
  const both = {
    asAwards: [award("0.3 MW ECRSM"), award("0.3 MW RRSUF")],
    scedMcpc: mcpc({ RRS: 60, ECRS: 20 }),
  };

  it("110 $/MWh is below 87.50 + 25: the 600 kW stay on", () => {
    const output = decided(110, both);
    expect(splits(output)).toBe("best normal; worst off; middle normal");
    expect(held(output)[2]).toEqual([{ reason: "as-reservation", kw: 300 }]);
  });

  it("130 $/MWh buys the cheaper back, 300 kW for 6 $/h; what is left on is RRS", () => {
    const output = decided(130, both);
    expect(splits(output)).toBe("best normal; worst off; middle off");
    expect(output.broken).toMatchObject([{ by: "economic", kw: 300, usdPerH: 6 }]);
    expect(output.broken?.[0]?.why).toContain("0.3 MW ECRS");
  });

  it("180 $/MWh is above 112.50 + 65: both are bought back, 18 and 6 $/h", () => {
    const output = decided(180, both);
    expect(splits(output)).toBe("best off; worst off; middle off");
    expect(output.broken).toMatchObject([
      { kw: 300, usdPerH: 18 },
      { kw: 300, usdPerH: 6 },
    ]);
  });

  it("where the clearing price of RRS is missing, ECRS is bought back and RRS is not", () => {
    const output = decided(5000, { ...both, scedMcpc: mcpc({ ECRS: 20 }) });
    expect(splits(output)).toBe("best normal; worst off; middle off");
    expect(output.broken).toMatchObject([{ by: "economic", kw: 300, usdPerH: 6 }]);
  });
});

describe("an award while the site is curtailed", () => {
  it("starts the best: 100 − 25 is below its 81.00; what is not worth a start is bought back", () => {
    const output = decided(100, { ...ecrs, cohorts: off });
    expect(splits(output)).toBe("best normal; worst off; middle off");
    expect(output.cohorts[0]).toMatchObject({
      reason: "as-reservation",
      heldOnBy: [{ reason: "as-reservation", kw: 300 }],
    });
    expect(output.broken).toMatchObject([{ by: "economic", kw: 200, usdPerH: 4 }]);
  });

  it("holds no minimum off time against it: it is owed", () => {
    const slow = reserveSite({ cohorts: plan.cohorts.map((one) => ({ ...one, minOffMinutes: 60 })) });
    const cohorts = off.map((one) => ({ ...one, since: at("18:30:00"), leftSplit: all("normal") }));
    expect(splits(decided(80, { ...ecrs, cohorts }, slow))).toBe("best normal; worst off; middle 33 off, 67 normal");
  });

  it("is a gap where machines may not start: a trip holds all 300 machines down", () => {
    const trips = [
      {
        at: at("18:20:00"),
        fromKw: 900,
        toKw: 0,
        cohorts: plan.cohorts.map(({ cohortId }) => ({ cohortId, darkMachines: 100, ableMachines: 0 })),
      },
    ];
    const output = decided(20, { ...ecrs, cohorts: off, trips });
    expect(splits(output)).toBe("best off; worst off; middle off");
    expect(output.broken).toMatchObject([{ reason: "as-reservation", by: "involuntary-shed", kw: 500, usdPerH: 10 }]);
  });

  it("keeps what runs before it starts anything: at 90 $/MWh the middle stays on, the better cohort asleep", () => {
    const cohorts = off.map((one) => (one.cohortId === "best" ? one : { ...one, split: all("normal") }));
    const output = decided(90, { asAwards: [award("0.3 MW ECRSM")], scedMcpc: mcpc({ ECRS: 60 }), cohorts });
    expect(splits(output)).toBe("best off; worst off; middle normal");
    expect(output.broken).toBeUndefined();
  });
});

describe("awards begin and end at five-minute boundaries", () => {
  const dayAhead = award("0.5 MW ECRSM");
  const sced = award("0.2 MW ECRSM", { marketType: "RTM", startsAt: at("18:40:00"), endsAt: at("18:45:00") });
  const asAwards = [dayAhead, sced];

  it("the site looks when SCED's begins; from then on 200 kW are owed, not the day-ahead 500", () => {
    const runs = ["18:29:50", "18:34:50"].map((time) => ({ scedAt: at(time), lmpUsdPerMwh: 100 }));
    const before = decided(100, { ...ecrs, asAwards, asOf: at("18:36:00"), scedRuns: runs });
    expect(splits(before)).toBe("best normal; worst off; middle 33 off, 67 normal");
    expect(clockOf(before.nextWakeAt)).toBe("18:40:00");
    const scedRuns = ["18:29:50", "18:34:50", "18:39:50"].map((time) => ({ scedAt: at(time), lmpUsdPerMwh: 120 }));
    const then = decided(120, { ...ecrs, asAwards, asOf: at("18:40:00"), scedRuns });
    expect(splits(then)).toBe("best 33 off, 67 normal; worst off; middle off");
    expect(then.broken).toBeUndefined();
    expect(clockOf(then.nextWakeAt)).toBe("18:45:00");
  });

  it("an award that begins later keeps nothing on yet, one that has ended no more", () => {
    const later = [award("0.5 MW ECRSM", { startsAt: at("18:40:00") })];
    expect(splits(decided(100, { ...ecrs, asAwards: later }))).toBe("best normal; worst off; middle off");
    const over = [award("0.5 MW ECRSM", { endsAt: at("18:35:00") })];
    expect(splits(decided(100, { ...ecrs, asAwards: over }))).toBe("best normal; worst off; middle off");
  });
});

describe("a deployment", () => {
  const ecrsOf = (one: TestSite, time: string, changes = {}) =>
    one.take({
      kind: "instruction",
      id: `m/${time}`,
      at: at(time),
      instruction: instruction({ product: "ECRS", from: at(time), demand: { kind: "reduce", kw: 500 }, ...changes }),
    });
  const sold = (): TestSite => {
    const one = new TestSite(reserveSite({ gridSource: "assumed-normal" }));
    one.take(awarded("13:30:00", [award("0.5 MW ECRSM")]));
    one.take(hashprice("18:28:00"));
    one.take(scedLmp("18:24:50", 20));
    one.take(scedLmp("18:29:50", 20));
    return one;
  };
  const reasons = (one: TestSite) => one.records.at(-1)?.output.cohorts.map(({ reason }) => reason);

  it("of 500 kW takes off what was kept for it, booked as a deployment; the award is delivered, not broken", () => {
    const one = sold();
    ecrsOf(one, "18:31:00");
    const { output } = one.records.at(-1)!;
    expect(splits(one.state)).toBe("best normal; worst off; middle 67 off, 33 normal");
    expect(reasons(one)).toEqual(["economic", "as-deployment", "as-deployment"]);
    expect(output.broken).toBeUndefined();
  });

  it("of 490 kW at a load of 501: machines of 3 kW stand at 9, one short of what is left, and nobody bought that back", () => {
    const one = sold();
    one.take(scedLmp("18:29:55", 100));
    one.take({
      kind: "sced-mcpc",
      id: "c",
      at: at("18:31:05"),
      scedAt: at("18:29:55"),
      usdPerMwHour: { ECRS: 20 },
      source: "t",
      contentHash: "00",
    });
    one.take(scedLmp("18:30:10", 100));
    expect(splits(one.state)).toBe("best normal; worst off; middle 33 off, 67 normal");
    ecrsOf(one, "18:32:00", { demand: { kind: "reduce", kw: 490 } });
    const { output } = one.records.at(-1)!;
    expect(splits(one.state)).toBe("best 97 off, 3 normal; worst off; middle off");
    expect(output.broken?.map(({ reason, by, kw }) => [reason, by, kw.toFixed(1)])).toEqual([
      ["as-reservation", undefined, "1.0"],
    ]);
  });

  it("is recalled after two hours: what the price alone would leave off comes back for the award", () => {
    const one = sold();
    ecrsOf(one, "18:31:00", { demand: { kind: "off" } });
    expect(splits(one.state)).toBe("best off; worst off; middle off");
    one.take(scedLmp("20:24:50", 84));
    one.take(scedLmp("20:29:50", 84));
    one.take({
      kind: "sced-mcpc",
      id: "mcpc",
      at: at("20:30:30"),
      scedAt: at("20:29:50"),
      usdPerMwHour: { ECRS: 20 },
      source: "test",
      contentHash: "00",
    });
    expect(splits(one.state)).toBe("best off; worst off; middle off");
    one.take({ kind: "recall", id: "recall", at: at("20:31:00"), instructionId: "vdi-7", issuer: "QSE" });
    expect(splits(one.state)).toBe("best normal; worst off; middle 33 off, 67 normal");
    expect(reasons(one)).toEqual(["as-reservation", "economic", "economic"]);
  });

  it("that forbids a restart until 20:45 leaves the award open until then, and says what stands against it", () => {
    const one = sold();
    ecrsOf(one, "18:31:00", { demand: { kind: "off" }, until: at("20:31:00"), restoreNotBefore: at("20:45:00") });
    one.take(scedLmp("20:24:50", 84));
    one.take(scedLmp("20:29:50", 84));
    const waiting = one.decideAt(at("20:31:00")).output;
    expect(splits(waiting)).toBe("best off; worst off; middle off");
    expect(waiting.broken).toMatchObject([{ reason: "as-reservation", by: "as-deployment", kw: 500 }]);
    for (const time of ["20:34:50", "20:39:50"]) one.take(scedLmp(time, 84));
    expect(splits(one.decideAt(at("20:45:00")).output)).toBe("best normal; worst off; middle 33 off, 67 normal");
  });

  it("of one service leaves the other's megawatts alone: of ECRS and RRS, 300 kW each, RRS is still kept on", () => {
    const asAwards = [award("0.3 MW ECRSM"), award("0.3 MW RRSUF")];
    const called = instruction({ product: "ECRS", demand: { kind: "reduce", kw: 300, fromKw: 600 }, loadKw: 600 });
    const output = decided(110, { asAwards, scedMcpc: mcpc({ RRS: 60, ECRS: 20 }), instructions: [called] });
    expect(splits(output)).toBe("best normal; worst off; middle off");
    expect(output.broken).toBeUndefined();
    expect(decided(130, { asAwards, scedMcpc: mcpc({ RRS: 60 }), instructions: [called] }).broken).toBeUndefined();
  });

  it("of ERS-10 is an instruction as before, and the ECRS beside it is not called off by it", () => {
    const ers = instruction({ product: "ERS-10", demand: { kind: "reduce", kw: 300, fromKw: 900 }, loadKw: 900 });
    const output = decided(100, { ...ecrs, instructions: [ers] });
    expect(splits(output)).toBe("best normal; worst off; middle 33 off, 67 normal");
    expect(output.cohorts[1]?.reason).toBe("instruction");
    const everything = decided(100, { ...ecrs, instructions: [instruction({ product: "ERS-10" })] });
    expect(everything.broken).toMatchObject([{ reason: "as-reservation", by: "instruction", kw: 500, usdPerH: 10 }]);
  });

  it("at a site that sells no reserve is an instruction as before", () => {
    const { reserve: _, ...bare } = plan;
    const output = decided(20, { instructions: [instruction({ product: "ECRS" })] }, bare);
    expect(output.cohorts.map(({ reason }) => reason)).toEqual(["instruction", "instruction", "instruction"]);
  });
});

describe("reserve in an emergency", () => {
  const eea2 = (changes: InputChanges = {}) =>
    decided(84, { ...ecrs, grid: { level: "eea2", observedAt: at("18:34:30"), assumed: false }, ...changes });

  it("a jump to EEA 2, where the site's policy takes all off, leaves the 500 kW on until they are called", () => {
    const output = eea2();
    expect(splits(output)).toBe("best normal; worst off; middle 33 off, 67 normal");
    expect(output.cohorts[1]?.reason).toBe("eea-policy");
    const called = instruction({ product: "ECRS", demand: { kind: "reduce", kw: 500, fromKw: 501 }, loadKw: 501 });
    const deployed = eea2({ instructions: [called] });
    expect(splits(deployed)).toBe("best off; worst off; middle off");
  });

  it("nothing is started for it: an award that begins while the site is off is a gap until the emergency is over", () => {
    const output = eea2({ cohorts: off });
    expect(splits(output)).toBe("best off; worst off; middle off");
    expect(output.broken).toMatchObject([{ reason: "as-reservation", kw: 500, usdPerH: 10 }]);
    const stops = [{ cohortId: "best", actor: "lena", reason: "smoke", at: at("18:31:00") }];
    const stopped = eea2({ cohorts: off, stops, asAwards: [award("0.8 MW ECRSM")] });
    expect(stopped.broken).toMatchObject([
      { reason: "as-reservation", by: "safety-stop", kw: 200 },
      { reason: "as-reservation", kw: 600 },
    ]);
    const watch = decided(84, { ...ecrs, cohorts: off, grid: { level: "watch", assumed: false } });
    expect(splits(watch)).toBe("best normal; worst off; middle 33 off, 67 normal");
  });

  it("nothing is bought back in it, at whatever price", () => {
    const scedRuns = ["18:24:50", "18:29:50"].map((time) => ({ scedAt: at(time), lmpUsdPerMwh: 5000 }));
    const output = eea2({ scedRuns });
    expect(splits(output)).toBe("best normal; worst off; middle 33 off, 67 normal");
    expect(output.cohorts[0]?.sentence).toContain("not bought back and nothing started for it in an emergency");
  });
});

describe("what may break reserve, and what may not", () => {
  it("machines that die leave a gap that nobody is to blame for: 720 kW are able, 800 are owed", () => {
    const fleetAble = { observedAt: at("18:30:00"), cohorts: [{ cohortId: "best", machines: 40 }] };
    const output = decided(80, { ...ecrs, asAwards: [award("0.8 MW ECRSM")], fleetAble });
    expect(splits(output)).toBe("best normal; worst normal; middle normal");
    expect(output.broken).toMatchObject([{ reason: "as-reservation", kw: 80, usdPerH: 1.6 }]);
    expect(output.broken?.[0]).not.toHaveProperty("by");
  });

  it("a gap of machines and a part that the price buys back are told apart", () => {
    const fleetAble = { observedAt: at("18:30:00"), cohorts: [{ cohortId: "best", machines: 40 }] };
    const output = decided(100, { ...ecrs, asAwards: [award("0.8 MW ECRSM")], fleetAble });
    expect(splits(output)).toBe("best normal; worst off; middle normal");
    expect(output.broken).toMatchObject([
      { kw: 80, usdPerH: 1.6 },
      { by: "economic", kw: 300, usdPerH: 6 },
    ]);
  });

  it("a safety stop of the best cohort takes others for the award; of the site it breaks all of it, at its cost", () => {
    const stop = { actor: "lena", reason: "smoke", at: at("18:31:00") };
    const one = decided(80, { ...ecrs, stops: [{ ...stop, cohortId: "best" }] });
    expect(splits(one)).toBe("best off; worst 33 off, 67 normal; middle normal");
    expect(one.broken).toBeUndefined();
    const site = decided(84, { ...ecrs, stops: [stop] });
    expect(site.broken).toMatchObject([{ reason: "as-reservation", by: "safety-stop", kw: 500, usdPerH: 10 }]);
    expect(site.sentence).toContain("missed by 500.0 kW for safety-stop, worth 10.00 $/h");
  });

  it("an operator's order does not: 501 kW stay on, and the order says what stands against it", () => {
    const output = decided(20, { ...ecrs, orders: [order({})] });
    expect(splits(output)).toBe("best normal; worst off; middle 33 off, 67 normal");
    expect(output.broken).toMatchObject([
      { reason: "operator-order", cohortId: "best", by: "as-reservation", kw: 300 },
      { reason: "operator-order", cohortId: "middle", by: "as-reservation", kw: 201 },
    ]);
  });

  it("a floor of the desk beside it has what is above the award: 201 kW are the award's, 99 the order's", () => {
    const output = decided(100, { ...ecrs, orders: [order({ action: "run", minKw: 600 })] });
    expect(held(output)[2]).toEqual([
      { reason: "as-reservation", kw: 201 },
      { reason: "operator-order", kw: 99 },
    ]);
  });

  it("Reg-Down keeps room to rise: with 200 kW sold, 699 of 900 kW run, for a reason of its own", () => {
    const output = decided(20, { asAwards: [award("0.2 MW REGDN")], scedMcpc: mcpc({ REGDN: 3 }) });
    expect(splits(output)).toBe("best normal; worst 67 off, 33 normal; middle normal");
    expect(down(output)[1]).toEqual([{ reason: "as-reservation", kw: 201 }]);
  });

  it("an award that the site should not have is owed, and says why it should not", () => {
    const gates = [{ gateId: "hedge", called: "the forward hedge" }];
    const output = decided(
      120,
      { ...ecrs, asAwards: [award("0.5 MW ECRSS")] },
      reserveSite({ reserve: reserve({ gates }) }),
    );
    expect(output.broken?.[0]?.why).toBe(
      "the award of 0.5 MW ECRS (MINE_LD1 is not qualified for ECRSS, the forward hedge is not met), bought back from " +
        "25.00 $/MWh above a step's threshold",
    );
    expect(held(output)[0]).toEqual([{ reason: "as-reservation", kw: 300 }]);
  });

  it("a site that sells none decides as if there were no award, to the byte", () => {
    const { reserve: _, ...bare } = plan;
    for (const lmp of [-50, 60, 84, 100, 140, 5000]) expect(decided(lmp, ecrs, bare)).toEqual(decided(lmp, {}, bare));
  });
});
