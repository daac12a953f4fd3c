import { intervalKey, intervalsOfDay } from "../market/calendar.ts";
import { energyValue, parseCentsPerMwh, parseEnergyWh, postable } from "../units/money.ts";
import { ACCOUNTS, isCreditShare } from "./accounts.ts";
import type {
  ClientInterval,
  IntervalInput,
  JournalEntry,
  SettledDay,
  SettlementCheck,
  SettlementDayInput,
} from "./model.ts";
import { supplyBlocks } from "./supplyBlocks.ts";

interface Pair {
  readonly left: bigint;
  readonly right: bigint;
}

/** One settled interval as it was put in and as it came out. */
interface Row {
  readonly input: IntervalInput;
  readonly clients: readonly ClientInterval[];
  readonly entries: readonly JournalEntry[];
  readonly gapWh: bigint;
}

/**
 * The identities of a settled day, each held interval by interval on what was written: `left` and `right` are day
 * totals in Wh or 10⁻⁸ USD, `difference` adds up the absolute differences of the intervals, so that opposite errors
 * cannot cancel.
 */
export function checkSettledDay(input: SettlementDayInput, day: Omit<SettledDay, "checks">): SettlementCheck[] {
  const rows = rowsOf(input, day);
  return [
    intervalCount(input),
    identity("client energy + gap = site register, Wh", rows.map(energyPair)),
    identity("client shares + host share = gross credit, 10⁻⁸ USD", rows.map(creditPair)),
    identity(
      "supply − gross credit = block + (load − block) at the settlement price, 10⁻⁸ USD",
      rows.map((row) => supplyPair(input, row)),
    ),
    identity("charges posted to clients = charges of their intervals, 10⁻⁸ USD", rows.map(chargePair)),
    identity("debits = credits in every entry, 10⁻⁸ USD", day.entries.map(debitsAndCredits)),
  ];
}

function energyPair({ input, clients, gapWh }: Row): Pair {
  return { left: total(clients.map((c) => c.energyWh)) + gapWh, right: parseEnergyWh(input.siteEnergyWh as string) };
}

function creditPair({ input, clients, entries }: Row): Pair {
  return { left: -posted(entries, isCreditShare), right: grossCredit(input, clients) };
}

function supplyPair(day: SettlementDayInput, { input, clients, entries }: Row): Pair {
  const blocks = supplyBlocks(day.supply, input.interval.operatingDay);
  const beyondBlock = energyValue(priceOf(input), parseEnergyWh(input.siteEnergyWh as string) - blocks.wh.num);
  const booked = posted(entries, (account) => account === ACCOUNTS.blockCost || account === ACCOUNTS.indexCost);
  return { left: booked - grossCredit(input, clients), right: postable(blocks.cost) + beyondBlock };
}

function chargePair({ clients, entries }: Row): Pair {
  const accounts = new Set(clients.map((c) => ACCOUNTS.receivable(c.clientId)));
  return {
    left: posted(entries, (account) => accounts.has(account)),
    right: total(clients.flatMap((c) => Object.values(c.charges))),
  };
}

function debitsAndCredits(entry: JournalEntry): Pair {
  const amounts = entry.postings.map((posting) => BigInt(posting.amountE8));
  const debits = amounts.reduce((sum, e8) => (e8 > 0n ? sum + e8 : sum), 0n);
  return { left: debits, right: debits - amounts.reduce((sum, e8) => sum + e8, 0n) };
}

/** G = S·ΔE of the interval, from the price that was put in. */
function grossCredit(input: IntervalInput, clients: readonly ClientInterval[]): bigint {
  return energyValue(priceOf(input), total(clients.map((c) => c.curtailedWh)));
}

function intervalCount(input: SettlementDayInput): SettlementCheck {
  const expected = intervalsOfDay(input.operatingDay).map(intervalKey);
  const given = new Set(input.intervals.map(({ interval }) => intervalKey(interval)));
  const absent = expected.filter((key) => !given.has(key)).length;
  return {
    name: "intervals of the day",
    left: String(given.size),
    right: String(expected.length),
    difference: String(absent),
    holds: absent === 0 && given.size === expected.length,
  };
}

function identity(name: string, pairs: readonly Pair[]): SettlementCheck {
  const magnitude = (value: bigint) => (value < 0n ? -value : value);
  const [left, right, difference] = pairs.reduce(
    ([l, r, d], pair) => [l + pair.left, r + pair.right, d + magnitude(pair.left - pair.right)],
    [0n, 0n, 0n],
  );
  return {
    name,
    left: left.toString(),
    right: right.toString(),
    difference: difference.toString(),
    holds: difference === 0n,
  };
}

function rowsOf(input: SettlementDayInput, day: Omit<SettledDay, "checks">): Row[] {
  const gaps = new Map(day.gapWh.map((gap) => [gap.intervalKey, BigInt(gap.gapWh)]));
  const clients = Map.groupBy(day.clientIntervals, (c) => c.startAt);
  const entries = Map.groupBy(day.entries, (entry) => entry.effectiveAt);
  const rows: Row[] = [];
  for (const interval of input.intervals) {
    const gapWh = gaps.get(intervalKey(interval.interval));
    // without a gap the interval is missing: nothing was settled, so there is nothing to compare
    if (gapWh === undefined) continue;
    rows.push({
      input: interval,
      gapWh,
      clients: clients.get(interval.startAt) ?? [],
      entries: entries.get(interval.startAt) ?? [],
    });
  }
  return rows;
}

function priceOf(input: IntervalInput) {
  return parseCentsPerMwh((input.price as { centsPerMwh: string }).centsPerMwh);
}

function posted(entries: readonly JournalEntry[], wanted: (account: string) => boolean): bigint {
  return total(entries.flatMap((entry) => entry.postings.filter((p) => wanted(p.account)).map((p) => p.amountE8)));
}

function total(values: readonly string[]): bigint {
  return values.reduce((sum, value) => sum + BigInt(value), 0n);
}
