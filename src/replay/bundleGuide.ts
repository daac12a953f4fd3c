import type {
  CommandLedgerRow,
  JournalLedgerRow,
  MeterLedgerRow,
  OperatorLedgerRow,
  RegisterLedgerRow,
  TimelineLedgerRow,
} from "../domain/evidence/ledgers.ts";
import type { ClientInterval, IntervalInput, SettledDay, SettlementDayInput } from "../domain/settlement/model.ts";
import { PAPER_WIDTH, wrapped } from "../domain/statement/wrapped.ts";

/** What the files of a bundle are, in words. */
export const GUIDE = "GUIDE.txt";

/** Words for every member of a record: one without a word does not compile. */
type Words<Row> = Readonly<Record<keyof Row, string>>;

const COMMANDS: Words<CommandLedgerRow> = {
  revision: "number of the dispatch",
  attempt: "0 for the first wave, then one for each time stragglers were driven again",
  machineId: "machine",
  cohortId: "its cohort",
  modeId: "mode that it was told to take",
  outcome: "what the machine answered, or that it did not",
  writes: "commands put on the wire that restart or change it, a count",
  at: "when, UTC",
};
const OPERATORS: Words<OperatorLedgerRow> = {
  keyId: "name of the key",
  publicKeyPem: "Ed25519 public key, PEM",
  actor: "whose it is",
  roles: "what it may order",
  vouches: "present where it signs in the name of people signed in elsewhere",
};
const REGISTERS: Words<RegisterLedgerRow> = {
  meterId: "meter",
  boundaryAt: "interval boundary, UTC",
  readAt: "when it was read, UTC",
  registerWh: "cumulative register, Wh; absent when the meter gave none, which is not 0",
  quality: "metered, or why the reading is not",
};
const METERS: Words<MeterLedgerRow> = {
  meterId: "meter",
  clientId: "client whose feeder it is; absent for the site's own meter",
  rolloverWh: "the register starts again at 0 after this many Wh",
  plausibleMaxWh: "most that it can count in a quarter hour, Wh",
  readSince: "first boundary at which it was read, UTC",
};
const TIMELINE: Words<TimelineLedgerRow> = {
  sequence: "decision that commanded it",
  cohortId: "cohort",
  clientId: "client whose machines they are",
  at: "from when on, UTC, until the cohort's next line",
  split: "commanded modes, each with its machines of those that were able to run",
  reason: "why it is not further up",
  curtailed: "all below normal, W at the client's feeder, by the rule that each W belongs to",
  ableToRun: "machines that were able to run, a count",
  normalPowerW: "power of one machine in its normal mode, W",
  feederPue: "W at the client's feeder for each machine W, by which the powers are counted; the site's PUE when absent",
};
const JOURNAL: Words<JournalLedgerRow> = {
  entryId: "name of the entry, used once",
  siteId: "site",
  operatingDay: "operating day, Central; of an invoice the last day of its period",
  settlementVersion: "version of that day",
  effectiveAt: "start of the interval, UTC; of an invoice when it was issued",
  kind: "supply, energy-charge, curtailment-credit, adjustment (a later version less the one before), or invoice",
  clientId: "client; absent for the site's supply",
  contractId: "contract",
  contractVersion: "its version",
  clause: "clause that the amount follows",
  reason: "of a credit: why the energy was curtailed",
  description: "words for a reader",
  sourceRefs: "price and document, or statement, that the amount follows from",
  correctionOf: "entry that an adjustment corrects",
  statementId: "of an invoice: the statement that posted it",
  postings: "account and amountE8, 10⁻⁸ US dollars; debit positive, credit negative; an entry's postings sum to 0",
};
const INPUT: Words<Pick<SettlementDayInput, "siteId" | "operatingDay" | "version" | "kind" | "contracts" | "supply">> =
  {
    siteId: "site",
    operatingDay: "operating day, Central",
    version: "1, 2, 3 …: a later one follows a correction",
    kind: "which statement of ERCOT's it follows, or shadow",
    contracts: "contract versions that the day is settled under",
    supply: "blocks (kW, US dollars a MWh, dates) and adders (US dollars a MWh)",
  };
const INTERVAL: Words<IntervalInput> = {
  interval: "operating day, hour ending, quarter hour, repeated hour",
  startAt: "start, UTC",
  price: "settlement price, cents a MWh, its version, and the SHA-256 of its document",
  priceMissing: "why there is none",
  siteEnergyWh: "energy of the site meter, Wh",
  siteEnergyMissing: "why there is none",
  feeders: "energy of each client's feeder, Wh",
  baselines: "of each client: machines able to run × normal power × seconds ÷ 3600, Wh",
  curtailed: "what was ordered off: client, cohort, reason, seconds, W below normal",
  notConnected: "clients that were not there",
};
const RESULT: Words<Pick<SettledDay, "clientIntervals" | "gapWh" | "entries" | "checks" | "missing">> = {
  clientIntervals: "each client's intervals, see below",
  gapWh: "site register less all feeders, Wh: house load and losses, borne by the host",
  entries: "what the day alone posts",
  checks: "identities of the day, with both sides; every difference is 0",
  missing: "what an interval that is not settled lacks",
};
const CLIENT_INTERVAL: Words<ClientInterval> = {
  clientId: "client",
  contractId: "contract",
  contractVersion: "its version",
  startAt: "start, UTC",
  intervalKey: "operating day / hour ending / quarter hour; R for the second copy of the repeated hour",
  energyWh: "metered, Wh",
  baselineWh: "baseline, Wh",
  curtailedWh: "the smaller of baseline less metered and what was ordered off, Wh",
  priceCentsPerMwh: "settlement price, cents a MWh",
  priceVersion: "its version",
  charges: "by code, 10⁻⁸ US dollars, due from the client positive",
  grossCreditE8: "price × curtailed energy, 10⁻⁸ US dollars, a credit positive",
  clientCreditE8: "the client's part of it",
  hostCreditE8: "the host's part of it; both add up to the gross credit",
  byReason: "curtailed energy, gross credit and the client's part by reason",
  exact: "amounts finer than 10⁻⁸ US dollars as fractions: what statements add up",
};

/**
 * The guide to an audit bundle: what each file is and every member of its records, with units and signs, for a reader
 * who has nothing else. At most 100 columns.
 */
export function bundleGuide(siteId: string): string {
  return [
    `GUIDE TO THE AUDIT BUNDLE OF ${siteId}`,
    "=".repeat(PAPER_WIDTH),
    "",
    ...sentences([
      "ballast audit <folder> makes everything here again and says what does not follow. Records are JSON; times " +
        "are UTC; energy is whole Wh, money 10⁻⁸ US dollars, both as whole numbers in quotes; absent is not 0. In " +
        "the journal debit is positive and credit negative; in statements what is due from the client is positive " +
        "and what is credited negative.",
      "manifest.json lists every file with its length and SHA-256, the chain of runs and the signature; " +
        "manifest.sha256 is its own digest. runs/ holds the histories of the site's decisions, documents/ what ERCOT " +
        "and others published, under its SHA-256, with index.json saying where each came from.",
      "statements/ holds each client's papers with a guide of their own (-guide.txt) and, as .json, what they are " +
        "rendered from. A client is given its own papers and none of the others.",
    ]),
    ...records("ledgers/commands.jsonl: what each machine was told", COMMANDS),
    ...records("ledgers/operators.jsonl: keys with which orders were admitted", OPERATORS),
    ...records("ledgers/registers.jsonl: registers at interval boundaries", REGISTERS),
    ...records("ledgers/meters.jsonl: meters", METERS),
    ...records("ledgers/timeline.jsonl: commanded modes; baselines and ordered-off energy follow from it", TIMELINE),
    ...records("ledgers/journal.jsonl: every entry of the journal, in the order of posting", JOURNAL),
    ...records("settlements/<day>-v<version>.json, input: what the day is settled from", INPUT),
    ...records("settlements/<day>-v<version>.json, input.intervals", INTERVAL),
    ...records("settlements/<day>-v<version>.json, result", RESULT),
    ...records("settlements/<day>-v<version>.json, result.clientIntervals", CLIENT_INTERVAL),
    "",
  ].join("\n");
}

function sentences(texts: readonly string[]): string[] {
  return texts.flatMap((text) => [...wrapped(text, "", ""), ""]).slice(0, -1);
}

function records(title: string, words: Readonly<Record<string, string>>): string[] {
  return ["", title, ...Object.entries(words).flatMap(([name, says]) => wrapped(`${name}: ${says}`, "  ", "      "))];
}
