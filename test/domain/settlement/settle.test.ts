import { describe, expect, it } from "vitest";
import { contractInForce } from "../../../src/domain/settlement/contractInForce.ts";
import type { Contract, IntervalInput, SettledDay, SettlementDayInput } from "../../../src/domain/settlement/model.ts";
import { checkSettledDay } from "../../../src/domain/settlement/checks.ts";
import { settle } from "../../../src/domain/settlement/settle.ts";
import { intervalKey } from "../../../src/domain/market/calendar.ts";
import { CONTRACTS, SUPPLY, syntheticDay } from "../../golden/statements/syntheticDay.ts";

const SPIKE = "2024-08-20/21/2";
const NEGATIVE = "2024-08-20/4/3";

function balances(day: Pick<SettledDay, "entries">): Record<string, bigint> {
  const totals: Record<string, bigint> = {};
  for (const { account, amountE8 } of day.entries.flatMap((entry) => entry.postings)) {
    const sum = totals[account];
    totals[account] = sum === undefined ? BigInt(amountE8) : sum + BigInt(amountE8);
  }
  return totals;
}

/** The day with one interval changed. */
function withInterval(
  key: string,
  change: (input: IntervalInput) => IntervalInput,
  day = syntheticDay(),
): SettlementDayInput {
  return {
    ...day,
    intervals: day.intervals.map((input) => (intervalKey(input.interval) === key ? change(input) : input)),
  };
}

const failing = (day: SettledDay) => day.checks.filter((check) => !check.holds).map((check) => check.name);
const spikeOf = (day: SettledDay, clientId: string) =>
  day.clientIntervals.find((i) => i.intervalKey === SPIKE && i.clientId === clientId);

describe("a day with three clients", () => {
  const day = settle(syntheticDay());

  it("holds every identity: energy, shares, supply, charges, entries, intervals", () => {
    expect(failing(day)).toEqual([]);
    expect(day.checks).toHaveLength(6);
    expect(day.missing).toEqual([]);
    expect(Object.values(balances(day)).reduce((a, b) => a + b, 0n)).toBe(0n);
  });

  it("splits the quarter hour at 842.37 as the three contracts say", () => {
    expect(spikeOf(day, "alder")).toMatchObject({
      curtailedWh: "10025000",
      grossCreditE8: "844475925000",
      clientCreditE8: "468784037500",
      hostCreditE8: "375691887500",
    });
    expect(spikeOf(day, "birch")).toMatchObject({
      curtailedWh: "6675000",
      grossCreditE8: "562281975000",
      clientCreditE8: "393597382500",
    });
    expect(spikeOf(day, "cedar")).toMatchObject({
      curtailedWh: "2175000",
      grossCreditE8: "183215475000",
      clientCreditE8: "183215475000",
      hostCreditE8: "0",
    });
  });

  it("posts the spike's credit to the client's share and the host's income, with price version and clause", () => {
    const entry = day.entries.find(
      (e) => e.entryId === "accrual:pecan-flat:alder:2024-08-21T01:15:00.000Z:economic:c1:v1",
    );
    expect(entry).toMatchObject({
      kind: "curtailment-credit",
      reason: "economic",
      contractId: "HA-1",
      contractVersion: 1,
      clause: "6.2",
      sourceRefs: [`price:HB_HOUSTON/HU/${SPIKE}@v1#${"a".repeat(64)}`],
    });
    expect(entry?.postings).toEqual([
      { account: "Assets:Accrued:PowerCredits", amountE8: "844475925000" },
      { account: "Liabilities:ClientShare:alder", amountE8: "-468784037500" },
      { account: "Income:Curtailment:economic", amountE8: "-375691887500" },
    ]);
  });

  it("keeps the site's losses as a line of their own", () => {
    expect(day.gapWh).toHaveLength(96);
    expect(day.gapWh[0]).toEqual({
      intervalKey: "2024-08-20/1/1",
      gapWh: String(185_000 + ((9 * 104_729 + 17) % 1_000)),
    });
  });

  it("gives each entry an id of its own and the same bytes on every run", () => {
    expect(new Set(day.entries.map((entry) => entry.entryId)).size).toBe(day.entries.length);
    expect(JSON.stringify(settle(syntheticDay()))).toBe(JSON.stringify(day));
  });

  it("pays a negative price out: curtailed then, the client under resale has a negative credit and the others none", () => {
    const curtailed = withInterval(NEGATIVE, (input) => ({
      ...input,
      feeders: input.feeders.map((feeder) => ({ ...feeder, energyWh: "300000" })),
      siteEnergyWh: "1000000",
      curtailed: input.baselines.map(({ clientId }) => ({
        clientId,
        cohortId: "x",
        reason: "operator-order",
        seconds: 900,
        belowNormalW: 50_000_000,
      })) as IntervalInput["curtailed"],
    }));
    const settled = settle(curtailed);
    expect(failing(settled)).toEqual([]);
    const credits = settled.clientIntervals
      .filter((i) => i.intervalKey === NEGATIVE)
      .map((i) => [i.clientId, i.grossCreditE8, i.clientCreditE8]);
    expect(credits).toEqual([
      ["alder", "-12431000000", "0"],
      ["birch", "-8184000000", "0"],
      ["cedar", "-2449000000", "-2449000000"],
    ]);
  });
});

describe("what is missing is never zero", () => {
  it.each([
    ["settlement price of HB_HOUSTON (HU)", (input: IntervalInput) => ({ ...input, price: undefined })],
    ["register of the site meter", (input: IntervalInput) => ({ ...input, siteEnergyWh: undefined })],
    [
      "register of the feeder of birch",
      (input: IntervalInput) => ({
        ...input,
        feeders: input.feeders.map((f) => (f.clientId === "birch" ? { clientId: "birch" } : f)),
      }),
    ],
    [
      "register of the feeder of birch",
      (input: IntervalInput) => ({ ...input, feeders: input.feeders.filter((f) => f.clientId !== "birch") }),
    ],
    [
      "baseline of cedar",
      (input: IntervalInput) => ({ ...input, baselines: input.baselines.filter((b) => b.clientId !== "cedar") }),
    ],
    [
      "contract of dogwood in force on 2024-08-20",
      (input: IntervalInput) => ({ ...input, feeders: [...input.feeders, { clientId: "dogwood", energyWh: "5" }] }),
    ],
  ])("without the %s the interval is listed and nothing of it is posted", (what, change) => {
    const day = settle(withInterval(SPIKE, change));
    expect(day.missing).toEqual([{ intervalKey: SPIKE, what }]);
    expect(day.entries.filter((entry) => entry.effectiveAt === "2024-08-21T01:15:00.000Z")).toEqual([]);
    expect(day.clientIntervals).toHaveLength(95 * 3);
    expect(day.gapWh).toHaveLength(95);
    expect(failing(day)).toEqual([]);
  });

  it("a day that lacks a whole interval says so in its check", () => {
    const day = syntheticDay();
    const settled = settle({ ...day, intervals: day.intervals.slice(1) });
    expect(settled.checks.find((check) => !check.holds)).toEqual({
      name: "intervals of the day",
      left: "95",
      right: "96",
      difference: "1",
      holds: false,
    });
  });
});

describe("clock-change days", () => {
  it("in spring has 92 intervals and no hour ending 3", () => {
    const day = settle(
      syntheticDay({
        operatingDay: "2024-03-10",
        contracts: CONTRACTS.map((c) => ({ ...c, effectiveFrom: "2023-01-01" })),
      }),
    );
    expect(failing(day)).toEqual([]);
    expect(day.gapWh).toHaveLength(92);
    expect(day.gapWh.filter((gap) => gap.intervalKey.startsWith("2024-03-10/3/"))).toEqual([]);
  });

  it("in autumn has 100, and the repeated hour is kept apart", () => {
    const day = settle(syntheticDay({ operatingDay: "2024-11-03" }));
    expect(failing(day)).toEqual([]);
    expect(day.gapWh).toHaveLength(100);
    const twice = day.clientIntervals.filter(
      (i) => i.clientId === "alder" && /^2024-11-03\/2\/1R?$/.test(i.intervalKey),
    );
    expect(twice.map((i) => [i.intervalKey, i.startAt])).toEqual([
      ["2024-11-03/2/1", "2024-11-03T06:00:00.000Z"],
      ["2024-11-03/2/1R", "2024-11-03T07:00:00.000Z"],
    ]);
    expect(new Set(day.entries.map((entry) => entry.entryId)).size).toBe(day.entries.length);
  });
});

describe("the contract version in force settles the interval", () => {
  const v1 = CONTRACTS[0] as Contract;
  const v2: Contract = {
    ...v1,
    version: 2,
    effectiveFrom: "2024-08-21",
    energy: { kind: "fixed-rate", rateUsdPerKwh: "0.08", clause: "4.1" },
  };

  it("a version that starts on the 21st leaves the 20th at the old rate", () => {
    const contracts = [v1, v2, ...CONTRACTS.slice(1)];
    const rate = (operatingDay: string) => {
      const interval = settle(syntheticDay({ operatingDay, contracts })).clientIntervals.find(
        (i) => i.clientId === "alder",
      );
      return [interval?.contractVersion, Number(interval?.charges["fixed-energy"]) / Number(interval?.energyWh)];
    };
    expect(rate("2024-08-20")).toEqual([1, 7_200]);
    expect(rate("2024-08-21")).toEqual([2, 8_000]);
  });

  it("no version in force is undefined; two contracts or a version listed twice are refused", () => {
    expect(contractInForce([{ ...v1, effectiveTo: "2024-08-20" }], "alder", "2024-08-20")).toBeUndefined();
    expect(() => contractInForce([v1, { ...v1, contractId: "HA-2" }], "alder", "2024-08-20")).toThrow(
      /contracts HA-1 and HA-2 are both in force on 2024-08-20/,
    );
    expect(() => contractInForce([v1, { ...v1 }], "alder", "2024-08-20")).toThrow(/version 1 is listed twice/);
  });
});

describe("finer rates stay exact", () => {
  it("a strike and a share with many digits are kept as fractions beside the whole 10⁻⁸ of the journal", () => {
    const contracts = [
      {
        ...(CONTRACTS[0] as Contract),
        credit: { kind: "net-of-strike", strikeUsdPerMwh: "92.857143", clientShare: "0.333333", clause: "6" } as const,
      },
      ...CONTRACTS.slice(1),
    ];
    const day = settle(syntheticDay({ contracts }));
    expect(failing(day)).toEqual([]);
    const exact = day.clientIntervals.flatMap((i) => Object.entries(i.exact ?? {}));
    expect(exact.length).toBeGreaterThan(0);
    expect(exact.every(([, text]) => /^-?\d+\/\d+$/.test(text))).toBe(true);
  });
});

describe("the checks find what does not add up", () => {
  const input = syntheticDay();
  const day = settle(input);
  const tampered = (change: Partial<SettledDay>) =>
    checkSettledDay(input, { ...day, ...change })
      .filter((check) => !check.holds)
      .map((check) => check.name);

  it("one Wh more in the gap", () => {
    const gapWh = day.gapWh.map((gap, i) => (i === 5 ? { ...gap, gapWh: String(BigInt(gap.gapWh) + 1n) } : gap));
    expect(tampered({ gapWh })).toEqual(["client energy + gap = site register, Wh"]);
  });

  it("10⁻⁸ moved from a client's share into nowhere", () => {
    const entries = day.entries.map((entry) =>
      entry.kind === "curtailment-credit" && entry.clientId === "birch"
        ? {
            ...entry,
            postings: entry.postings.map((p) =>
              p.account.startsWith("Liabilities") ? { ...p, amountE8: String(BigInt(p.amountE8) + 1n) } : p,
            ),
          }
        : entry,
    );
    expect(tampered({ entries })).toEqual([
      "client shares + host share = gross credit, 10⁻⁸ USD",
      "debits = credits in every entry, 10⁻⁸ USD",
    ]);
  });

  it("opposite errors in two intervals, which a total would hide", () => {
    const shift = [1n, -1n];
    const entries = day.entries.map((entry) => {
      if (entry.kind !== "supply") return entry;
      const by = shift.pop();
      return by === undefined
        ? entry
        : {
            ...entry,
            postings: entry.postings.map((p) =>
              p.account === "Expense:Power:Index"
                ? { ...p, amountE8: String(BigInt(p.amountE8) + by) }
                : p.account.startsWith("Liabilities")
                  ? { ...p, amountE8: String(BigInt(p.amountE8) - by) }
                  : p,
            ),
          };
    });
    expect(tampered({ entries })).toEqual([
      "supply − gross credit = block + (load − block) at the settlement price, 10⁻⁸ USD",
    ]);
  });
});

describe("a contradictory day is refused", () => {
  it("an interval twice, an interval of another day, another schema", () => {
    const day = syntheticDay();
    const first = day.intervals[0] as IntervalInput;
    expect(() => settle({ ...day, intervals: [first, ...day.intervals] })).toThrow(
      /interval 2024-08-20\/1\/1 is there twice/,
    );
    expect(() => settle({ ...day, operatingDay: "2024-08-21" })).toThrow(/2024-08-20\/1\/1 belongs to another day/);
    expect(() => settle({ ...day, schema: "other" as "ballast.settlement-day/1" })).toThrow(
      /this version reads ballast.settlement-day\/1/,
    );
    expect(() =>
      settle({ ...day, supply: { ...SUPPLY, adders: [{ code: "X", usdPerMwh: "1,5", source: "" }] } }),
    ).toThrow(/expected plain decimal text/);
  });
});
