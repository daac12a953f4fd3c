import type { DocumentArchive } from "../ports/documentArchive.ts";
import type {
  CommandLedgerRow,
  JournalLedgerRow,
  MeterLedgerRow,
  OperatorLedgerRow,
  RegisterLedgerRow,
  TimelineLedgerRow,
} from "../domain/evidence/ledgers.ts";
import { textAt } from "../domain/evidence/historyEvent.ts";
import { type Bundle, parseJson } from "./bundle.ts";
import { guarded, type LayerLog } from "./layerLog.ts";
import { readLedger } from "./readLedger.ts";
import { noFacts, type SiteFacts } from "./siteFacts.ts";
import { type Parsers, SourceBook } from "./sourceBook.ts";

/** What the auditor was given by another way than the bundle. */
export interface Anchors {
  /** Chain head published earlier. */
  readonly head?: string;
  /** Ed25519 public key, PEM. */
  readonly publicKeyPem?: string;
}

/** Settlement points at which the site decided or settled, and the settlement files that could not be read for them. */
interface SettlementPoints {
  readonly names: ReadonlySet<string>;
  readonly unread: readonly { readonly path: string; readonly error: unknown }[];
}

/** What the layers of one audit share: the bundle, what its histories say, and its ledgers and documents, read once. */
export class AuditedSite {
  readonly bundle: Bundle;
  readonly anchors: Anchors;
  /** Build id of this program's rules and workflows, where it is known. */
  readonly buildId: string | undefined;
  /** Whole once every history has passed. */
  readonly facts: SiteFacts = noFacts();
  /** Rows of each ledger; lines of it that are broken are findings of the layer that asks first. */
  readonly ledgers = {
    commands: this.#once<CommandLedgerRow>("commands"),
    operators: this.#once<OperatorLedgerRow>("operators"),
    registers: this.#once<RegisterLedgerRow>("registers"),
    meters: this.#once<MeterLedgerRow>("meters"),
    timeline: this.#once<TimelineLedgerRow>("timeline"),
    journal: this.#once<JournalLedgerRow>("journal"),
  };
  readonly #parsers: Parsers | ((bundle: Bundle) => Promise<Parsers>);
  readonly #archive: DocumentArchive | undefined;
  #book: Promise<SourceBook> | undefined;
  #points: Promise<SettlementPoints> | undefined;

  constructor(
    bundle: Bundle,
    given: Anchors & {
      readonly buildId?: string;
      readonly parsers: Parsers | ((bundle: Bundle) => Promise<Parsers>);
      readonly archive?: DocumentArchive;
    },
  ) {
    this.bundle = bundle;
    this.anchors = given;
    this.buildId = given.buildId;
    this.#parsers = given.parsers;
    this.#archive = given.archive;
  }

  /** The kept documents; an index that cannot be read is a finding of the layer that asks first. */
  book(log: LayerLog): Promise<SourceBook> {
    this.#book ??= this.#openBook(log);
    return this.#book;
  }

  points(): Promise<SettlementPoints> {
    this.#points ??= this.#readPoints();
    return this.#points;
  }

  #once<Row>(name: string): (log: LayerLog) => Promise<readonly Row[]> {
    let rows: Promise<readonly Row[]> | undefined;
    return (log) => (rows ??= readLedger<Row>(this.bundle, name, log));
  }

  async #openBook(log: LayerLog): Promise<SourceBook> {
    const parsers = typeof this.#parsers === "function" ? await this.#parsers(this.bundle) : this.#parsers;
    const { names } = await this.points();
    let book = SourceBook.without(this.bundle, parsers, names, this.#archive);
    await guarded(log, "documents/index.json", async () => {
      book = await SourceBook.open(this.bundle, parsers, names, this.#archive);
    });
    return book;
  }

  async #readPoints(): Promise<SettlementPoints> {
    const { records, arrivals } = this.facts;
    const names = new Set(records.map(({ start }) => start.plan.settlementPoint));
    for (const { input } of arrivals) if ("settlementPoint" in input) names.add(input.settlementPoint);
    const unread: { path: string; error: unknown }[] = [];
    for (const { path } of this.bundle.manifest.settlements)
      try {
        names.add(textAt(parseJson(path, await this.bundle.read(path)), "input", "settlementPoint") ?? "");
      } catch (error) {
        unread.push({ path, error });
      }
    return { names, unread };
  }
}
