import type { SiteInput } from "../../domain/decision/model.ts";
import { intervalKey } from "../../domain/market/calendar.ts";
import type { GridConditionObservation, MarketObservation } from "../../domain/market/model.ts";
import { guarded, type LayerLog } from "../layerLog.ts";
import { shown } from "../firstDifference.ts";
import type { SourceBook } from "../sourceBook.ts";
import type { SiteFacts } from "../siteFacts.ts";
import type { AuditLayer } from "./layer.ts";

/** Every market value that reached the site stands in a kept document, read again with the feed's own reader. */
export async function checkSources(arrivals: SiteFacts["arrivals"], book: SourceBook, log: LayerLog): Promise<void> {
  let grid: GridInput | undefined;
  for (const { input, where } of arrivals) {
    if (!("contentHash" in input)) continue;
    const before = grid;
    if (input.kind === "grid-condition") grid = input;
    log.check();
    const reading = await book.read(input.contentHash);
    if ("problem" in reading)
      log.find(`${where} ${input.kind} ${input.id}`, "a kept document that says so", reading.problem);
    else if (!reading.observations.some((row) => row.source === input.source && says(row, input, before))) {
      log.find(
        `${where} ${input.kind} ${input.id}`,
        shown(told(reading.observations, input)),
        `${shown(valueOf(input))} in the history`,
      );
    }
  }
}

type GridInput = Extract<SiteInput, { kind: "grid-condition" }>;

function says(row: MarketObservation, input: SiteInput, before: GridInput | undefined): boolean {
  if (row.kind === "sced-lmp" && input.kind === "sced-lmp") {
    return (
      row.settlementPoint === input.settlementPoint &&
      row.scedAt === input.scedAt &&
      Number(row.lmpUsdPerMwh) === input.lmpUsdPerMwh
    );
  }
  if (row.kind === "settlement-price" && input.kind === "settlement-price") {
    return (
      row.settlementPoint === input.settlementPoint &&
      row.settlementPointType === input.settlementPointType &&
      intervalKey(row.interval) === input.intervalKey &&
      Number(row.priceUsdPerMwh) === input.priceUsdPerMwh
    );
  }
  if (row.kind === "grid-condition" && input.kind === "grid-condition") {
    return (
      isLevelOf(row, input, before) &&
      isPreAlertOf(row, input, before) &&
      row.observedAt === input.observedAt &&
      row.stateText === input.stateText &&
      row.prcMw === input.prcMw
    );
  }
  if (row.kind === "hashprice" && input.kind === "hashprice")
    return row.asOf === input.asOf && Number(row.usdPerPhDay) === input.usdPerPhDay;
  return false;
}

/** A level is the document's, or, where that one is not confirmed or cannot be read, the level told before. */
function isLevelOf(row: GridConditionObservation, input: GridInput, before: GridInput | undefined): boolean {
  return row.level === input.level || input.level === (before === undefined ? "unknown" : before.level);
}

/** A pre-alert is confirmed by the document's own PRC, or stands as told before. */
function isPreAlertOf(row: GridConditionObservation, { preAlert }: GridInput, before: GridInput | undefined): boolean {
  if (preAlert === undefined) return true;
  const { prcMw, belowMw, observedAt } = preAlert;
  if (observedAt !== row.observedAt) return JSON.stringify(preAlert) === JSON.stringify(before?.preAlert);
  return prcMw === row.prcMw && prcMw < belowMw;
}

/** What the document says at that place, for the reader of the finding. */
function told(rows: readonly MarketObservation[], input: SiteInput): string {
  const same = rows.filter((row) => row.kind === input.kind && placeOf(row) === placeOf(input));
  return same.length === 0
    ? "a row for it in the document, which has none"
    : same.map((row) => `${valueOf(row)} in the document`).join(", ");
}

function placeOf(value: MarketObservation | SiteInput): string {
  switch (value.kind) {
    case "sced-lmp":
      return `${value.settlementPoint} ${value.scedAt}`;
    case "settlement-price":
      return (
        `${value.settlementPoint} ${value.settlementPointType} ` +
        `${"interval" in value ? intervalKey(value.interval) : value.intervalKey}`
      );
    case "grid-condition":
      return value.observedAt;
    case "hashprice":
      return value.asOf;
    default:
      return "";
  }
}

function valueOf(value: MarketObservation | SiteInput): string {
  switch (value.kind) {
    case "sced-lmp":
      return `${value.lmpUsdPerMwh} $/MWh`;
    case "settlement-price":
      return `${value.priceUsdPerMwh} $/MWh`;
    case "grid-condition":
      return `${value.level} "${value.stateText}" PRC ${value.prcMw ?? "not told"}`;
    case "hashprice":
      return `${value.usdPerPhDay} $/PH/day`;
    default:
      return value.kind;
  }
}

export const sources = {
  name: "sources",
  what: "every market value is in a kept document",
  needs: "facts",
  check: (site, log) => ({
    async end() {
      const book = await site.book(log);
      await guarded(log, "signals", () => checkSources(site.facts.arrivals, book, log));
    },
  }),
} as const satisfies AuditLayer;
