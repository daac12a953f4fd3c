import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { SimClock } from "../model.ts";
import { central } from "./centralTime.ts";
import { faultyTable, faultyZip } from "./faults.ts";
import type { ErcotFault, ErcotRequest } from "./faults.ts";
import { joinDays } from "./joinDays.ts";
import { PAGES } from "./pages/index.ts";
import type { PageMarket, PublishedInterval } from "./pages/page.ts";
import type { PriceCorrection, PriceDay } from "./priceDay.ts";
import { csvOf, publicationOf, publicationsOf, zipOf } from "./publications.ts";
import type { Publication } from "./publications.ts";
import { REPORTS } from "./reports/index.ts";
import { correctionDocument, priceCorrections } from "./reports/priceCorrections.ts";
import type { PublicationTimes } from "./reports/report.ts";
import { settlementPrices } from "./reports/settlementPrices.ts";

export interface ErcotSimulatorOptions {
  /** Market time: a document exists once the clock has reached its publication. */
  readonly clock: SimClock;
  readonly day: PriceDay | readonly PriceDay[];
  /** 127.0.0.1 */
  readonly host?: string;
  /** Any free port when absent. */
  readonly port?: number;
  /**
   * Defaults: LMP 60 s after the run, price 150 s after the interval, ± 15 s drawn from seed 1, grid condition every 60
   * s.
   */
  readonly publication?: Partial<PublicationTimes> & { readonly prcEverySeconds?: number };
  /** Asked at every request. */
  readonly faults?: (request: ErcotRequest) => ErcotFault | undefined;
}

export interface ErcotSimulator {
  /** `http://127.0.0.1:<port>`: what stands for `https://www.ercot.com`. */
  readonly url: string;
  /** Documents in the order of publication, also those still to come. */
  readonly publications: () => readonly Publication[];
  /**
   * Publish a correction of a settlement price as report NP4-197-M does. @throws RangeError when the days hold no such
   * interval, point and type.
   */
  publishCorrection(correction: PriceCorrection): void;
  close(): Promise<void>;
}

const LISTED_MS = new Map(REPORTS.map(({ reportTypeId, listedMs }) => [reportTypeId, listedMs]));

/**
 * A stand-in for ERCOT's public site: MIS document lists and downloads of the reports in `reports/` and the pages in
 * `pages/`, over HTTP. What it answers is a function of market time alone.
 * @throws RangeError for a correction of a price that the day does not have.
 */
export async function startErcotSimulator(options: ErcotSimulatorOptions): Promise<ErcotSimulator> {
  const { clock, host = "127.0.0.1", port = 0, publication = {}, faults } = options;
  const {
    lmpDelaySeconds = 60,
    sppDelaySeconds = 150,
    jitterSeconds = 15,
    seed = 1,
    isHeavyTailed,
    prcEverySeconds = 60,
  } = publication;
  const day = joinDays([options.day].flat());
  const corrections = [...day.corrections];
  const publications = publicationsOf(day, { lmpDelaySeconds, sppDelaySeconds, jitterSeconds, seed, isHeavyTailed });
  const zips = new Map<string, Uint8Array>();
  const entries = new Map<string, object>();
  const lists = new Map<number, { readonly names: string; readonly bytes: Buffer }>();
  const issued = firstIssues(day, publications);
  const market: PageMarket = { day, issued, corrections, prcEverySeconds };

  function zip(document: Publication, format: "csv" | "xml"): Uint8Array {
    const docId = format === "csv" ? document.csvDocId : document.xmlDocId;
    const bytes = zips.get(docId) ?? zipOf(document, format);
    zips.set(docId, bytes);
    return bytes;
  }

  function entry(document: Publication, format: "csv" | "xml"): object {
    const docId = format === "csv" ? document.csvDocId : document.xmlDocId;
    const made = entries.get(docId) ?? listEntry(document, format, zip(document, format).length);
    entries.set(docId, made);
    return made;
  }

  /** A list's bytes stay what they are until a document joins or leaves it. */
  function listBytes(reportTypeId: number, nowMs: number): Buffer {
    const known = listedAt(reportTypeId, nowMs);
    const names = `${known.length} ${known[0]?.csvDocId} ${known.at(-1)?.csvDocId}`;
    let list = lists.get(reportTypeId);
    if (list?.names !== names) {
      list = { names, bytes: Buffer.from(JSON.stringify(documentList(known, undefined))) };
      lists.set(reportTypeId, list);
    }
    return list.bytes;
  }

  function listedAt(reportTypeId: number, nowMs: number): Publication[] {
    const listedMs = LISTED_MS.get(reportTypeId);
    return publications.filter(
      (item) =>
        listedMs !== undefined &&
        item.reportTypeId === reportTypeId &&
        item.publishMs <= nowMs &&
        item.publishMs > nowMs - listedMs,
    );
  }

  function documentList(known: readonly Publication[], fault: ErcotFault | undefined): object {
    const listed = known.toReversed().flatMap((item) => [entry(item, "csv"), entry(item, "xml")]);
    const [newest] = listed;
    if (fault?.kind === "odd-entry")
      listed.unshift({ Document: { DocID: "1", FriendlyName: "ODD_csv", PublishDate: fault.publishDate } });
    const DocumentList =
      fault?.kind === "empty-list" ? [] : fault?.kind === "single-document" && newest !== undefined ? newest : listed;
    return { ListDocsByRptTypeRes: { DocumentList } };
  }

  function download(docId: string, nowMs: number, fault: ErcotFault | undefined): Uint8Array | undefined {
    const document = publications.find(
      (item) => item.publishMs <= nowMs && (item.csvDocId === docId || item.xmlDocId === docId),
    );
    if (document === undefined) return undefined;
    const touched = fault?.kind === "renamed-column" || fault?.kind === "added-column";
    if (touched) return zipOf(document, "csv", csvOf(faultyTable(document, fault)));
    return faultyZip(zip(document, document.csvDocId === docId ? "csv" : "xml"), fault);
  }

  function answer(url: URL, nowMs: number, response: ServerResponse): void {
    const request = requestOf(url, nowMs);
    if (request === undefined) return sendJson(response, 404, { error: `no such address: ${url.pathname}` });
    const fault = faults?.(request);
    if (sendFault(response, fault)) return;
    if (request.route === "list") {
      const reportTypeId = request.reportTypeId as number;
      return fault === undefined
        ? send(response, 200, "application/json", listBytes(reportTypeId, nowMs))
        : sendJson(response, 200, documentList(listedAt(reportTypeId, nowMs), fault));
    }
    if (request.route === "download") {
      const bytes = download(request.docId as string, nowMs, fault);
      return bytes === undefined
        ? sendJson(response, 404, { error: `no document ${request.docId}` })
        : send(response, 200, "application/zip", bytes);
    }
    const page = PAGES.find(({ route }) => route === request.route);
    const text = page?.text(market, nowMs, fault?.kind === "standing" ? fault.sinceMs : nowMs);
    if (page === undefined || text === undefined)
      return sendJson(response, 404, { error: `nothing published yet on ${request.route}` });
    if (fault?.kind === "half") return sendHalf(response, page.contentType, Buffer.from(text));
    send(response, 200, page.contentType, Buffer.from(text));
  }

  const server = createServer((request: IncomingMessage, response) =>
    answer(new URL(request.url ?? "/", "http://simulator"), clock.nowMs(), response),
  );
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${bound}`,
    publications: () => publications,
    publishCorrection(correction) {
      const interval = day.intervals.find(({ startMs }) => startMs === correction.startMs);
      if (interval?.prices.some(({ point, type }) => point === correction.point && type === correction.type) !== true) {
        throw new RangeError(
          `correction: no price of ${correction.point} ${correction.type} at ` +
            `${new Date(correction.startMs).toISOString()} to correct`,
        );
      }
      corrections.push(correction);
      corrections.sort((a, b) => a.publishAtMs - b.publishAtMs);
      const before = corrections.filter(({ publishAtMs }) => publishAtMs < correction.publishAtMs);
      const taken = new Set(publications.map(({ csvDocId }) => csvDocId));
      const document = correctionDocument(day.intervals, [correction], before);
      publications.push(publicationOf(priceCorrections, document, taken));
      publications.sort((a, b) => a.publishMs - b.publishMs);
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function requestOf(url: URL, nowMs: number): ErcotRequest | undefined {
  const reportTypeId = url.searchParams.get("reportTypeId");
  const docId = url.searchParams.get("doclookupId");
  switch (url.pathname) {
    case "/misapp/servlets/IceDocListJsonWS":
      return reportTypeId === null ? undefined : { route: "list", reportTypeId: Number(reportTypeId), nowMs };
    case "/misdownload/servlets/mirDownload":
      return docId === null ? undefined : { route: "download", docId, nowMs };
    default: {
      const page = PAGES.find(({ path }) => path === url.pathname);
      return page === undefined ? undefined : { route: page.route, nowMs };
    }
  }
}

/**
 * All text, as ERCOT sends it. In the repeated hour the offset of PublishDate is the wrong one, as it has been seen
 * there.
 */
function listEntry(item: Publication, format: "csv" | "xml", bytes: number): object {
  const published = central(item.publishMs);
  const id = String(item.reportTypeId);
  const offset = published.minus({ hours: 1 }).offset === -300 ? "-05:00" : published.toFormat("ZZ");
  return {
    Document: {
      ExpiredDate: `${published.plus({ days: 7 }).toFormat("yyyy-MM-dd")}T23:59:59${offset}`,
      ILMStatus: "EXT",
      SecurityStatus: "P",
      ContentSize: String(bytes),
      Extension: "zip",
      ReportTypeID: id,
      Prefix: "cdr",
      FriendlyName: `${item.stem}_${format}`,
      ConstructedName:
        `cdr.${id.padStart(8, "0")}.0000000000000000.${published.toFormat("yyyyMMdd.HHmmssSSS")}.` +
        `${item.stem}_${format}.zip`,
      DocID: format === "csv" ? item.csvDocId : item.xmlDocId,
      PublishDate: `${published.toFormat("yyyy-MM-dd'T'HH:mm:ss")}${offset}`,
      ReportName: item.reportName,
      DUNS: "0000000000000000",
      DocCount: "0",
    },
  };
}

/** Each interval with the publication of its first price. */
function firstIssues(day: PriceDay, publications: readonly Publication[]): PublishedInterval[] {
  const firstMs = new Map<number, number>();
  for (const { reportTypeId, aboutMs, publishMs } of publications) {
    if (reportTypeId === settlementPrices.reportTypeId && !firstMs.has(aboutMs)) firstMs.set(aboutMs, publishMs);
  }
  return day.intervals.map((interval) => ({ interval, publishMs: firstMs.get(interval.startMs) as number }));
}

function sendFault(response: ServerResponse, fault: ErcotFault | undefined): boolean {
  switch (fault?.kind) {
    case "html":
      send(
        response,
        200,
        "text/html",
        Buffer.from("<html><head><title>Request unsuccessful</title></head><body>Incident ID: 0</body></html>"),
      );
      return true;
    case "redirect":
      response.writeHead(302, { location: "/challenge" }).end();
      return true;
    case "status":
      response
        .writeHead(
          fault.status,
          fault.retryAfterSeconds === undefined ? {} : { "retry-after": String(fault.retryAfterSeconds) },
        )
        .end();
      return true;
    case "hang":
      return true;
    default:
      return false;
  }
}

/** The whole length is announced, and the connection stays open with half of it. */
function sendHalf(response: ServerResponse, contentType: string, bytes: Uint8Array): void {
  response.writeHead(200, { "content-type": contentType, "content-length": bytes.length });
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)));
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  send(response, status, "application/json", Buffer.from(JSON.stringify(body)));
}

function send(response: ServerResponse, status: number, contentType: string, bytes: Uint8Array): void {
  response.writeHead(status, { "content-type": contentType, "content-length": bytes.length }).end(bytes);
}
