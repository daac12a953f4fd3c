import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { obligationsText } from "../../src/app/status/obligationsText.ts";
import { reserveFact } from "../../src/app/status/reserveText.ts";
import { whyText } from "../../src/app/status/whyText.ts";
import { columnsOf } from "../../src/app/tableText.ts";
import type { ReservePlan } from "../../src/domain/decision/reservePlan.ts";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import type { KeptClock } from "../../src/ports/meterWatch.ts";
import type { InstructionTaken } from "../../src/ports/siteRecords.ts";
import { deploymentsNow } from "../../src/readModels/deploymentsNow.ts";
import { obligationsNow } from "../../src/readModels/obligationsNow.ts";
import { reserveNow } from "../../src/readModels/reserveNow.ts";
import { whyNow } from "../../src/readModels/whyNow.ts";
import { addSeconds } from "../../src/domain/units/instant.ts";
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

const RESERVE: ReservePlan = {
  resources: [
    {
      resource: "MINE_LD1",
      kind: "NCLR",
      products: [
        {
          product: "ECRS",
          asTypes: ["ECRSM"],
          maxMw: "0.4",
          qualifiedFrom: at("00:00:00"),
          responseMinutes: 10,
          sustainMinutes: 60,
        },
      ],
      minRestorationMinutes: 180,
      maxDeploymentMinutes: 240,
      maxDailyDeployments: 1,
    },
  ],
  penaltyUsdPerMwh: 50,
  gates: [
    { gateId: "hedge", called: "forward hedge in place", metFrom: at("00:00:00"), evidence: "confirmation 1187" },
    { gateId: "margin", called: "margin posted with the QSE" },
  ],
  band: { lowShare: 0.95, highShare: 1.5 },
};

/** 300 kW each at strikes of 60 and 90 $/MWh; 0.4 MW of ECRS are sold from 18:00 to 19:00, 0.2 MW until 20:00. */
const PLAN = site({ cohorts: [cohortOfStrike("old", "S19", 60), cohortOfStrike("new", "S21", 90)], reserve: RESERVE });

const evidence = { door: "http", contentHash: "00", receivedAt: at("17:50:00") };
const award = (from: string, until: string, awardedMw: string) => ({
  resource: "MINE_LD1",
  qse: "QALPHA",
  asType: "ECRSM",
  marketType: "RTM",
  tradingDate: "2024-08-20",
  startsAt: at(from),
  endsAt: at(until),
  awardedMw,
});
const AWARDS: SiteInput = {
  kind: "as-awards",
  id: "awards/1",
  at: at("17:50:00"),
  sender: "alpha",
  evidence,
  awards: [award("18:00:00", "19:00:00", "0.4"), award("19:00:00", "20:00:00", "0.2")],
};
const MCPC: SiteInput = {
  kind: "sced-mcpc",
  id: "mcpc/1",
  at: at("18:00:40"),
  scedAt: at("18:00:00"),
  usdPerMwHour: { ECRS: 12 },
  source: "test",
  contentHash: "00",
};

/** The price of 80 $/MWh would drop the old machines; the award keeps 34 of them, 102 kW, on. */
function sold(...more: readonly SiteInput[]): TestSite {
  const of = new TestSite(PLAN);
  for (const input of [hashprice("17:40:00", HASHPRICE_FOR_75), AWARDS, MCPC, scedLmp("18:00:00", 80), ...more])
    of.take(input);
  return of;
}

const DEPLOYED = instruction({ product: "ECRS", from: at("18:10:00"), demand: { kind: "reduce", kw: 300 } });
const taken = (changes: Partial<InstructionTaken> = {}): InstructionTaken => ({
  issuer: "QSE",
  instruction: DEPLOYED,
  isTold: true,
  ...evidence,
  door: "http",
  ...changes,
});
const CLOCK: KeptClock = {
  clockId: "c",
  instructionId: "vdi-7",
  revision: 1,
  product: "ECRS",
  startedAt: at("18:10:00"),
  dueAt: at("18:20:00"),
  baseKw: 402,
  targetKw: 102,
};
const joined = (text: string): string => text.replaceAll(/\s+/g, " ");

describe("what a site has sold", () => {
  it("0.4 MW ECRS at 12 $/MW is worth 4.80 $ for an hour; 402 kW on the meter can all be dropped", () => {
    const record = sold().records.at(-1);
    const now = reserveNow(PLAN, { record, meteredKw: 402 }, at("18:05:00"));
    expect(now).toMatchObject({ owedKw: 400, lowPowerKw: 0, droppableKw: 402, gapKw: 0 });
    expect(now?.services).toMatchObject([{ product: "ECRS", awardedKw: 400, deployedKw: 0, usdPerH: 4.8 }]);
    expect(now?.next).toEqual({ at: at("19:00:00"), awardedKw: 200, downKw: 0 });
    expect(now?.gates.map(({ gateId, isMet }) => [gateId, isMet])).toEqual([
      ["hedge", true],
      ["margin", false],
    ]);
  });

  it("machines that died leave 380 kW on the meter: 20 kW of what is sold are missing", () => {
    const record = sold().records.at(-1);
    expect(reserveNow(PLAN, { record, meteredKw: 380 }, at("18:05:00"))).toMatchObject({ droppableKw: 380, gapKw: 20 });
  });

  it("low power consumption cannot be dropped: of 402 kW above 30 kW 372 kW can, 28 kW are missing", () => {
    const plan = { ...PLAN, reserve: { ...RESERVE, lowPowerKw: 30 } };
    const record = sold().records.at(-1);
    expect(reserveNow(plan, { record, meteredKw: 402 }, at("18:05:00"))).toMatchObject({ droppableKw: 372, gapKw: 28 });
  });

  it("a look says in one line what is sold, what it is worth, and what speaks against it", () => {
    const record = sold().records.at(-1);
    const [line] = reserveFact({
      reserve: reserveNow(PLAN, { record, meteredKw: 380 }, at("18:05:00")),
      at: at("18:05:00"),
    });
    expect(line).toBe(
      "ECRS 0.4 MW (4.80 $/h at 12.00 $/MW of 18:00:00, margin posted with the QSE is not met); 380.0 kW can be " +
        "dropped, to 0.0 kW at the least; 20.0 kW short; from 19:00:00 0.2 MW is sold; margin posted with the QSE is not met",
    );
    expect(
      reserveFact({
        reserve: reserveNow(PLAN, { record: undefined, meteredKw: 380 }, at("18:05:00")),
        at: at("18:05:00"),
      })[0],
    ).toContain("nothing is sold now");
    expect(reserveNow(site(), { record, meteredKw: 380 }, at("18:05:00"))).toBeUndefined();
  });
});

describe("a deployment's clocks", () => {
  it("300 kW are called: the floor falls to 100 kW, it is to hold an hour, and performs between 0 and 117 kW", () => {
    const of = sold({ kind: "instruction", id: "i", at: at("18:10:00"), instruction: DEPLOYED });
    const when = at("18:15:00");
    const facts = { taken: [taken()], clocks: [CLOCK], meteredKw: 110 };
    expect(reserveNow(PLAN, { record: of.records.at(-1), meteredKw: 110 }, when)).toMatchObject({
      owedKw: 100,
      services: [{ awardedKw: 400, deployedKw: 300 }],
    });
    expect(deploymentsNow(PLAN, facts, when)).toEqual({
      deployments: [
        {
          instructionId: "vdi-7",
          issuer: "QSE",
          called: "ECRS",
          from: at("18:10:00"),
          respondBy: at("18:20:00"),
          sustainUntil: at("19:10:00"),
          longestUntil: at("22:10:00"),
          band: { lowKw: 0, highKw: 117, isInside: true },
        },
      ],
      calls: [{ resource: "MINE_LD1", today: 1, week: 1, dailyMax: 1 }],
    });
    expect(deploymentsNow(PLAN, { ...facts, meteredKw: 130 }, when).deployments[0]?.band?.isInside).toBe(false);
  });

  it("told five minutes before it begins it is short of the ten that are registered", () => {
    const [one] = RESERVE.resources;
    const plan = { ...PLAN, reserve: { ...RESERVE, resources: [{ ...one!, minNoticeMinutes: 10 }] } };
    const facts = (time: string) => ({ taken: [taken({ receivedAt: at(time) })], clocks: [], meteredKw: 110 });
    const noticeOf = (time: string) => deploymentsNow(plan, facts(time), at("18:15:00")).deployments[0]?.shortNotice;
    expect(noticeOf("18:05:00")).toEqual({ minutes: 5, registeredMinutes: 10 });
    expect(noticeOf("18:00:00")).toBeUndefined();
  });

  it("recalled after two hours the load is due back three hours later, and is shown until then", () => {
    const recalledAt = at("20:10:00");
    const facts = { taken: [taken({ recalledAt })], clocks: [], meteredKw: 0 };
    expect(deploymentsNow(PLAN, facts, at("20:30:00")).deployments).toEqual([
      {
        instructionId: "vdi-7",
        issuer: "QSE",
        called: "ECRS",
        from: at("18:10:00"),
        endedAt: recalledAt,
        restoreBy: at("23:10:00"),
      },
    ]);
    expect(deploymentsNow(PLAN, facts, at("23:10:00")).deployments).toEqual([]);
  });

  it("an ERS instruction is none, nor one that is recalled before it begins; a second one today is over the limit", () => {
    const ers = taken({ instruction: { ...DEPLOYED, product: "ERS-30" } });
    const early = taken({ recalledAt: at("18:09:00") });
    const second = taken({ instruction: { ...DEPLOYED, instructionId: "vdi-8", from: at("20:00:00") } });
    const yesterday = taken({
      instruction: { ...DEPLOYED, instructionId: "vdi-6", from: addSeconds(at("18:10:00"), -86_400) },
      recalledAt: addSeconds(at("19:10:00"), -86_400),
    });
    const facts = { taken: [ers, early, yesterday, taken(), second], clocks: [], meteredKw: 0 };
    expect(deploymentsNow(PLAN, facts, at("20:05:00")).calls).toEqual([
      { resource: "MINE_LD1", today: 2, week: 3, dailyMax: 1 },
    ]);
    expect(deploymentsNow(site(), facts, at("20:05:00"))).toEqual({ deployments: [], calls: [] });
  });
});

describe("what a person reads of it", () => {
  it.each([80, 100])("obligations say sold, droppable, short, clocks and gates within %i columns", (columns) => {
    const of = sold({ kind: "instruction", id: "i", at: at("18:10:00"), instruction: DEPLOYED });
    const [record, when] = [of.records.at(-1), at("18:15:00")];
    const owed = obligationsNow(PLAN, record, [CLOCK], { at: at("18:14:50"), powerKw: 110 }, when);
    const reserve = reserveNow(PLAN, { record, meteredKw: 110 }, when);
    const clocks = deploymentsNow(PLAN, { taken: [taken()], clocks: [CLOCK], meteredKw: 110 }, when);
    const text = obligationsText({ ...owed, ...(reserve && { reserve: { ...reserve, ...clocks } }) }, { columns });
    expect(columnsOf(text)).toBeLessThanOrEqual(columns);
    for (const said of [
      "Ancillary services: 100.0 kW are to be there to be dropped;",
      "ECRS: 0.4 MW sold, 0.3 MW of it deployed; an hour is worth 4.80 $ at 12.00 $/MW of the SCED run 18:00:00 (15 min ago).",
      "MINE_LD1 ECRSM 0.4 MW RTM 18:00:00 to 19:00:00",
      "From 19:00:00 0.2 MW is sold.",
      "Gate not met: margin posted with the QSE.",
      "Gate met: forward hedge in place, from 00:00:00; confirmation 1187.",
      "ECRS deployed by vdi-7 of QSE since 18:10:00. It performs from 0.0 kW to 117.0 kW, the meter is inside. It is to show by 18:20:00. It is to hold until 19:10:00. It may last until 22:10:00.",
      "MINE_LD1 deployed 1 of at most 1 times today, 1 in seven days.",
    ])
      expect(joined(text)).toContain(said);
  });

  it("why says which kW the award keeps on, and what leaving it out costs", () => {
    const why = whyNow(sold().records.at(-1)!);
    expect(why.keptOn).toMatchObject([{ cohortId: "old", reason: "as-reservation" }]);
    expect(why.keptOn[0]?.kw).toBeCloseTo(102, 6);
    const text = joined(whyText(why, { columns: 100 }));
    expect(text).toContain("as-reservation keeps 102.0 kW of old on, beyond the price.");
    expect(text).toContain("To leave a MW of ECRS out costs 12.00 $ for an hour.");
  });
});

it("each test that the page of ancillary services names is there", () => {
  const page = readFileSync("docs/ancillary-services.md", "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| ") && line.includes('"'));
  const files = new Set(page.match(/test\/[\w/]+\.test\.ts/g));
  const tests = [...files].map((file) => readFileSync(file, "utf8")).join("\n");
  const named = rows.flatMap((row) => (row.split("|").at(-2) as string).match(/"[^"]+"/g) ?? []);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((title) => !tests.includes(title.slice(1, -1)))).toEqual([]);
});
