import { cleanText, thrownText } from "../../domain/units/foreignText.ts";
import { PortDataError, PortUnavailableError, RETRY_AFTER_SECONDS_MAX } from "../../ports/errors.ts";

/** Ten times what a batch of a day's blocks weighs. */
const BYTES_MAX = 2 * 1024 * 1024;
const RETRY_AFTER_SECONDS = 30;
const TIMEOUT_MS = 10_000;

/** What a request carries beside its address. */
interface Carried {
  readonly headers?: Readonly<Record<string, string>>;
  /** Text of a POST; a GET has none. */
  readonly body?: string;
}

/**
 * Text of one answer, at most 2 MiB, within 10 s of real time; redirects are not followed. What is carried stands in no
 * message. Ballast's own manners.
 * @throws PortUnavailableError for no whole answer, 404, 408, 429 and 5xx, with `retryAfterSeconds`; PortDataError for
 *   any other status than 200, with what it means where that is known
 */
export async function textAt(url: string, { headers = {}, body }: Carried = {}): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { "User-Agent": "Ballast/0.1 (hashprice reader)", Accept: "application/json", ...headers },
      ...(body === undefined ? {} : { body }),
    });
    text = await bounded(response, url);
  } catch (error) {
    if (error instanceof PortDataError) throw error;
    throw unavailable(`${url}: no whole answer (${causeText(error)})`, RETRY_AFTER_SECONDS);
  }
  const { status } = response;
  if (status === 200) return text;
  if (status === 401 || status === 403)
    throw new PortDataError(`${url}: status ${status}: it does not take these credentials, or this address`);
  if (status >= 500 || status === 404 || status === 408 || status === 429) {
    const asked = Number(response.headers.get("retry-after"));
    const seconds = asked > 0 ? Math.min(asked, RETRY_AFTER_SECONDS_MAX) : RETRY_AFTER_SECONDS;
    throw unavailable(`${url}: status ${status}${text === "" ? "" : ` "${cleanText(text, 100)}"`}`, seconds);
  }
  throw new PortDataError(`${url}: expected status 200, found ${status}`);
}

async function bounded(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    const part: Uint8Array = chunk;
    bytes += part.length;
    if (bytes > BYTES_MAX) throw new PortDataError(`${url}: the answer is larger than ${BYTES_MAX} bytes`);
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function unavailable(message: string, seconds: number): PortUnavailableError {
  const error = new PortUnavailableError(`${message}; try again in ${seconds} s`);
  error.retryAfterSeconds = seconds;
  return error;
}

function causeText(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return `none within ${TIMEOUT_MS} ms`;
  return thrownText(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}
