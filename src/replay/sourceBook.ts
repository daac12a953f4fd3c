import type { BundleDocument } from "../domain/evidence/ledgers.ts";
import { observedFact, type MarketObservation } from "../domain/inputs/marketFacts.ts";
import type { DocumentArchive } from "../ports/documentArchive.ts";
import type { RawDocument } from "../ports/marketFeed.ts";
import { type Bundle, parseJson } from "./bundle.ts";
import { sha256Hex } from "./hash.ts";

/**
 * Reads the rows of a kept document again: `MarketFeed.parse`. Keyed by the document's source, for example `mis/12300`.
 */
export type Parsers = Readonly<
  Record<string, (document: RawDocument, contentHash: string) => readonly MarketObservation[]>
>;

/** What a kept document says, or why that cannot be known. */
export type Reading = { readonly observations: readonly MarketObservation[] } | { readonly problem: string };

/** The kept documents of a bundle, read again on demand. Keeps only the rows that are asked for. */
export class SourceBook {
  readonly #bundle: Bundle;
  readonly #parsers: Parsers;
  readonly #points: ReadonlySet<string>;
  readonly #archive: DocumentArchive | undefined;
  readonly #byHash: ReadonlyMap<string, readonly BundleDocument[]>;
  readonly #readings = new Map<string, Reading>();

  /** @throws BundleError when the index cannot be read */
  static async open(
    bundle: Bundle,
    parsers: Parsers,
    points: ReadonlySet<string>,
    archive?: DocumentArchive,
  ): Promise<SourceBook> {
    const listed = bundle.manifest.documents.some(({ path }) => path === "documents/index.json");
    const index = listed
      ? (parseJson("documents/index.json", await bundle.read("documents/index.json")) as readonly BundleDocument[])
      : [];
    return new SourceBook(bundle, parsers, points, index, archive);
  }

  /** A book without a document: what is asked for is in none. */
  static without(bundle: Bundle, parsers: Parsers, points: ReadonlySet<string>, archive?: DocumentArchive): SourceBook {
    return new SourceBook(bundle, parsers, points, [], archive);
  }

  private constructor(
    bundle: Bundle,
    parsers: Parsers,
    points: ReadonlySet<string>,
    index: readonly BundleDocument[],
    archive: DocumentArchive | undefined,
  ) {
    this.#archive = archive;
    this.#bundle = bundle;
    this.#parsers = parsers;
    this.#points = points;
    this.#byHash = Map.groupBy(index, ({ sha256 }) => sha256);
  }

  /** Rows of the document with this content. The bytes must hash to it: the name of a file proves nothing. */
  async read(contentHash: string): Promise<Reading> {
    const known = this.#readings.get(contentHash);
    if (known !== undefined) return known;
    const reading = await this.#readAgain(contentHash);
    this.#readings.set(contentHash, reading);
    return reading;
  }

  async #readAgain(contentHash: string): Promise<Reading> {
    const entries = this.#byHash.get(contentHash);
    const listed = this.#bundle.manifest.documents.some(({ path }) => path === `documents/${contentHash}`);
    if (entries === undefined || !listed) {
      const kept = this.#archive?.find(contentHash);
      if (kept !== undefined && "bytes" in kept) return this.#rowsOf(kept.entries, contentHash, kept.bytes);
      const why = kept === undefined ? "" : ` or the archive: ${kept.problem}`;
      return { problem: `no document with content ${contentHash} in the bundle${why}` };
    }
    const bytes = await this.#bundle.read(`documents/${contentHash}`).catch((error: Error) => error);
    if (bytes instanceof Error) return { problem: bytes.message };
    const digest = sha256Hex(bytes);
    if (digest !== contentHash) return { problem: `documents/${contentHash} holds other bytes (${digest})` };
    return this.#rowsOf(entries, contentHash, bytes);
  }

  #rowsOf(entries: readonly BundleDocument[], contentHash: string, bytes: Uint8Array): Reading {
    const observations: MarketObservation[] = [];
    for (const entry of entries) {
      const { source, documentId } = entry;
      const parse = this.#parsers[source];
      if (parse === undefined)
        return {
          problem:
            `no reader for documents of source "${source}"; known: ` +
            `${Object.keys(this.#parsers).join(", ") || "none"}`,
        };
      try {
        for (const row of parse({ ...entry, bytes }, contentHash)) if (this.#wanted(row)) observations.push(row);
      } catch (error) {
        return { problem: `${source} document ${documentId} cannot be read: ${(error as Error).message}` };
      }
    }
    return { observations };
  }

  #wanted(row: MarketObservation): boolean {
    const fact = observedFact(row.kind);
    return fact.scope === "system" || this.#points.has(fact.columns(row).point);
  }
}
