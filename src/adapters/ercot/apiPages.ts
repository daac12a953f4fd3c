import { PortDataError } from "../../ports/errors.ts";
import { apiEnvelope } from "./apiEnvelope.ts";
import type { Fetched } from "./http.ts";
import type { ApiSession, SessionOptions } from "./apiSession.ts";

const PAGE_ROWS = 10_000;
const PAGES_MAX = 20;
const READINGS_MAX = 3;

/** One page of an answer of ERCOT's Public API, as it came. */
export interface ApiPage extends Fetched {
  /** 1-based. */
  readonly page: number;
  readonly rows: number;
}

/**
 * All pages of a report's answer; none where it has no rows. Their rows are counted against the total that each page
 * says: where it changes on the way, a page is another than was asked for, or rows are missing, they are read again
 * from the first, three times at most.
 * @throws PortDataError when it still does not add up, or there are more than 20 pages; as `ApiSession.fetch`
 */
export async function apiPages(
  session: ApiSession,
  path: string,
  query: Readonly<Record<string, string>>,
  options: SessionOptions,
): Promise<readonly ApiPage[]> {
  let problem = "";
  for (let reading = 0; reading < READINGS_MAX; reading += 1) {
    const read = await readPages(session, path, query, options);
    if (Array.isArray(read)) return read;
    problem = read.problem;
  }
  throw new PortDataError(`${path}: read ${READINGS_MAX} times, and ${problem}`);
}

async function readPages(
  session: ApiSession,
  path: string,
  query: Readonly<Record<string, string>>,
  options: SessionOptions,
): Promise<ApiPage[] | { readonly problem: string }> {
  const pages: ApiPage[] = [];
  let total: number | undefined;
  for (let page = 1; ; page += 1) {
    if (page > PAGES_MAX) throw new PortDataError(`${path}: more than ${PAGES_MAX} pages of ${PAGE_ROWS} rows`);
    const fetched = await session.fetch({ path, query: { ...query, page, size: PAGE_ROWS } }, options);
    const { rows, totalRecords, totalPages, currentPage } = apiEnvelope(fetched.bytes, `${path} page ${page}`);
    if (rows.length > 0 && currentPage !== page) return { problem: `page ${page} says that it is ${currentPage}` };
    if (total !== undefined && totalRecords !== total)
      return { problem: `page ${page} speaks of ${totalRecords} rows, those before of ${total}` };
    total = totalRecords;
    if (rows.length > 0) pages.push({ ...fetched, page, rows: rows.length });
    if (page < totalPages) continue;
    const found = pages.reduce((sum, one) => sum + one.rows, 0);
    return found === total ? pages : { problem: `its pages hold ${found} rows, and speak of ${total}` };
  }
}
