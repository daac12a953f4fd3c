import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { marketActivities } from "../../activities/market.ts";
import { settlementActivities } from "../../activities/settlement.ts";
import { statementActivities } from "../../activities/statement.ts";
import { standingRefusals } from "../../src/adapters/postgres/moneyRefusals.ts";
import { feedsOf } from "../../src/app/worker/feeds.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { settledSite } from "../../src/app/worker/siteBook.ts";
import {
  dayEnd,
  dayStart,
  intervalEnd,
  intervalsOfDay,
  intervalStart,
  settlementInterval,
  wallToInstant,
} from "../../src/domain/market/calendar.ts";
import type { SettlementInterval } from "../../src/domain/market/model.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";
import type { StoredSettlement } from "../../src/ports/journalStore.ts";
import type { StatementRecord } from "../../src/ports/statementStore.ts";
import { loadPriceDay } from "../../src/simulators/ercot/priceDay.ts";
import { type ErcotSimulator, startErcotSimulator } from "../../src/simulators/ercot/server.ts";
import { projectPath } from "../app/smallSite.ts";
import { testDatabase } from "../support/stack.ts";
import { asActivity, type Bench, startBench } from "./marketBench.ts";
import { curtailedAllHour, keepRegisters } from "./marketFacts.ts";
import { pricesOf } from "./marketPrices.ts";

const DAY = "2026-08-18";
const NEXT = "2026-08-19";
const SITE = "pecan-draw";
const CLIENTS = ["mesquite", "bluestem", "caprock"] as const;
const at = (time: string, day = DAY): Instant => wallToInstant({ day, time, repeatedHour: false });
const deployment = loadDeployment(projectPath("config/example-site.yaml"), DAY);
const book = new Map([[SITE, { terms: settledSite(deployment) }]]);

let bench: Bench;
let ercot: ErcotSimulator;
let awaitPublication: ReturnType<typeof marketActivities>["awaitPublication"];
let settleVersion: ReturnType<typeof settlementActivities>["settleVersion"];
let issueOne: ReturnType<typeof statementActivities>["issue"];
/** Document that does not come while it is held. */
let held: string | undefined;

const watch = async (until: Instant): Promise<void> => {
  const from = await bench.clock.now();
  for (const feedId of ["price-corrections/HB_WEST/HU", "settlement-price/HB_WEST/HU"]) {
    bench.clock.at = from;
    await asActivity(() => bench.clock.run(until, () => awaitPublication({ feedId, siteIds: [SITE] })));
  }
};
const issue = (clientId: string, day: string): Promise<{ statementId: string }> =>
  issueOne({ siteId: SITE, contractId: `${clientId}-2024`, period: { from: day, to: day } });
const version = async (n: number, day = DAY): Promise<StoredSettlement> =>
  (await bench.journal.settlement(SITE, day, n)) as StoredSettlement;
const statementOf = async (clientId: string, day = DAY): Promise<StatementRecord> =>
  (await bench.journal.statement(`${clientId}-2024/${day}..${day}`)) as StatementRecord;
const correct = (time: string, price: string, publishAt: Instant): void =>
  ercot.publishCorrection({
    startMs: Date.parse(at(time)),
    point: "HB_WEST",
    type: "HU",
    price,
    publishAtMs: Date.parse(publishAt),
  });

/** Everything runs at nameplate but from 19:00 to 20:00, when everything is off and the price is 300 $/MWh. */
beforeAll(async () => {
  bench = startBench(await testDatabase(), at("00:00:00"));
  const files = pricesOf(DAY, ({ operatingDay, hourEnding }) => (operatingDay === DAY && hourEnding === 20 ? 300 : 30));
  ercot = await startErcotSimulator({
    clock: bench.clock,
    day: loadPriceDay(files),
    publication: { jitterSeconds: 0 },
    faults: ({ docId }) => (docId !== undefined && docId === held ? { kind: "status", status: 503 } : undefined),
  });
  rmSync(files.folder, { recursive: true });
  held = ercot
    .publications()
    .find(({ reportTypeId, aboutMs }) => reportTypeId === 12301 && aboutMs === Date.parse(at("19:00:00")))?.csvDocId;
  ({ settleVersion } = settlementActivities({ ...bench, book }));
  ({ issue: issueOne } = statementActivities({ ...bench, book }));
  const feeds = feedsOf({
    ...deployment,
    feeds: deployment.feeds.map((feed) => ("baseUrl" in feed ? { ...feed, baseUrl: ercot.url } : feed)),
  });
  const sites: Bench["sites"] = {
    ...bench.sites,
    // As the day's own workflow does: a day not settled yet has nobody to ask.
    settleAgain: async (siteId, operatingDay, { kind, why }) => {
      if (await bench.journal.settlement(siteId, operatingDay))
        await settleVersion({ siteId, operatingDay, kind, why });
    },
  };
  ({ awaitPublication } = marketActivities({ ...bench, sites, feeds }));
  const watts = await curtailedAllHour(bench, deployment, at("19:00:00"), at("20:00:00"));
  const boundaries = [dayStart(DAY), ...[DAY, NEXT].flatMap((day) => intervalsOfDay(day).map(intervalEnd))];
  await keepRegisters(bench, deployment, boundaries, watts);
}, 60_000);
afterAll(async () => {
  await ercot.close();
  await bench.close();
});

describe("a settlement price that does not come before the day is settled", () => {
  it("leaves its interval out of the shadow, marked, with nothing posted for it", async () => {
    await watch(addSeconds(dayEnd(DAY), 300));
    await settleVersion({ siteId: SITE, operatingDay: DAY, kind: "shadow", why: "day closed" });
    const { result } = await version(1);
    expect(result.missing).toEqual([{ intervalKey: `${DAY}/20/1`, what: "settlement price of HB_WEST (HU)" }]);
    expect(result.entries.filter(({ effectiveAt }) => effectiveAt === at("19:00:00"))).toEqual([]);
    expect(result.clientIntervals).toHaveLength(95 * 3);
    expect(result.checks.filter(({ holds }) => !holds)).toEqual([]);
  });

  it.each(CLIENTS)("has the statement of %s refused as a draft that names the interval", async (clientId) => {
    await expect(issue(clientId, DAY)).rejects.toThrow(
      `Statement ${clientId}-2024/${DAY}..${DAY} cannot be issued: ${DAY} version 1: 1 interval without ` +
        `settlement price of HB_WEST (HU); first ${DAY}/20/1`,
    );
    expect(await bench.journal.statements(SITE)).toEqual([]);
  });
});

describe("a price corrected and a price come late, before anything is issued", () => {
  it("are each a version of their own: the corrected one first, complete once the late one is there", async () => {
    correct("19:15:00", "280.00", at("00:06:00", NEXT));
    await watch(at("00:19:00", NEXT));
    expect((await version(2)).result.missing).toHaveLength(1);
    held = undefined;
    await watch(at("00:34:00", NEXT));
    const { input, result } = await version(3);
    expect(result.missing).toEqual([]);
    expect(
      input.intervals
        .filter(({ interval }) => interval.hourEnding === 20)
        .map(({ price }) => [price?.centsPerMwh, price?.version]),
    ).toEqual([
      ["30000", 1],
      ["28000", 2],
      ["30000", 1],
      ["30000", 1],
    ]);
    expect(await bench.journal.settlement(SITE, DAY, 4)).toBeUndefined();
  });

  it.each(CLIENTS)(
    "have the statement of %s issued on the complete version with the corrected price",
    async (clientId) => {
      await issue(clientId, DAY);
      const { statement, intervalsCsv } = await statementOf(clientId);
      expect(statement.status).toBe("issued");
      expect(statement.settlementVersions).toEqual([{ operatingDay: DAY, version: 3 }]);
      expect(intervalsCsv.split("\n").find((line) => line.includes(at("19:15:00")))).toMatch(/,280\.00,2,/);
    },
  );

  it("pay caprock 0.70 × 70.88 kWh × (300 + 280 + 300 + 300) $/MWh = 58.55 $", async () => {
    const { statement } = await statementOf("caprock");
    expect(
      statement.lines.filter(({ code }) => code.startsWith("curtailment-credit")).map(({ amountCents }) => amountCents),
    ).toEqual(["-5855"]);
  });
});

describe("a price corrected after the statements were issued", () => {
  let issued: readonly StatementRecord[];

  beforeAll(async () => {
    issued = await bench.journal.statements(SITE);
    correct("19:30:00", "250.00", at("00:40:00", NEXT));
    await watch(addSeconds(dayEnd(NEXT), 300));
    const observations = intervalsOfDay(NEXT)
      .slice(4)
      .map((interval) => ({
        kind: "settlement-price" as const,
        source: "mis/12301",
        documentId: "kept",
        contentHash: "0".repeat(64),
        fetchedAt: dayEnd(NEXT),
        quality: "PUBLISHED" as const,
        settlementPoint: "HB_WEST",
        settlementPointType: "HU",
        interval,
        priceUsdPerMwh: "30.00",
      }));
    await bench.market.storeObservations(observations);
    await settleVersion({ siteId: SITE, operatingDay: NEXT, kind: "shadow", why: "day closed" });
    for (const clientId of CLIENTS) await issue(clientId, NEXT);
  }, 60_000);

  it("is a new version of the day, and changes no byte of what was issued", async () => {
    const { input, result } = await version(4);
    expect(input.intervals.find(({ startAt }) => startAt === at("19:30:00"))?.price).toMatchObject({
      centsPerMwh: "25000",
      version: 2,
    });
    expect(result.missing).toEqual([]);
    const now = await bench.journal.statements(SITE);
    expect(now.filter(({ statement }) => statement.period.from === DAY)).toEqual(issued);
    for (const clientId of CLIENTS)
      expect(await issue(clientId, DAY)).toMatchObject({
        totalCents: issued.find(({ statement }) => statement.clientId === clientId)?.statement.totalCents,
      });
  });

  // ΔE of the interval: 110 · (3,129 − 26) W, 110 · (2,850 − 26) W, 80 · (3,570 − 26) W, each for a quarter of an hour
  it.each([
    [
      "mesquite, 85.3325 kWh: 0.0853325 × (4 × 45 + 0.55 × 1,000) = 62.29 $ less 0.0853325 × (4 × 45 + 0.55 × 950) = 59.95 $",
      "mesquite",
      { "curtailment-credit:economic": "234" },
    ],
    [
      "bluestem, 50 $/MWh on 77.66 kWh of its own; and gives back 50 $/MWh on the 23.375 kWh bought beyond its block",
      "bluestem",
      { index: "-117", "curtailment-credit:economic": "388" },
    ],
    ["caprock, 0.70 × 50 $/MWh × 70.88 kWh", "caprock", { "curtailment-credit:economic": "248" }],
  ])(
    "comes as adjustment cents on the next statement, old line less new line: takes back from %s",
    async (_how, clientId, cents) => {
      const { statement } = await statementOf(clientId, NEXT);
      const adjustments = statement.lines.filter(({ adjustmentOf }) => adjustmentOf !== undefined);
      expect(Object.fromEntries(adjustments.map(({ code, amountCents }) => [code, amountCents]))).toEqual(
        Object.fromEntries(Object.entries(cents).map(([code, amount]) => [`adjustment:${code}`, amount])),
      );
      expect(new Set(adjustments.map(({ adjustmentOf }) => adjustmentOf))).toEqual(
        new Set([`${clientId}-2024/${DAY}..${DAY}`]),
      );
      expect(statement.adjustedVersions).toEqual([
        { originalStatementId: `${clientId}-2024/${DAY}..${DAY}`, operatingDay: DAY, version: 4 },
      ]);
    },
  );

  it("leaves the journal with the newest version alone, whatever way led there: nothing lost, nothing posted twice", async () => {
    const { accounts, totalE8 } = await bench.journal.trialBalance(SITE);
    const balances = new Map<string, bigint>();
    for (const { account, amountE8 } of [
      ...(await version(4)).result.entries,
      ...(await version(1, NEXT)).result.entries,
    ].flatMap(({ postings }) => postings)) {
      const sum = balances.get(account);
      balances.set(account, sum === undefined ? BigInt(amountE8) : sum + BigInt(amountE8));
    }
    // Two days of (345 kW × 2.50 $ + 315 kW × 1.75 $) ÷ 31, to 10⁻⁸ $.
    balances.set("Income:Hosting:FixedFee", -9_120_967_742n);
    for (const clientId of ["mesquite", "bluestem", "caprock"]) {
      const invoiced = await Promise.all([DAY, NEXT].map((day) => statementOf(clientId, day)));
      const cents = invoiced.reduce((sum, { statement }) => sum + BigInt(statement.totalCents), 0n);
      balances.set(`Assets:Receivable:Client:${clientId}`, cents * 1_000_000n);
      balances.set(`Liabilities:ClientShare:${clientId}`, 0n);
    }
    const others = [...balances.values()].reduce((sum, e8) => sum + e8, 0n);
    balances.set("Income:Hosting:Rounding", -others);
    expect(totalE8).toBe(0n);
    expect(others < 0n ? -others : others).toBeLessThan(20_000_000n); // less than a cent for each line that was rounded
    expect(new Map(accounts.map(({ account, balanceE8 }) => [account, balanceE8]))).toEqual(
      new Map([...balances].sort(([a], [b]) => (a < b ? -1 : 1))),
    );
    const [start] = intervalsOfDay(DAY).map(intervalStart);
    expect(
      (await bench.journal.entriesOfDay(SITE, DAY)).filter(
        ({ settlementVersion, effectiveAt }) => settlementVersion > 1 && effectiveAt === start,
      ),
    ).toEqual([]);
  });
});

const priceOf = (interval: SettlementInterval) => ({
  kind: "settlement-price" as const,
  source: "mis/13044",
  documentId: "corrected",
  contentHash: "1".repeat(64),
  fetchedAt: dayEnd(NEXT),
  quality: "PUBLISHED" as const,
  settlementPoint: "HB_WEST",
  settlementPointType: "HU",
  interval,
  priceUsdPerMwh: "200.00",
});

describe("a client that has left the site and the configuration", () => {
  const site = settledSite(deployment);
  const withoutCaprock = {
    ...site,
    contracts: site.contracts.filter(({ clientId }) => clientId !== "caprock"),
    meters: site.meters.filter(({ clientId }) => clientId !== "caprock"),
  };
  const later = () =>
    settlementActivities({ ...bench, book: new Map([[SITE, { terms: withoutCaprock }]]) }).settleVersion;

  it("makes no version of a day whose facts are the same", async () => {
    expect(await later()({ siteId: SITE, operatingDay: DAY, kind: "final", why: "ERCOT's final statement" })).toEqual({
      version: 4,
      missing: 0,
    });
    expect(await bench.journal.settlement(SITE, DAY, 5)).toBeUndefined();
  });

  it("has its days settled again when ERCOT corrects one, and loses none of its intervals", async () => {
    await bench.market.storeObservations([priceOf(settlementInterval(at("19:45:00")))]);
    await later()({ siteId: SITE, operatingDay: DAY, kind: "resettlement", why: "price correction" });
    const [before, { input, result }] = [await version(4), await version(5)];
    expect(result.clientIntervals.filter(({ clientId }) => clientId === "caprock")).toHaveLength(96);
    expect(input.contracts).toEqual(before.input.contracts);
    expect(result.missing).toEqual([]);
  });

  it("has a day that the rules refuse kept for a person, finally, until it is settled", async () => {
    const twoContracts = {
      ...site,
      contracts: [...site.contracts, ...site.contracts.map((one) => ({ ...one, contractId: `${one.contractId}-b` }))],
    };
    const third = "2026-08-20";
    const settleThird = (settled: typeof site) =>
      settlementActivities({ ...bench, book: new Map([[SITE, { terms: settled }]]) }).settleVersion({
        siteId: SITE,
        operatingDay: third,
        kind: "shadow",
        why: "day closed",
      });
    await expect(settleThird(twoContracts)).rejects.toMatchObject({ type: "SettlementRefused", nonRetryable: true });
    expect(await standingRefusals(bench.pool, SITE)).toMatchObject([
      {
        subject: `settlement ${third}`,
        problem: expect.stringMatching(/are both in force on 2026-08-20; end one of them before/),
        again: `ballast settle ${third}`,
      },
    ]);
    await settleThird(site);
    expect(await standingRefusals(bench.pool, SITE)).toEqual([]);
  });
});
