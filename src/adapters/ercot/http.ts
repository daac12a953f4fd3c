import http from "node:http";
import https from "node:https";
import axios, { type AxiosRequestConfig, isAxiosError } from "axios";
import { cleanText, thrownText } from "../../domain/units/foreignText.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { PortDataError, PortUnavailableError, RETRY_AFTER_SECONDS_MAX } from "../../ports/errors.ts";
import type { RequestBudget } from "../../ports/requestBudget.ts";

// Ten times what ERCOT's largest list or zip weighs: reading it holds a worker for well under a second.
const BYTES_MAX = 16 * 1024 * 1024;
const USER_AGENT = "Ballast/0.1 (ERCOT market data reader)";
const RETRY_AFTER_SECONDS = 30;
const KEPT = { httpAgent: new http.Agent({ keepAlive: true }), httpsAgent: new https.Agent({ keepAlive: true }) };
const FRESH = { httpAgent: new http.Agent(), httpsAgent: new https.Agent() };

/** How a request is sent. */
export interface SendOptions {
  /** Whole request, real milliseconds. */
  readonly timeoutMs: number;
  /** Put into the User-Agent, so that ERCOT can reach whoever polls: an address or a URL. */
  readonly contact?: string;
}

export interface GetOptions extends SendOptions {
  /** Counts the request, at this market time. */
  readonly budget?: RequestBudget;
  readonly at: Instant;
  /** What is asked for: `data` unless a page is. */
  readonly expects?: "data" | "page";
}

export interface Fetched {
  readonly bytes: Buffer;
  readonly contentType: string;
}

/**
 * One GET. Redirects are not followed: ERCOT's bot wall answers with them.
 * @throws PortUnavailableError for no answer, timeout, redirect, 403, 404, 408, 429 and 5xx, with `retryAfterSeconds`;
 *   PortDataError for an HTML page with status 200 where data is expected, for data where a page is, and for any other
 *   status.
 */
export async function get(url: string, options: GetOptions): Promise<Fetched> {
  const { budget, at, expects = "data" } = options;
  budget?.take(at);
  const { status, headers, contentType, bytes } = await send(url, options, {
    called: url,
    ...(expects === "page" && { headers: { Accept: "text/html" } }),
  });
  if (status === 200) {
    if (expects === "page" && !isHtml(contentType, bytes))
      throw new PortDataError(
        `${url}: expected an HTML page, found ${bytes.length} bytes of content type "${contentType}"`,
      );
    if (expects === "data" && isHtml(contentType, bytes)) {
      throw new PortDataError(
        `${url}: expected data, found an HTML page (${bytes.length} bytes, content type "${contentType}"): a bot ` +
          `wall or an outage page; the feed counts as silent`,
      );
    }
    return { bytes, contentType };
  }
  if (status >= 300 && status < 400)
    throw unavailable(
      `${url}: redirected to ${cleanText(String(headers["location"]), 200)}: a bot wall, or the address moved`,
      RETRY_AFTER_SECONDS,
    );
  if (status >= 500 || [403, 404, 408, 429].includes(status)) {
    const seconds = retryAfter(headers["retry-after"]);
    if (status === 429 || status === 503) budget?.refused(at, status, seconds);
    throw unavailable(`${url}: status ${status}; try again in ${seconds} s`, seconds);
  }
  throw new PortDataError(`${url}: expected status 200, found ${status}`);
}

/** What came back, whatever its status. */
export interface Answer extends Fetched {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** What a request carries beside its address. */
export interface Carried {
  readonly headers?: Readonly<Record<string, string>>;
  /** Text of a POST; a GET has none. */
  readonly body?: string;
  /** The address as messages name it. */
  readonly called: string;
}

/**
 * One request, with whatever status it is answered; redirects are not followed.
 * @throws PortUnavailableError, with `retryAfterSeconds`, when no whole answer comes
 */
export async function send(url: string, options: SendOptions, carried: Carried): Promise<Answer> {
  const { timeoutMs, contact } = options;
  const settings: AxiosRequestConfig<string> = {
    url,
    method: carried.body === undefined ? "get" : "post",
    data: carried.body,
    responseType: "arraybuffer",
    timeout: timeoutMs,
    signal: AbortSignal.timeout(timeoutMs),
    maxRedirects: 0,
    maxContentLength: BYTES_MAX,
    validateStatus: () => true,
    // A proxy of the environment cannot reach this machine's own loopback.
    proxy: isLoopback(url) ? false : undefined,
    headers: {
      "User-Agent": contact === undefined ? USER_AGENT : `${USER_AGENT}; ${contact}`,
      Accept: "application/json, application/zip, */*",
      ...carried.headers,
    },
  };
  try {
    const { status, headers, data } = await axios
      .request<ArrayBuffer>({ ...settings, ...KEPT })
      .catch((error: unknown) => {
        if (!isKeptConnectionClosed(error)) throw error;
        return axios.request<ArrayBuffer>({ ...settings, ...FRESH });
      });
    const contentType = cleanText(String(headers["content-type"] ?? ""), 200);
    return { status, headers, contentType, bytes: Buffer.from(data) };
  } catch (error) {
    throw unavailable(
      `${carried.called}: ${whyNoAnswer(error, timeoutMs)}; try again in ${RETRY_AFTER_SECONDS} s`,
      RETRY_AFTER_SECONDS,
    );
  }
}

/** A server closes a connection that was kept open just when it is used again: it has not seen the request. */
function isKeptConnectionClosed(error: unknown): boolean {
  if (!isAxiosError(error) || (error.code !== "ECONNRESET" && error.code !== "EPIPE")) return false;
  return error.response === undefined && (error.request as http.ClientRequest | undefined)?.reusedSocket === true;
}

/** A whole answer that did not come: too slow, too large, cut off, or no connection, with the code of the cause. */
function whyNoAnswer(error: unknown, timeoutMs: number): string {
  const { code, cause } = isAxiosError(error) ? error : {};
  if (code === "ERR_CANCELED" || code === "ECONNABORTED" || code === "ETIMEDOUT")
    return `no whole answer within ${timeoutMs} ms (${code})`;
  const text = thrownText(error);
  if (/maxContentLength/.test(text)) return `the answer is larger than ${BYTES_MAX} bytes`;
  const known =
    code === undefined || code === "ERR_BAD_RESPONSE" ? (cause as { code?: string } | undefined)?.code : code;
  return `no whole answer (${known === undefined ? text : `${known}: ${text}`})`;
}

/** An unreachable source with a hint when to ask again, in market seconds. */
function unavailable(message: string, retryAfterSeconds: number): PortUnavailableError {
  const error = new PortUnavailableError(message);
  error.retryAfterSeconds = retryAfterSeconds;
  return error;
}

function retryAfter(header: unknown): number {
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) && seconds > 0
    ? Math.min(seconds, RETRY_AFTER_SECONDS_MAX)
    : RETRY_AFTER_SECONDS;
}

/** Whether an answer is a page for a person: a bot wall, a login, an outage. */
export function isHtml(contentType: string, bytes: Buffer): boolean {
  return (
    contentType.toLowerCase().includes("text/html") ||
    /^\s*<(!doctype|html)/i.test(bytes.subarray(0, 200).toString("latin1"))
  );
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
