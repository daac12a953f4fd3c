import type { SiteInput } from "../../domain/inputs/facts.ts";
import {
  isMarketInput,
  marketFact,
  type MarketInput,
  type MarketObservation,
} from "../../domain/inputs/marketFacts.ts";
import { shown } from "../firstDifference.ts";
import { guarded, type LayerLog } from "../layerLog.ts";
import type { SourceBook } from "../sourceBook.ts";
import type { SiteFacts } from "../siteFacts.ts";
import type { AuditLayer } from "./layer.ts";

/** Every market value that reached the site stands in a kept document, read again with the feed's own reader. */
export async function checkSources(arrivals: SiteFacts["arrivals"], book: SourceBook, log: LayerLog): Promise<void> {
  const before = new Map<string, MarketInput>();
  for (const { input, where } of arrivals) {
    if (!isOfMarket(input)) continue;
    const fact = marketFact(input.kind);
    const source = fact.toldBy?.(input) ?? input.kind;
    const toldBefore = before.get(source);
    before.set(source, input);
    log.check();
    const at = `${where} ${input.kind} ${input.id}`;
    for (const part of fact.parts?.(input) ?? [input]) await checkPart(part, toldBefore, book, at, log);
  }
}

async function checkPart(
  part: MarketInput,
  toldBefore: MarketInput | undefined,
  book: SourceBook,
  at: string,
  log: LayerLog,
): Promise<void> {
  const fact = marketFact(part.kind);
  const reading = await book.read(part.contentHash);
  if ("problem" in reading) {
    log.find(at, "a kept document that says so", reading.problem);
    return;
  }
  const rows = reading.observations.filter(({ kind }) => kind === part.kind);
  if (!rows.some((row) => row.source === part.source && fact.says(row, part, toldBefore)))
    log.find(at, shown(told(rows, part)), `${shown(fact.text(part))} in the history`);
}

function isOfMarket(input: SiteInput): input is MarketInput {
  return isMarketInput(input);
}

/** What the document says at that place, for the reader of the finding. */
function told(rows: readonly MarketObservation[], input: MarketInput): string {
  const fact = marketFact(input.kind);
  const same = rows.filter((row) => fact.place(row) === fact.place(input));
  return same.length === 0
    ? "a row for it in the document, which has none"
    : same.map((row) => `${fact.text(row)} in the document`).join(", ");
}

export const sources = {
  name: "sources",
  what: "every market value is in a kept document",
  needs: "facts",
  check: (site, log) => ({
    async end() {
      const { archiveProblem } = site.bundle.manifest;
      if (archiveProblem !== undefined)
        log.note(`when this was written, the archive of documents waited for somebody: ${archiveProblem}`);
      const book = await site.book(log);
      await guarded(log, "signals", () => checkSources(site.facts.arrivals, book, log));
    },
  }),
} as const satisfies AuditLayer;
