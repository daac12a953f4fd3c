import type {
  JournalLedgerRow,
  MeterLedgerRow,
  RegisterLedgerRow,
  TimelineLedgerRow,
} from "../../domain/evidence/ledgers.ts";
import { isOf } from "../../domain/inputs/marketFacts.ts";
import { settlementPrice } from "../../domain/inputs/settlementPrice.ts";
import { dayEnd, dayStart, intervalKey } from "../../domain/market/calendar.ts";
import type { DayFacts, SettledMeter } from "../../domain/settlement/dayFacts.ts";
import { dayMeters } from "../../domain/settlement/dayMeters.ts";
import { dayInput } from "../../domain/settlement/dayInput.ts";
import type { SettlementDayInput } from "../../domain/settlement/model.ts";
import { type BoundaryReading, registerBook } from "../../domain/settlement/registerBook.ts";
import { settle } from "../../domain/settlement/settle.ts";
import { addSeconds, type Instant } from "../../domain/units/instant.ts";
import { type Bundle, parseJson } from "../bundle.ts";
import type { AuditedSite } from "../auditedSite.ts";
import { findDoubledRows } from "../doubledRows.ts";
import { guarded, type LayerLog } from "../layerLog.ts";
import { attempt, compare } from "../madeAgain.ts";
import type { SourceBook } from "../sourceBook.ts";
import { checkJournal, type Money } from "./journal.ts";
import type { AuditLayer } from "./layer.ts";
import { checkStatements, dayKey, type Settlement } from "./statements.ts";
import { isSamePoint, pointText } from "../../domain/market/settlementPoint.ts";

/** A version that takes up what a later reading found follows it within minutes. */
const TAKEN_UP_SECONDS = 3_600;

/** Ledgers that a day's settlement is made from. */
interface SettlementLedgers {
  readonly registers: readonly RegisterLedgerRow[];
  readonly meters: readonly MeterLedgerRow[];
  readonly timeline: readonly TimelineLedgerRow[];
}

/**
 * Money made again: each day's input from documents, registers and timeline; each settlement from its input, to the
 * last 10⁻⁸ USD; its identities; each statement from the settled versions, byte for byte, and against the journal.
 * Returns what was settled and stated.
 */
async function checkDollars(
  bundle: Bundle,
  ledgers: SettlementLedgers,
  journal: readonly JournalLedgerRow[],
  book: SourceBook,
  log: LayerLog,
): Promise<Money> {
  const settlements = new Map<string, Settlement>();
  for (const { path } of bundle.manifest.settlements) {
    await guarded(log, path, async () => {
      const settlement = parseJson(path, await bundle.read(path)) as Settlement;
      settlements.set(dayKey(settlement.input), settlement);
      await checkDay(path, settlement, ledgers, book, log);
    });
  }
  const versionsByDay = Map.groupBy([...settlements.values()], ({ input }) => input.operatingDay);
  for (const [operatingDay, versions] of versionsByDay) {
    const { input } = versions.reduce((a, b) => (b.input.version > a.input.version ? b : a));
    await guarded(log, operatingDay, () => checkFoundLater(input, ledgers, bundle.manifest.createdAt, log));
  }
  const statements = await checkStatements(bundle, { settlements, journal }, log);
  return { settlements: [...settlements.values()], statements };
}

async function checkDay(
  path: string,
  { input, result }: Settlement,
  ledgers: SettlementLedgers,
  book: SourceBook,
  log: LayerLog,
): Promise<void> {
  const again = attempt(() => settle(input));
  compare(`${path} result`, again, result, log);
  for (const check of result.checks) {
    log.check();
    if (!check.holds || BigInt(check.difference) !== 0n) log.find(`${path} ${check.name}`, check.left, check.right);
  }
  if (result.missing.length > 0)
    log.note(
      `${path}: ${result.missing.length} values missing, first ${result.missing[0]?.what} in ` +
        `${result.missing[0]?.intervalKey}`,
    );
  const prices = await pricesOf(path, input, book, log);
  compare(
    `${path} input`,
    attempt(() => {
      const made = dayInput(factsOf(input, prices, ledgers));
      return input.meters === undefined ? { ...made, meters: undefined } : made;
    }),
    input,
    log,
  );
}

/**
 * The newest version of a day knows every meter that the registers after it find frozen since a boundary of the day. A
 * bundle that was made within an hour of the finding may be ahead of that version: then it is a note.
 */
function checkFoundLater(
  { operatingDay, version, foundFrozenLater = [] }: SettlementDayInput,
  { registers }: SettlementLedgers,
  createdAt: Instant,
  log: LayerLog,
): void {
  log.check();
  const book = registerBook(registers.map(readingOf), dayStart(operatingDay), dayEnd(operatingDay));
  for (const found of book.foundFrozenLater) {
    if (foundFrozenLater.some((known) => known.meterId === found.meterId)) continue;
    const where = `settlements/${operatingDay}-v${version}.json input .foundFrozenLater`;
    const { meterId, foundAt, standsSince } = found;
    const says = `meter ${meterId} found frozen at ${foundAt}, its register standing since ${standsSince}`;
    if (createdAt < addSeconds(foundAt, TAKEN_UP_SECONDS))
      log.note(`${where}: ${says}; the version that takes this up was not made yet`);
    else log.find(where, says, "a version that does not know it, and none after it");
  }
}

/** The price of each interval as its document has it: the version number is a label, the content hash the proof. */
async function pricesOf(
  path: string,
  input: SettlementDayInput,
  book: SourceBook,
  log: LayerLog,
): Promise<DayFacts["prices"]> {
  const prices = new Map<string, { priceUsdPerMwh: string; version: number; contentHash: string }>();
  for (const { interval, price } of input.intervals) {
    if (price === undefined) continue;
    const key = intervalKey(interval);
    const reading = await book.read(price.contentHash);
    log.check();
    if ("problem" in reading) {
      log.find(`${path} price of ${key}`, "a kept document that says so", reading.problem);
      continue;
    }
    const row = reading.observations.find(
      (one) => isOf(settlementPrice, one) && isSamePoint(one, input) && intervalKey(one.interval) === key,
    );
    if (row === undefined || !isOf(settlementPrice, row))
      log.find(`${path} price of ${key}`, `a row for ${pointText(input)}`, `none in document ${price.contentHash}`);
    else
      prices.set(key, { priceUsdPerMwh: row.priceUsdPerMwh, version: price.version, contentHash: price.contentHash });
  }
  return prices;
}

function factsOf(
  input: SettlementDayInput,
  prices: DayFacts["prices"],
  { registers, meters, timeline }: SettlementLedgers,
): DayFacts {
  const { siteId, operatingDay, settlementPoint, settlementPointType, version, kind, contracts, supply } = input;
  const { foundFrozenLater = [] } = input;
  const [from, to] = [dayStart(operatingDay), dayEnd(operatingDay)];
  // What was read after the day counts as far as the version knew it when it was made.
  const knownUntil = new Map(foundFrozenLater.map(({ meterId, foundAt }) => [meterId, foundAt]));
  const readings = registers
    .filter(({ meterId, boundaryAt }) => boundaryAt <= (knownUntil.get(meterId) ?? to))
    .map(readingOf);
  return {
    siteId,
    operatingDay,
    settlementPoint,
    settlementPointType,
    version,
    kind,
    contracts,
    supply,
    prices,
    timeline,
    ...registerBook(readings, from, to),
    meters: metersOf(input, meters),
  };
}

function readingOf(row: RegisterLedgerRow): BoundaryReading {
  return { ...row, registerWh: wh(row.registerWh) };
}

/** The meters that the day was settled by, with the first read of each; a day kept without them is settled by all. */
function metersOf(input: SettlementDayInput, meters: readonly MeterLedgerRow[]): SettledMeter[] {
  const listed = meters.map((meter) => ({
    ...meter,
    rolloverWh: BigInt(meter.rolloverWh),
    plausibleMaxWh: wh(meter.plausibleMaxWh),
  }));
  return (
    dayMeters(input)?.map((meter) => ({
      ...meter,
      readSince: listed.find(({ meterId }) => meterId === meter.meterId)?.readSince,
    })) ?? listed
  );
}

function wh(text: string | undefined): bigint | undefined {
  return text === undefined ? undefined : BigInt(text);
}

/**
 * Each settlement is of this site and at a point at which the site decided: prices of another point would settle
 * without a mismatch.
 */
async function checkSettledSite({ bundle, facts }: AuditedSite, log: LayerLog): Promise<void> {
  const points = new Set(
    facts.records.map(({ start }) => `${start.plan.settlementPoint} ${start.plan.settlementPointType}`),
  );
  for (const { path } of bundle.manifest.settlements) {
    await guarded(log, path, async () => {
      const { input } = parseJson(path, await bundle.read(path)) as Settlement;
      log.same(`${path} site`, bundle.manifest.siteId, input.siteId);
      log.same(`${path} file of its day and version`, `settlements/${input.operatingDay}-v${input.version}.json`, path);
      const point = `${input.settlementPoint} ${input.settlementPointType}`;
      if (points.size > 0 && !points.has(point)) log.find(`${path} settlement point`, [...points].join(" or "), point);
    });
  }
}

export const dollars = {
  name: "dollars",
  what: "settlements, postings and statements recomputed, to the last 10⁻⁸ USD",
  needs: "facts",
  dependsOnBuild: true,
  check: (site, log) => ({
    async end() {
      for (const { path, error } of (await site.points()).unread)
        await guarded(log, path, () => {
          throw error;
        });
      await guarded(log, "settlements", () => checkSettledSite(site, log));
      const timeline = await site.ledgers.timeline(log);
      const registers = await site.ledgers.registers(log);
      findDoubledRows("registers", registers, ({ meterId, boundaryAt }) => `${meterId} at ${boundaryAt}`, log);
      const meters = await site.ledgers.meters(log);
      findDoubledRows("meters", meters, ({ meterId }) => meterId, log);
      const journal = await site.ledgers.journal(log);
      const book = await site.book(log);
      let money: Money = { settlements: [], statements: [] };
      await guarded(log, "settlements", async () => {
        money = await checkDollars(site.bundle, { registers, meters, timeline }, journal, book, log);
      });
      await guarded(log, "ledgers/journal.jsonl", () => checkJournal(money, journal, log));
    },
  }),
} as const satisfies AuditLayer;
