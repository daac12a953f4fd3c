import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { zipSync } from "fflate";
import type { SimClock } from "../model.ts";
import { central } from "./centralTime.ts";
import { apiRows, rowsAnswer } from "./publicApiRows.ts";
import type { PriceDay } from "./priceDay.ts";
import { type Publication, publicationsOf, zipOf } from "./publications.ts";
import { REPORTS } from "./reports/index.ts";
import type { PublicationTimes } from "./reports/report.ts";

/** What is being asked for when a fault is chosen. */
export interface ApiCall {
  readonly path: string;
  readonly query: URLSearchParams;
  /** Market milliseconds. */
  readonly nowMs: number;
}

/** A misbehavior of the Public API, seen in the field or documented. */
export type ApiFault =
  | { readonly kind: "status"; readonly status: number }
  /** A login or bot page, status 200. */
  | { readonly kind: "html" }
  /** The token that was given is not taken any more: an hour has passed. */
  | { readonly kind: "token-expired" };

export interface PublicApiOptions {
  readonly clock: SimClock;
  readonly day: PriceDay;
  /** The one account. */
  readonly account: { readonly username: string; readonly password: string; readonly subscriptionKey: string };
  readonly publication: PublicationTimes;
  /** From the publication of a document to its rows, market seconds. */
  readonly lagSeconds: number;
  /** Most rows of a page, whatever is asked for; 10,000. */
  readonly pageRowsMax?: number;
  /** 127.0.0.1, any free port. */
  readonly host?: string;
  readonly port?: number;
  /** Asked at every request but that for a token. */
  readonly faults?: (call: ApiCall) => ApiFault | undefined;
}

export interface PublicApiSimulator {
  /** What stands for `https://api.ercot.com/api/public-reports`. */
  readonly baseUrl: string;
  /** What stands for the token address of ERCOT's B2C tenant. */
  readonly tokenUrl: string;
  /** Paths that were asked for, with their query, oldest first. */
  readonly calls: readonly string[];
  close(): Promise<void>;
}

const TOKEN_PATH = "/ercotb2c.onmicrosoft.com/B2C_1_PUBAPI-ROPC-FLOW/oauth2/v2.0/token";
const REPORTS_PATH = "/api/public-reports";
const TOKEN_SECONDS = 3_600;
const CALLS_PER_MINUTE = 30;

/**
 * A stand-in for ERCOT's Public API: token, rows of a report by its fields, archive, with 401 and 429 as
 * the portal describes them. Its rows are those of the documents that the MIS stand-in publishes of the same days, as
 * soon as they are published and the lag has passed.
 */
export async function startPublicApi(options: PublicApiOptions): Promise<PublicApiSimulator> {
  const { clock, day, account, publication, lagSeconds, pageRowsMax = 10_000 } = options;
  const { host = "127.0.0.1", port = 0, faults } = options;
  const publications = publicationsOf(day, publication);
  const calls: string[] = [];
  const askedMs: number[] = [];
  let tokens = 0;
  let valid: { readonly token: string; readonly untilMs: number } | undefined;

  function token(form: URLSearchParams, response: ServerResponse): void {
    const isAccount = form.get("username") === account.username && form.get("password") === account.password;
    if (!isAccount || form.get("grant_type") !== "password" || form.get("response_type") !== "id_token")
      return sendJson(response, 400, { error: "access_denied", error_description: "AADB2C90225: not provided" });
    tokens += 1;
    valid = { token: `id-${tokens}`, untilMs: clock.nowMs() + TOKEN_SECONDS * 1_000 };
    sendJson(response, 200, {
      access_token: `access-${tokens}`,
      id_token: valid.token,
      token_type: "Bearer",
      expires_in: String(TOKEN_SECONDS),
      refresh_token: `refresh-${tokens}`,
    });
  }

  /** Undefined where the call may go on. */
  function refusal(request: IncomingMessage, nowMs: number): readonly [status: number, body: object] | undefined {
    const isNow = request.headers.authorization === `Bearer ${valid?.token}` && nowMs < (valid?.untilMs ?? 0);
    if (!isNow || request.headers["ocp-apim-subscription-key"] !== account.subscriptionKey)
      return [401, { statusCode: 401, message: "Unauthorized. Access token is missing or invalid." }];
    const recent = askedMs.filter((ms) => ms > nowMs - 60_000);
    if (recent.length >= CALLS_PER_MINUTE) return [429, { error_key: "throttled", error_message: "Too Many Requests" }];
    askedMs.push(nowMs);
    return undefined;
  }

  function answer(request: IncomingMessage, url: URL, body: string, response: ServerResponse): void {
    if (url.pathname === TOKEN_PATH) return token(new URLSearchParams(body), response);
    const nowMs = clock.nowMs();
    const path = url.pathname.slice(REPORTS_PATH.length);
    calls.push(`${path}${url.search}`);
    const fault = faults?.({ path, query: url.searchParams, nowMs });
    if (fault?.kind === "token-expired") valid = undefined;
    if (fault?.kind === "html")
      return send(response, 200, "text/html", Buffer.from("<html><body>Sign in</body></html>"));
    if (fault?.kind === "status")
      return fault.status === 429
        ? sendJson(response, 429, { error_key: "throttled", error_message: "Too Many Requests" })
        : sendJson(response, fault.status, exception(fault.status, "the request failed", nowMs));
    const refused = refusal(request, nowMs);
    if (refused !== undefined) return sendJson(response, ...refused);
    const known = publications.filter(({ publishMs }) => publishMs + lagSeconds * 1_000 <= nowMs);
    const [, first = "", second = "", third] = path.split("/");
    if (first === "archive") {
      const own = documentsOf(second, known);
      if (own === undefined) return sendJson(response, 404, exception(404, `no product ${second}`, nowMs));
      return third === "download"
        ? send(response, 200, "application/zip", collected(own, body))
        : sendJson(response, 200, listing(second, own, url.searchParams));
    }
    const report = REPORTS.find(({ api }) => api?.emilId === first);
    const endpoint = report?.api?.endpoints.find(({ name }) => name === second);
    if (report === undefined || endpoint === undefined)
      return sendJson(response, 404, exception(404, `no endpoint ${path}`, nowMs));
    const own = known.filter(({ reportTypeId }) => reportTypeId === report.reportTypeId);
    const read = rowsAnswer(report, endpoint, apiRows(endpoint, own), url.searchParams, pageRowsMax);
    if ("problem" in read) return sendJson(response, 400, exception(400, read.problem, nowMs));
    sendJson(response, 200, read);
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://simulator");
      answer(request, url, Buffer.concat(chunks).toString("utf8"), response);
    });
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  const origin = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    baseUrl: `${origin}${REPORTS_PATH}`,
    tokenUrl: `${origin}${TOKEN_PATH}`,
    calls,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function documentsOf(emilId: string, known: readonly Publication[]): readonly Publication[] | undefined {
  const report = REPORTS.find(({ api }) => api?.emilId === emilId);
  return report && known.filter(({ reportTypeId }) => reportTypeId === report.reportTypeId);
}

/** `archives` of a product, newest first. */
function listing(emilId: string, documents: readonly Publication[], query: URLSearchParams): object {
  const from = query.get("postDatetimeFrom") ?? "";
  const to = query.get("postDatetimeTo") ?? "9999";
  const posted = (ms: number): string => central(ms).toFormat("yyyy-MM-dd'T'HH:mm:ss");
  const listed = documents.filter(({ publishMs }) => posted(publishMs) >= from && posted(publishMs) <= to).toReversed();
  const entries = listed.map(({ csvDocId, stem, publishMs }) => ({
    docId: Number(csvDocId),
    friendlyName: `${stem}_csv`,
    postDatetime: posted(publishMs),
    _links: { endpoint: { href: `${REPORTS_PATH}/archive/${emilId}?download=${csvDocId}` } },
  }));
  const parameters = Object.fromEntries(query);
  return {
    _meta: {
      totalRecords: entries.length,
      pageSize: 1_000,
      totalPages: 1,
      currentPage: 1,
      query: { parameterCount: query.size, parameters },
    },
    product: { emilId: emilId.toUpperCase() },
    archives: entries,
  };
}

/** A zip of `<docId>.zip` files, each with one CSV. */
function collected(documents: readonly Publication[], body: string): Uint8Array {
  const { docIds } = JSON.parse(body) as { docIds: readonly number[] };
  const wanted = documents.filter(({ csvDocId }) => docIds.includes(Number(csvDocId)));
  return zipSync(Object.fromEntries(wanted.map((one) => [`${one.csvDocId}.zip`, zipOf(one, "csv")])), {
    mtime: new Date(1980, 0, 1),
    os: 3,
  });
}

function exception(code: number, message: string, nowMs: number): object {
  return { timestamp: new Date(nowMs).toISOString(), code, status: "error", message, data: {} };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  send(response, status, "application/json", Buffer.from(JSON.stringify(body)));
}

function send(response: ServerResponse, status: number, contentType: string, bytes: Uint8Array): void {
  response.writeHead(status, { "content-type": contentType, "content-length": bytes.length }).end(bytes);
}
