import { describe, expect, it } from "vitest";
import { obligationsText } from "../../src/app/status/obligationsText.ts";
import { whyText } from "../../src/app/status/whyText.ts";
import { columnsOf } from "../../src/app/tableText.ts";
import { obligationsNow } from "../../src/readModels/obligationsNow.ts";
import { whyNow } from "../../src/readModels/whyNow.ts";
import {
  at,
  cohortOfStrike,
  HASHPRICE_FOR_75,
  hashprice,
  instruction,
  scedLmp,
  site,
  TestSite,
} from "../domain/decision/site.ts";

/** 300 kW each at strikes of 60 and 90 $/MWh; the price is 80. */
const PLAN = site({ cohorts: [cohortOfStrike("old", "S19", 60), cohortOfStrike("new", "S21", 90)] });

function decided() {
  const of = new TestSite(PLAN);
  of.take(hashprice("17:55:00", HASHPRICE_FOR_75));
  of.take(scedLmp("18:00:00", 80));
  return of;
}

describe("why a site is where it is", () => {
  it("ranks what it could do by $/h: 0.3 MW at (90 − 80) earns 3.00, at (60 − 80) loses 6.00", () => {
    const why = whyNow(decided().records.at(-1)!);
    expect(why.alternatives.map(({ name, usdPerH }) => [name, usdPerH.toFixed(2)])).toEqual([
      ["as decided", "3.00"],
      ["each step that pays on, each that does not off", "3.00"],
      ["everything off", "0.00"],
      ["everything on", "-3.00"],
    ]);
  });

  it("shows the ladder worst strike first, what holds each step, and the prices that would change it", () => {
    const why = whyNow(decided().records.at(-1)!);
    expect(why.ladder.map(({ cohortId, onShare, heldBy }) => [cohortId, onShare, heldBy])).toEqual([
      ["old", 0, "price"],
      ["new", 1, "price"],
    ]);
    // off above 1.25 × 90, on below 0.9 × 60
    expect([why.offAboveUsdPerMwh, why.onBelowUsdPerMwh]).toEqual([112.5, 54]);
  });

  it("names the rule that holds a step, and what it waits for", () => {
    const of = decided();
    of.take({ kind: "stop", id: "s", at: at("18:02:00"), actor: "jo", reason: "smoke" });
    const why = whyNow(of.records.at(-1)!);
    expect(why.ladder.map(({ heldBy }) => heldBy)).toEqual(["safety-stop", "safety-stop"]);
    expect(why.offAboveUsdPerMwh).toBeUndefined();
    expect(whyText(why, { columns: 200 })).toContain(
      "safety stop since 18:02:00 (0 s ago): the site by jo, smoke; nothing of it starts until: ballast start-again --site " +
        'pecan-draw --reason "<text>"',
    );
  });

  it("names a trip that holds restarts, and the command that releases it; so does what the site owes", () => {
    const of = decided();
    of.take({
      kind: "involuntary-trip",
      id: "involuntary-trip/1",
      at: at("18:02:20"),
      fellAfter: at("18:02:00"),
      fellBy: at("18:02:10"),
      fromKw: 300,
      toKw: 0.6,
      leastFallKw: 10,
      looks: [],
      sentence: "it fell",
      cohorts: [
        { cohortId: "old", darkMachines: 0, darkKw: 0, ableMachines: 100 },
        { cohortId: "new", darkMachines: 100, darkKw: 299.4, ableMachines: 0 },
      ],
    });
    const held = (seconds: string): string =>
      `trip since 18:02:20 (${seconds} ago): the load fell from 300.0 kW to 0.6 kW without a command, 100 machines ` +
      'of new dark; restarts are held until it is released: ballast release trip --site pecan-draw --reason "<text>"';
    const record = of.records.at(-1)!;
    const joined = (text: string): string => text.replaceAll(/\s+/g, " ");
    expect(joined(whyText(whyNow(record), { columns: 100 }))).toContain(held("0 s"));
    const owed = obligationsNow(PLAN, record, [], undefined, at("18:04:00"));
    expect(joined(obligationsText(owed, { columns: 100 }))).toContain(held("100 s"));
  });

  it.each([80, 100])("fits %i columns", (columns) => {
    const text = whyText(whyNow(decided().records.at(-1)!), { columns });
    expect(columnsOf(text)).toBeLessThanOrEqual(columns);
    expect(text).toContain("The next step goes off for price above 112.50 $/MWh.");
  });
});

describe("what a site owes", () => {
  it("tells each open instruction with its clock, and the MW on the meter against its target", () => {
    const of = decided();
    const demand = { kind: "target" as const, kw: 100 };
    const given = instruction({ product: "ECRS", demand });
    of.take({ kind: "instruction", id: "i", at: at("18:02:00"), instruction: given });
    const clock = {
      clockId: "c",
      instructionId: "vdi-7",
      revision: 1,
      product: "ECRS",
      startedAt: at("18:00:00"),
      dueAt: at("18:10:00"),
      baseKw: 300,
      targetKw: 100,
    };
    const look = { at: at("18:03:50"), powerKw: 160 };
    const now = obligationsNow(PLAN, of.records.at(-1), [clock], look, at("18:04:00"));
    expect(now.obligations[0]).toMatchObject({ leftSeconds: 360, missingKw: 60 });
    expect(now.droppableKw).toBeCloseTo(99, 6);
    const text = obligationsText(now, { columns: 80 });
    expect(columnsOf(text)).toBeLessThanOrEqual(80);
    expect(text.replaceAll(/\s+/g, " ")).toContain(
      "vdi-7 of QSE (ECRS): curtail to 100.0 kW, the site, from 18:00:00 until recalled. Target 100.0 kW. 60.0 kW above " +
        "it. 6 min left.",
    );
  });

  it("shows each issuer its own clock: QSE and TDSP both call theirs 7, from one moment", () => {
    const of = decided();
    for (const issuer of ["QSE", "TDSP"]) {
      const given = instruction({ instructionId: "7", issuer, demand: { kind: "target", kw: 100 } });
      of.take({ kind: "instruction", id: issuer, at: at("18:02:00"), instruction: given });
    }
    const clock = { instructionId: "7", revision: 1, startedAt: at("18:00:00") };
    const clocks = [
      { ...clock, clockId: "1", issuer: "QSE", targetKw: 100 },
      { ...clock, clockId: "2", issuer: "TDSP", targetKw: 200 },
      // What an older program kept means whichever has the id, where that has none of its own.
      { ...clock, clockId: "3", targetKw: 300 },
    ];
    const targets = (kept: typeof clocks) =>
      obligationsNow(PLAN, of.records.at(-1), kept, undefined, at("18:04:00")).obligations.map((one) => [
        one.issuer,
        one.clock?.targetKw,
      ]);
    expect(targets(clocks)).toEqual([
      ["QSE", 100],
      ["TDSP", 200],
    ]);
    expect(targets(clocks.slice(1))).toEqual([
      ["QSE", 300],
      ["TDSP", 200],
    ]);
  });

  it("says what a reduction told early is decided and measured from, where the load moved in between", () => {
    const of = decided();
    const given = instruction({ demand: { kind: "reduce", kw: 200, fromKw: 650 } });
    of.take({ kind: "instruction", id: "i", at: at("18:02:00"), instruction: given });
    const clock = { clockId: "c", instructionId: "vdi-7", revision: 1, startedAt: at("18:00:00"), targetKw: 300 };
    const textOf = (baseKw: number) =>
      obligationsText(obligationsNow(PLAN, of.records.at(-1), [{ ...clock, baseKw }], undefined, at("18:04:00")), {
        columns: 400,
      });
    expect(textOf(500)).toContain(
      "Decided from 650.0 kW ordered when it was told, measured from 500.0 kW at its start.",
    );
    expect(textOf(650)).not.toContain("Decided from");
  });

  it("says of what nothing can be dropped, and why", () => {
    const locked = site({ cohorts: [{ ...cohortOfStrike("old", "S19", 60), lockedOut: true }] });
    const now = obligationsNow(locked, undefined, [], undefined, at("18:04:00"));
    expect(now.notDroppable).toEqual([{ cohortId: "old", why: "locked out" }]);
    expect(obligationsText(now, { columns: 100 })).toContain("No instruction is open.");
  });
});
