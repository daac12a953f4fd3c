import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { unzipSync } from "fflate";
import type { SimClock } from "../model.ts";
import { central, msOfStamp } from "./centralTime.ts";
import type { RecordedDocument, Recording } from "./recording.ts";

const LISTED_MS = 30 * 24 * 3_600_000;
const DASHBOARDS = "/api/1/services/read/dashboards/";
const OPERATIONS_MESSAGES = "/services/comm/mkt_notices/opsmessages";

/** A document with the moment from which on it is served. */
interface Served extends RecordedDocument {
  readonly fromMs: number;
}

/**
 * ERCOT's public site as a recording knows it: each document of the MIS lists from its publication on, each page as it
 * stood when it was fetched last, byte for byte. What it answers is a function of market time alone. A document that
 * nobody fetched, and an answer that was none, are not in a recording.
 */
export async function startRecordedErcot(options: {
  /** Market time. */
  readonly clock: SimClock;
  readonly recording: Recording;
}): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { clock, recording } = options;
  const bySource = Map.groupBy(
    recording.documents.map((one): Served => ({ ...one, fromMs: servedFrom(one) })).sort((a, b) => a.fromMs - b.fromMs),
    ({ source }) => source,
  );

  function known(source: string): readonly Served[] {
    return (bySource.get(source) ?? []).filter(({ fromMs }) => fromMs <= clock.nowMs());
  }

  function answer(url: URL, response: ServerResponse): void {
    if (url.pathname === "/misapp/servlets/IceDocListJsonWS")
      return sendList(response, known(`mis/${url.searchParams.get("reportTypeId") ?? ""}`), clock.nowMs());
    if (url.pathname === "/misdownload/servlets/mirDownload") {
      const id = url.searchParams.get("doclookupId");
      const sources = [...bySource.keys()].filter((source) => source.startsWith("mis/"));
      return send(
        response,
        sources.flatMap(known).find(({ documentId }) => documentId === id),
      );
    }
    const page =
      url.pathname === OPERATIONS_MESSAGES
        ? "page/operations-messages"
        : `dashboard/${url.pathname.slice(DASHBOARDS.length).replace(/\.json$/, "")}`;
    return send(response, known(page).at(-1));
  }

  const server = createServer((request, response) => answer(new URL(request.url ?? "/", "http://simulator"), response));
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

/**
 * A page is there from the moment of its own `lastUpdated` on; written twice with the same one, from when it was
 * fetched.
 */
function servedFrom(document: RecordedDocument): number {
  const { publishedMs, publishedOrMs, source, documentId, fetchedMs } = document;
  // Served an hour too soon, a price would speak of a quarter hour that is not over.
  if (publishedOrMs !== undefined && publishedOrMs <= fetchedMs) return publishedOrMs;
  if (publishedMs !== undefined) return publishedMs;
  const stamp = source.startsWith("dashboard/") ? msOfStamp(documentId) : undefined;
  return stamp === undefined || stamp > fetchedMs ? fetchedMs : stamp;
}

/** All text, as ERCOT sends it; names as those of the files in the zips. */
function sendList(response: ServerResponse, documents: readonly Served[], nowMs: number): void {
  const listed = documents.filter(({ fromMs }) => fromMs > nowMs - LISTED_MS).toReversed();
  const DocumentList = listed.map(({ source, documentId, fromMs, publishedOrMs, bytes }) => {
    const at = central(fromMs);
    // Of the two hours that its stamp may mean, ERCOT wrote the first one's offset.
    const offset = publishedOrMs === undefined ? at.toFormat("ZZ") : "-05:00";
    return {
      Document: {
        ReportTypeID: source.slice("mis/".length),
        FriendlyName: `${stemOf(bytes, documentId)}_csv`,
        DocID: documentId,
        Extension: "zip",
        ContentSize: String(bytes.length),
        PublishDate: `${at.toFormat("yyyy-MM-dd'T'HH:mm:ss")}${offset}`,
      },
    };
  });
  const body = Buffer.from(JSON.stringify({ ListDocsByRptTypeRes: { DocumentList } }));
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
}

function send(response: ServerResponse, document: Served | undefined): void {
  if (document === undefined) {
    response.writeHead(404, { "content-type": "application/json" }).end('{"error":"nothing recorded"}');
    return;
  }
  const { bytes, contentType } = document;
  response.writeHead(200, { "content-type": contentType, "content-length": bytes.length }).end(bytes);
}

/** `cdr.00012300.0000000000000000.20260818.170105.LMPSROSNODENP6788_20260818_170012.csv` → its last part but one. */
function stemOf(zip: Uint8Array, documentId: string): string {
  let name: string | undefined;
  unzipSync(zip, {
    filter: (file) => {
      name ??= file.name;
      return false;
    },
  });
  return name?.split(".").at(-2) ?? `DOCUMENT_${documentId}`;
}
