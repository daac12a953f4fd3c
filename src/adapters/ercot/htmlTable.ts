import { PortDataError } from "../../ports/errors.ts";
import { entityText } from "./htmlEntities.ts";

/** A cell: its class names and its text, blanks and line breaks as one blank each. */
export interface HtmlCell {
  readonly classes: readonly string[];
  readonly text: string;
}

/** Rows of one table, each with its cells. */
export type HtmlTable = readonly (readonly HtmlCell[])[];

const DEPTH_MAX = 64;
const ROWS_MAX = 20_000;
const TAGS_MAX = 400_000;
const CELLS_MAX = 64;
const CELL_CHARS_MAX = 20_000;
/** Elements whose content is no text of the page. */
const RAW = /^(?:script|style|template|noscript|title|textarea)$/;
/** Elements before and after which a text begins anew. */
const BLOCK = /^(?:p|br|div|li|ul|ol|h[1-6]|tr|td|th|table|hr|dd|dt)$/;
/** Elements that have no end tag. */
const VOID = /^(?:br|hr|img|input|meta|link|col|wbr|area|base|source)$/;
const TAG = /^<(\/?)([a-zA-Z][a-zA-Z0-9-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/;

/**
 * The tables of an HTML page that stand in no other table, in its order: text of cells with whatever is nested in them
 * flattened. End tags of cells and rows may be left out, as HTML allows. No script is run and no address followed.
 * @see HTML standard
 * @throws PortDataError for a table, comment or tag that is not closed (a page cut short), and beyond the bounds.
 */
export function htmlTables(html: string, where: string): readonly HtmlTable[] {
  return new TableReader(html, where).read();
}

class TableReader {
  readonly #html: string;
  readonly #where: string;
  readonly #tables: HtmlCell[][][] = [];
  #rows = 0;
  #tags = 0;
  /** Tables that are open; the first is the one whose rows count. */
  #depth = 0;
  #cell: { readonly classes: readonly string[]; parts: string[]; length: number } | undefined;

  constructor(html: string, where: string) {
    this.#html = html;
    this.#where = where;
  }

  read(): readonly HtmlTable[] {
    const html = this.#html;
    let at = 0;
    while (at < html.length) {
      const open = html.indexOf("<", at);
      this.#text(html.slice(at, open === -1 ? html.length : open));
      if (open === -1) break;
      at = this.#markup(open);
    }
    if (this.#depth > 0) throw this.#odd("a table is not closed: the page is cut short");
    return this.#tables;
  }

  /** Where the text after this markup begins. */
  #markup(open: number): number {
    const html = this.#html;
    if (html.startsWith("<!--", open)) return this.#after("-->", open + 4, "a comment");
    if (html[open + 1] === "!" || html[open + 1] === "?") return this.#after(">", open + 2, "a declaration");
    if (!/[a-zA-Z/]/.test(html[open + 1] ?? "")) {
      this.#text("<");
      return open + 1;
    }
    const tag = TAG.exec(html.slice(open, open + CELL_CHARS_MAX));
    this.#tags += 1;
    if (this.#tags > TAGS_MAX) throw this.#odd(`more than ${TAGS_MAX} tags`);
    if (tag === null) throw this.#odd(`a tag is not closed: ${JSON.stringify(html.slice(open, open + 40))}`);
    const [whole, slash, written = "", attributes = ""] = tag;
    const name = written.toLowerCase();
    const after = open + whole.length;
    if (slash === "/") this.#closed(name);
    else this.#opened(name, attributes);
    return slash === "" && RAW.test(name) ? this.#raw(name, after) : after;
  }

  #opened(name: string, attributes: string): void {
    if (BLOCK.test(name)) this.#text(" ");
    if (name === "table") {
      this.#depth += 1;
      if (this.#depth > DEPTH_MAX) throw this.#odd(`tables are nested deeper than ${DEPTH_MAX}`);
      if (this.#depth === 1) this.#tables.push([]);
    }
    if (this.#depth !== 1 || VOID.test(name)) return;
    if (name === "tr") this.#row();
    if (name === "td" || name === "th") this.#open(attributes);
  }

  #closed(name: string): void {
    if (BLOCK.test(name)) this.#text(" ");
    if (this.#depth === 1 && /^(?:td|th|tr|table|tbody|thead|tfoot)$/.test(name)) this.#end();
    if (name === "table" && this.#depth > 0) this.#depth -= 1;
  }

  #row(): void {
    this.#end();
    this.#rows += 1;
    if (this.#rows > ROWS_MAX) throw this.#odd(`more than ${ROWS_MAX} rows`);
    this.#tables.at(-1)?.push([]);
  }

  #open(attributes: string): void {
    this.#end();
    const cells = this.#tables.at(-1)?.at(-1);
    if (cells === undefined) throw this.#odd("a cell stands in no row");
    if (cells.length >= CELLS_MAX) throw this.#odd(`a row has more than ${CELLS_MAX} cells`);
    const [, double, single, bare = ""] = /\bclass\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(attributes) ?? [];
    const classes = (double ?? single ?? bare).split(/\s+/).filter((one) => one !== "");
    this.#cell = { classes, parts: [], length: 0 };
  }

  #end(): void {
    if (this.#cell === undefined) return;
    const { classes, parts } = this.#cell;
    const text = parts.join("").replaceAll(/\s+/g, " ").trim();
    this.#tables.at(-1)?.at(-1)?.push({ classes, text });
    this.#cell = undefined;
  }

  #text(text: string): void {
    if (this.#cell === undefined || text === "") return;
    this.#cell.length += text.length;
    if (this.#cell.length > CELL_CHARS_MAX) throw this.#odd(`a cell has more than ${CELL_CHARS_MAX} characters`);
    this.#cell.parts.push(entityText(text));
  }

  /** Behind the end of an element whose content is no text. */
  #raw(name: string, from: number): number {
    const end = new RegExp(`</${name}[\\s>/]`, "gi");
    end.lastIndex = from;
    const found = end.exec(this.#html);
    if (found === null) throw this.#odd(`<${name}> is not closed`);
    return found.index;
  }

  #after(mark: string, from: number, what: string): number {
    const found = this.#html.indexOf(mark, from);
    if (found === -1) throw this.#odd(`${what} is not closed: the page is cut short`);
    return found + mark.length;
  }

  #odd(what: string): PortDataError {
    return new PortDataError(`${this.#where}: expected an HTML page with whole tables; ${what}`);
  }
}
