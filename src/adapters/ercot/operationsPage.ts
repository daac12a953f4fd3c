import { createHash } from "node:crypto";
import { type OperationsMessage } from "../../domain/market/noticesInForce.ts";
import { instantsByOrder, type WallTime } from "../../domain/market/pageOrder.ts";
import { cleanText } from "../../domain/units/foreignText.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { outsideInstantProblem } from "../../domain/units/outsideInstant.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { Report } from "../../ports/marketFeed.ts";
import { type HtmlCell, type HtmlTable, htmlTables } from "./htmlTable.ts";

/** Columns of the page: class of their cells, and the words above them. */
const COLUMNS = {
  datetime: /^date(?: ?(?:&|and) ?time)?$/i,
  summary: /^(?:notice|summary|message)$/i,
  type: /^type$/i,
  priority: /^(?:status|priority)$/i,
} as const;
type Column = keyof typeof COLUMNS;
const NAMES = Object.keys(COLUMNS) as Column[];
const STAMP =
  /^([A-Z][a-z]{2})[a-z]*\.? (\d{1,2}), (\d{4}),? (1[0-2]|0?[1-9]):([0-5]\d)(?::([0-5]\d))? ?([AP])\.?M\.?$/i;
const MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
/** The longest notice that is kept. */
const SUMMARY_CHARS = 4_000;
const NAME_CHARS = 100;

type Row = Readonly<Record<Column, string>>;
/** Cells of a row of the page by column; one that lacks some is told. */
type PartialRow = Readonly<Partial<Record<Column, string>>>;

/**
 * Messages of ERCOT's operations page read at `readAt`, in its order, each once. The table is the one whose cells have
 * the classes datetime, summary, type and priority, else the one with such words above them. A row whose time cannot be
 * read, is skipped by the clocks or lies ahead of the reading, and one that lacks a cell, is left out and told to
 * `report`.
 * @throws PortDataError for a page without that table, as a bot wall's, without a row in it, or cut short.
 */
export function operationsMessages(
  bytes: Uint8Array,
  where: string,
  readAt: Instant,
  report?: Report,
): readonly OperationsMessage[] {
  const html = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const found = htmlTables(html, where).flatMap(messageRows);
  const rows = found.filter(isWhole);
  if (rows.length === 0)
    throw new PortDataError(
      `${where}: expected a table with date, notice, type and status of operations messages, found none ` +
        `(${bytes.length} bytes): a bot wall or an outage page; the feed counts as silent`,
    );
  for (const row of found) if (!isWhole(row)) report?.(`${where}: ${lackText(row)}`);
  const stamped = rows.map((row) => ({ row, wall: wallOf(row.datetime) }));
  const walls = stamped.flatMap(({ wall }) => wall ?? []);
  const instants = instantsByOrder(walls);
  let next = 0;
  const messages = new Map<string, OperationsMessage>();
  for (const { row, wall } of stamped) {
    const postedAt = wall === undefined ? undefined : instants[next++];
    const problem = timeProblem(row, postedAt, readAt);
    if (problem !== undefined)
      report?.(`${where}: ${problem}; the message is left out: ${cleanText(row.summary, 120)}`);
    else if (postedAt !== undefined) keep(messages, messageOf(row, postedAt));
  }
  if (messages.size === 0)
    throw new PortDataError(`${where}: no message of ${rows.length} has a time that can be read`);
  return [...messages.values()];
}

/** A notice that stands twice is one; where its status differs, the cancellation holds. */
function keep(messages: Map<string, OperationsMessage>, message: OperationsMessage): void {
  if (!messages.has(message.key) || /cancel/i.test(message.status)) messages.set(message.key, message);
}

function messageOf({ datetime, summary, type, priority }: Row, postedAt: Instant): OperationsMessage {
  return {
    key: createHash("sha256").update(`${datetime}|${type}|${summary}`).digest("hex"),
    postedAt,
    type: cleanText(type, NAME_CHARS),
    status: cleanText(priority, NAME_CHARS),
    summary: cleanText(summary, SUMMARY_CHARS),
  };
}

function timeProblem({ datetime }: Row, postedAt: Instant | undefined, readAt: Instant): string | undefined {
  if (postedAt === undefined)
    return (
      `expected a time such as Apr 14, 2026 2:23:50 AM that Central clocks show, ` +
      `found "${cleanText(datetime, 60)}"`
    );
  return outsideInstantProblem(postedAt, readAt, Number.POSITIVE_INFINITY);
}

/** Rows of a table of messages; some of them may lack a cell. */
function messageRows(table: HtmlTable): readonly PartialRow[] {
  const byClass = table.flatMap((cells) =>
    rowBy(cells, (name) => cells.findIndex((one) => one.classes.includes(name))),
  );
  if (byClass.some(isWhole)) return byClass;
  const head = table.findIndex((cells) => NAMES.every((name) => positionOf(cells, name) !== -1));
  if (head === -1) return [];
  const heads = table[head] as readonly HtmlCell[];
  return table.slice(head + 1).flatMap((cells) => rowBy(cells, (name) => positionOf(heads, name)));
}

function positionOf(heads: readonly HtmlCell[], name: Column): number {
  return heads.findIndex(({ text }) => COLUMNS[name].test(text));
}

/** None for a row that has at most one of them, or is the table's head. */
function rowBy(cells: readonly HtmlCell[], position: (name: Column) => number): readonly PartialRow[] {
  const texts = NAMES.flatMap((name) => {
    const text = cells[position(name)]?.text;
    return text === undefined ? [] : [[name, text] as const];
  });
  if (texts.length < 2 || texts.every(([name, text]) => COLUMNS[name].test(text))) return [];
  return [Object.fromEntries(texts) as PartialRow];
}

function isWhole(row: PartialRow): row is Row {
  return NAMES.every((name) => row[name] !== undefined);
}

function lackText(row: PartialRow): string {
  const lacking = NAMES.filter((name) => row[name] === undefined);
  const found = NAMES.flatMap((name) => row[name] ?? []).join(" | ");
  return `a message lacks its ${lacking.join(" and ")} and is left out: ${cleanText(found, 200)}`;
}

/** `Apr 14, 2026 2:23:50 AM` as a wall time; undefined for anything else. */
function wallOf(text: string): WallTime | undefined {
  const found = STAMP.exec(text);
  if (found === null) return undefined;
  const [, name = "", date = "", year, hours, minutes, seconds = "00", half = ""] = found;
  const month = MONTHS.indexOf(name.toLowerCase());
  if (month === -1 || month % 3 !== 0) return undefined;
  const two = (value: number): string => String(value).padStart(2, "0");
  const hour = (Number(hours) % 12) + (half.toUpperCase() === "P" ? 12 : 0);
  return { day: `${year}-${two(month / 3 + 1)}-${two(Number(date))}`, time: `${two(hour)}:${minutes}:${seconds}` };
}
