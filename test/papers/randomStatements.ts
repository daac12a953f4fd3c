import { intervalStart, intervalsOfDay, nextDay } from "../../src/domain/market/calendar.ts";
import type { OperatingDay } from "../../src/domain/market/model.ts";
import type {
  Contract,
  CurtailedSpan,
  DaySettlement,
  IntervalInput,
  JournalEntry,
  SettlementDayInput,
  Supply,
} from "../../src/domain/settlement/model.ts";
import { entriesToPost } from "../../src/domain/settlement/adjust.ts";
import type { CreditTerms, EnergyTerms } from "../../src/domain/settlement/terms/index.ts";
import { settle } from "../../src/domain/settlement/settle.ts";
import { compose } from "../../src/domain/statement/compose.ts";
import { invoiceEntries } from "../../src/domain/statement/invoiceEntries.ts";
import { papersOf } from "../../src/domain/statement/papers.ts";
import type { Papers } from "../../src/domain/statement/renderers/index.ts";
import { parseInstant } from "../../src/domain/units/instant.ts";

const CLIENT = "juniper";
const REASONS = ["economic", "eea-policy", "instruction", "operator-order", "pre-alert"] as const;
/** First days of periods: both changes of daylight saving, a leap day, the end of a month and of a year. */
const FROM = ["2026-10-31", "2026-03-07", "2024-02-28", "2026-08-30", "2026-12-31"] as const;

/** A reader of whole numbers in a range, both ends included, the same for the same seed. */
function numbers(seed: number): (low: number, high: number) => number {
  let state = seed;
  return (low, high) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return low + Math.floor((state / 4_294_967_296) * (high - low + 1));
  };
}

type Next = ReturnType<typeof numbers>;

/**
 * Two or three days with odd figures, and what the journal holds of them. Papers by the end of their names: a draft
 * while a price and a register are missing, the statement, and the two after it, each of which adjusts it.
 */
export function randomStatements(seed: number): {
  readonly papers: ReadonlyMap<string, Papers>;
  readonly journal: readonly JournalEntry[];
} {
  const next = numbers(seed);
  const from = FROM[seed % FROM.length]!;
  const second = nextDay(from);
  const to = next(0, 1) === 0 ? second : nextDay(second);
  const contracts = contractsOf(next, second, seed % 4);
  const supply = supplyOf(next, to);
  const days = [...new Set([from, second, to])].map((day) => inputOf(next, day, contracts, supply));
  const correctedDays = days.map((day, i) => (i === 1 ? day : correct(next, day)));
  const charged = days.map(settled);
  const corrected = correctedDays.map(settled);
  const again = correctedDays.map((day, i) => (i === 2 ? day : correct(next, day))).map(settled);
  const id = `juniper/${seed}`;
  const journal = [
    ...charged.flatMap(({ result }) => entriesToPost(undefined, result)),
    ...posted(charged, corrected),
    ...posted(corrected, again),
  ];
  const papers = (end: string, at: { from: OperatingDay; to: OperatingDay }, of: Days, correction?: [Days, Days]) => {
    const [previous, now] = correction ?? [];
    const adjustments =
      previous === undefined || now === undefined
        ? []
        : [{ originalStatementId: id, originalPeriod: { from, to }, previous, next: now }];
    const issuedAt = parseInstant(`${nextDay(nextDay(at.to))}T15:00:00Z`);
    const statement = { statementId: `${id}${end}`, siteId: "juniper-flat", clientId: CLIENT, period: at, issuedAt };
    const composed = compose({ ...statement, settledDays: of, adjustments });
    if (composed.status === "issued") journal.push(...invoiceEntries(composed));
    return [end, papersOf(composed, of, adjustments)] as const;
  };
  const stated = (day: OperatingDay) => ({
    period: { from: day, to: day },
    days: [settled(inputOf(next, day, contracts, supply))],
  });
  const [then, last] = [stated(nextDay(to)), stated(nextDay(nextDay(to)))];
  const open = days.map((day) => settled({ ...day, intervals: day.intervals.map(withoutSome) }));
  journal.push(...[...then.days, ...last.days].flatMap(({ result }) => entriesToPost(undefined, result)));
  return {
    papers: new Map([
      papers("-draft", { from, to }, open),
      papers("", { from, to }, charged),
      papers("-then", then.period, then.days, [charged, corrected]),
      papers("-last", last.period, last.days, [corrected, again]),
    ]),
    journal,
  };
}

/** What the next versions of days post. */
function posted(previous: Days, next: Days): JournalEntry[] {
  return next.flatMap(({ result }, i) => {
    const before = previous[i]!.result;
    return before.version === result.version ? [] : entriesToPost(before, result);
  });
}

type Days = readonly DaySettlement[];

function settled(input: SettlementDayInput): DaySettlement {
  return { input, result: settle(input) };
}

/** Two versions of a contract, the second in force from the second day on. */
function contractsOf(next: Next, change: OperatingDay, kind: number): Contract[] {
  return [1, 2].map((version): Contract => ({
    contractId: "JN-4",
    version,
    clientId: CLIENT,
    clientName: "Juniper Hash LLC",
    effectiveFrom: version === 1 ? "2024-01-01" : change,
    ...(version === 1 ? { effectiveTo: change } : {}),
    contractedKw: next(1_000, 9_999),
    rounding: next(0, 1) === 0 ? "half-even" : "half-up",
    disputeDays: 30,
    ...feeOf(next),
    energy: energyOf(next, kind),
    credit: creditOf(next, kind),
  }));
}

/** None, an odd one, or one that comes to half cents in a month of 31 days. */
function feeOf(next: Next): Pick<Contract, "fixedFeeUsdPerKwMonth"> {
  const kind = next(0, 3);
  if (kind === 0) return {};
  return { fixedFeeUsdPerKwMonth: kind === 1 ? "0.155" : `${next(0, 4)}.${next(10, 99)}` };
}

function energyOf(next: Next, kind: number): EnergyTerms {
  return kind < 2
    ? { kind: "fixed-rate", rateUsdPerKwh: `0.0${next(1_000, 9_999)}`, clause: "4.1" }
    : { kind: "pass-through", spreadUsdPerKwh: `0.00${next(10, 99)}`, blockKw: next(500, 2_000), clause: "4.1" };
}

function creditOf(next: Next, kind: number): CreditTerms {
  if (kind === 3) return { kind: "supply-resale", clause: "6.2" };
  const clientShare = `0.${next(10, 99)}5`;
  return kind === 1
    ? { kind: "gross-share", clientShare, sharesNegative: next(0, 1) === 1, clause: "6.2" }
    : { kind: "net-of-strike", strikeUsdPerMwh: `${next(20, 90)}.${next(10, 99)}`, clientShare, clause: "6.2" };
}

/** Two blocks of different price, the second from a later day on: their mean price does not end in decimals. */
function supplyOf(next: Next, change: OperatingDay): Supply {
  const block = (blockId: string, effectiveFrom: OperatingDay) => ({
    blockId,
    quantityKw: next(2_000, 9_999),
    priceUsdPerMwh: `${next(20, 40)}.${next(10, 99)}`,
    resale: true,
    effectiveFrom,
  });
  return {
    blocks: [block("B-1", "2020-01-01"), block("B-2", change)],
    adders: ["ERCOT-ADMIN", "REP"].map((code) => ({ code, usdPerMwh: `0.${next(10, 99)}`, source: "schedule B" })),
  };
}

function inputOf(
  next: Next,
  operatingDay: OperatingDay,
  contracts: readonly Contract[],
  supply: Supply,
): SettlementDayInput {
  return {
    schema: "ballast.settlement-day/1",
    siteId: "juniper-flat",
    operatingDay,
    settlementPoint: "HB_NORTH",
    settlementPointType: "HU",
    version: 1,
    kind: "shadow",
    contracts,
    supply,
    intervals: intervalsOfDay(operatingDay).map((interval): IntervalInput => {
      const baselineWh = next(400_000, 900_000);
      const energyWh = next(0, 1) === 0 ? next(0, baselineWh) : next(baselineWh - 5_000, baselineWh + 5_000);
      return {
        interval,
        startAt: intervalStart(interval),
        price: { centsPerMwh: String(priceCents(next)), version: 1, contentHash: "a".repeat(64) },
        siteEnergyWh: String(energyWh + next(0, 20_000)),
        feeders: [{ clientId: CLIENT, energyWh: String(energyWh) }],
        baselines: [{ clientId: CLIENT, baselineWh: String(baselineWh) }],
        curtailed: spansOf(next, baselineWh),
      };
    }),
  };
}

function priceCents(next: Next): number {
  const kind = next(0, 9);
  if (kind === 0) return -next(1, 25_000);
  return kind < 8 ? next(0, 12_000) : next(12_000, 500_000);
}

/** None to three stretches below normal, of one or two reasons. */
function spansOf(next: Next, baselineWh: number): CurtailedSpan[] {
  if (next(0, 2) !== 0) return [];
  return Array.from({ length: next(1, 3) }, (_, i) => ({
    clientId: CLIENT,
    cohortId: `juniper-${i + 1}`,
    reason: REASONS[next(0, REASONS.length - 1)]!,
    seconds: next(1, 900),
    belowNormalW: Math.floor(baselineWh * 4 * (next(5, 40) / 100)),
  }));
}

/** The next version of a day: two prices corrected, one meter read again. */
function correct(next: Next, day: SettlementDayInput): SettlementDayInput {
  const version = day.version + 1;
  const [first, second, read] = [next(0, 40), next(41, 80), next(81, day.intervals.length - 1)];
  const intervals = day.intervals.map((one, i): IntervalInput => {
    if (i === first || i === second)
      return {
        ...one,
        price: { centsPerMwh: String(priceCents(next)), version, contentHash: String(version).repeat(64) },
      };
    if (i !== read) return one;
    const energyWh = String(next(0, 500_000));
    return { ...one, siteEnergyWh: energyWh, feeders: [{ clientId: CLIENT, energyWh }] };
  });
  return { ...day, version, kind: "resettlement", intervals };
}

/** The tenth interval without its price, the twentieth without the feeder's register. */
function withoutSome(one: IntervalInput, i: number): IntervalInput {
  if (i === 9) return { ...one, price: undefined };
  return i === 19 ? { ...one, feeders: [{ clientId: CLIENT }] } : one;
}
