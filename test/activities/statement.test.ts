import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SettlementTerms } from "../../src/domain/settlement/dayTerms.ts";
import { statementActivities } from "../../activities/statement.ts";
import { standingRefusals } from "../../src/adapters/postgres/moneyRefusals.ts";
import { createPool, type Pool } from "../../src/adapters/postgres/pool.ts";
import { entriesToPost } from "../../src/domain/settlement/adjust.ts";
import { settle } from "../../src/domain/settlement/settle.ts";
import type { SettledDay } from "../../src/domain/settlement/model.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import { type Bench, startBench } from "../faults/marketBench.ts";
import { CONTRACTS, type DayOptions, SUPPLY, syntheticDay } from "../golden/statements/syntheticDay.ts";
import { testDatabase } from "../support/stack.ts";

let bench: Bench;
let owner: Pool;

beforeAll(async () => {
  const database = await testDatabase();
  owner = createPool(database.url, 1);
  bench = startBench(database, "2024-09-07T15:00:00.000Z" as Instant);
});
afterAll(async () => {
  await owner.end();
  await bench.close();
});

const configured = (contracts: SettlementTerms["contracts"]): SettlementTerms => ({
  settlementPoint: "HB_HOUSTON",
  settlementPointType: "HU",
  contracts,
  supply: SUPPLY,
  meters: [],
});

/** Each test has a site of its own, with contracts of its own. */
const contractsOf = (siteId: string) => CONTRACTS.map((one) => ({ ...one, contractId: `${siteId}-${one.contractId}` }));

async function settleDay(siteId: string, options: DayOptions = {}, previous?: SettledDay): Promise<SettledDay> {
  const input = { ...syntheticDay({ contracts: contractsOf(siteId), ...options }), siteId };
  const result = settle(input);
  await bench.journal.recordSettlement({ input, result, entries: entriesToPost(previous, result) });
  return result;
}

function issue(siteId: string, site: SettlementTerms, from: string, to = from, contractId = "HA-1", askedBy?: string) {
  const { issue: issueOne } = statementActivities({ ...bench, book: new Map([[siteId, { terms: site }]]) });
  return issueOne({ siteId, contractId: `${siteId}-${contractId}`, period: { from, to }, askedBy });
}

const refused = (siteId: string) => standingRefusals(bench.pool, siteId);

describe("a statement after the configuration has changed", () => {
  it.each([
    ["a new version in the place of the old one", "later", contractsOf("later").map((one) => ({ ...one, version: 9 }))],
    [
      "another rate under the same version",
      "edited",
      contractsOf("edited").map((one) => ({
        ...one,
        energy: { kind: "fixed-rate" as const, rateUsdPerKwh: "0.01", clause: "9" },
      })),
    ],
    ["no contract of the client, which has left", "gone", []],
  ])("has the 29,463.84 $ that the day was settled at, with %s", async (_what, siteId, contracts) => {
    await settleDay(siteId);
    expect(await issue(siteId, configured(contracts), "2024-08-20")).toMatchObject({ totalCents: "2946384" });
  });
});

describe("no day of a client is stated twice", () => {
  it("refuses the 20th to the 21st when the 20th is stated, names both and says what stands; the 21st alone is issued", async () => {
    await settleDay("twice");
    await settleDay("twice", { operatingDay: "2024-08-21" });
    await issue("twice", configured([]), "2024-08-20");
    await expect(issue("twice", configured([]), "2024-08-20", "2024-08-21")).rejects.toMatchObject({
      nonRetryable: true,
      message: expect.stringMatching(
        /twice-HA-1\/2024-08-20\.\.2024-08-21: its period 2024-08-20 to 2024-08-21 overlaps that of statement twice-HA-1\/2024-08-20\.\.2024-08-20/,
      ),
    });
    expect(await refused("twice")).toMatchObject([
      {
        subject: "statement twice-HA-1 2024-08-20..2024-08-21",
        again: "ballast issue twice-HA-1 2024-08-20..2024-08-21",
      },
    ]);
    await issue("twice", configured([]), "2024-08-21");
    const issued = await bench.journal.statements("twice");
    expect(issued.map(({ statement, ordinal }) => [statement.period.from, ordinal])).toEqual([
      ["2024-08-20", 1],
      ["2024-08-21", 2],
    ]);
  });

  it("has two periods that are issued at once carry an adjustment once", async () => {
    const first = await settleDay("atonce");
    await issue("atonce", configured([]), "2024-08-20", "2024-08-20", "HB-7");
    await settleDay("atonce", { version: 2, corrected: { "2024-08-20/20/4": "2370" } }, first);
    const days = ["2024-08-21", "2024-08-22", "2024-08-23"];
    for (const operatingDay of days) await settleDay("atonce", { operatingDay });
    await Promise.all(days.map((day) => issue("atonce", configured([]), day, day, "HB-7")));
    const issued = (await bench.journal.statements("atonce")).map(({ statement }) => statement);
    expect(issued).toHaveLength(4);
    const adjusted = issued.flatMap(({ lines }) => lines.filter(({ adjustmentOf }) => adjustmentOf !== undefined));
    expect(adjusted.map(({ amountCents }) => amountCents)).toEqual(["1235381"]);
  });
});

describe("a statement that is not what the journal carries", () => {
  it("is not issued: the refusal names the line with both amounts, and stands for a person", async () => {
    const first = await settleDay("broken");
    await settleDay("broken", { version: 2, corrected: { "2024-08-20/20/4": "2370" } }, first);
    const lost = "accrual:broken:alder:2024-08-20T05:00:00.000Z:energy:c1:v1";
    for (const table of ["journal_posting", "journal_entry"]) {
      await owner.query(`ALTER TABLE ${table} DISABLE TRIGGER append_only`);
      await owner.query(`DELETE FROM ${table} WHERE entry_id = $1`, [lost]);
      await owner.query(`ALTER TABLE ${table} ENABLE TRIGGER append_only`);
    }
    // 10,324.983 kWh × 0.072 $ = 743.398776 $ are gone
    await expect(issue("broken", configured([]), "2024-08-20")).rejects.toMatchObject({
      nonRetryable: true,
      message: expect.stringMatching(
        /is not what the journal carries: lines fixed-energy = postings of the journal \+ rounding, 10⁻⁸ USD: \d+ against \d+/,
      ),
    });
    expect(await refused("broken")).toHaveLength(1);
    expect(await bench.journal.statements("broken")).toEqual([]);
  });
});

describe("what the rules refuse", () => {
  it("is final, stands for a person with the way to try it again, and is gone once it holds", async () => {
    await settleDay("open");
    await expect(issue("open", configured([]), "2024-08-20", "2024-08-21")).rejects.toMatchObject({
      nonRetryable: true,
    });
    expect(await refused("open")).toMatchObject([
      {
        subject: "statement open-HA-1 2024-08-20..2024-08-21",
        problem: "Statement open-HA-1/2024-08-20..2024-08-21 cannot be issued: 2024-08-21 is not settled",
        again: "ballast issue open-HA-1 2024-08-20..2024-08-21",
      },
    ]);
    await settleDay("open", { operatingDay: "2024-08-21" });
    await issue("open", configured([]), "2024-08-20", "2024-08-21");
    expect(await refused("open")).toEqual([]);
  });
});

describe("a statement that a person asks for", () => {
  it("is refused to the person alone: a slip of the pen stands in no list for good", async () => {
    await settleDay("slip");
    await expect(issue("slip", configured([]), "2024-08-20", "2024-08-20", "HA-l", "maria")).rejects.toMatchObject({
      message: expect.stringMatching(/There is no contract "slip-HA-l"/),
    });
    await expect(issue("slip", configured([]), "2024-09-20", "2024-09-20", "HA-1", "maria")).rejects.toMatchObject({
      message: expect.stringMatching(/no day from 2024-09-20 to 2024-09-20 is settled/),
    });
    expect(await refused("slip")).toEqual([]);
  });

  it("leaves of a refused month what it does not state, with the command for it", async () => {
    await settleDay("rest", { operatingDay: "2024-08-22" });
    await expect(issue("rest", configured([]), "2024-08-20", "2024-08-23")).rejects.toMatchObject({
      nonRetryable: true,
    });
    await issue("rest", configured([]), "2024-08-22", "2024-08-22", "HA-1", "maria");
    expect(await refused("rest")).toMatchObject([
      {
        subject: "statement rest-HA-1 2024-08-20..2024-08-21",
        again: "ballast issue rest-HA-1 2024-08-20..2024-08-21",
      },
      {
        subject: "statement rest-HA-1 2024-08-23..2024-08-23",
        again: "ballast issue rest-HA-1 2024-08-23..2024-08-23",
      },
    ]);
  });
});

it("a client whose contract is replaced on the 21st has both stated by the close of the month, each for its own days", async () => {
  const [alder] = contractsOf("change");
  if (alder === undefined) throw new Error("no contract");
  const contracts = [
    { ...alder, effectiveTo: "2024-08-21" },
    { ...alder, contractId: "change-HA-2", effectiveFrom: "2024-08-21" },
  ];
  const others = contractsOf("change").slice(1);
  for (const operatingDay of ["2024-08-20", "2024-08-21"])
    await settleDay("change", { operatingDay, contracts: [...contracts, ...others] });
  const { dueOfMonth, issue: issueOne } = statementActivities({ ...bench, book: new Map() });
  const due = await dueOfMonth({
    siteId: "change",
    month: { from: "2024-08-01", to: "2024-08-31" },
    contracts: [{ contractId: "change-HA-2", effectiveFrom: "2024-08-21", effectiveTo: "2024-08-22" }],
  });
  const alders = due.filter(({ contractId }) => contractId.startsWith("change-HA"));
  expect(alders.map(({ contractId, period }) => `${contractId} ${period.from}..${period.to}`).toSorted()).toEqual([
    "change-HA-1 2024-08-20..2024-08-20",
    "change-HA-2 2024-08-21..2024-08-21",
  ]);
  const totals = await Promise.all(alders.map((one) => issueOne({ siteId: "change", ...one })));
  expect(totals.map(({ totalCents }) => totalCents)).toEqual(["2946384", "2946384"]);
});
