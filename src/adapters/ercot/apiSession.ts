import { cleanText, parseForeignJson } from "../../domain/units/foreignText.ts";
import { PortDataError } from "../../ports/errors.ts";
import { type Answer, type Fetched, isHtml, send } from "./http.ts";
import { type Credentials, credentialsOf, type PublicApiAccess } from "./apiAccess.ts";
import { type Pacing, REAL_PACING, RequestPace } from "./requestPace.ts";

/** The client id of the Public API: public, and the same for everyone. */
const CLIENT_ID = "fec253ea-0d06-4272-a5e6-b478baeecd70";
const TOKEN_MS_MAX = 55 * 60_000;
const REFUSED_PAUSE_MS = 600_000;

/** How a session sends. */
export interface SessionOptions {
  /** Whole request, real milliseconds. */
  readonly timeoutMs: number;
  readonly contact?: string;
}

/** A request: GET with a query, or POST with a body of JSON. `path` follows the base address. */
export interface ApiRequest {
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly json?: object;
}

/**
 * One process's access to ERCOT's Public API (Public API, `apiexplorer.ercot.com`): one token, one pace for all feeds.
 * The token is the `id_token`; it is renewed after 55 minutes, or once where a request is refused with 401. Credentials
 * are read when they are needed and stand in no message.
 */
export class ApiSession {
  readonly #access: PublicApiAccess;
  readonly #pacing: Pacing;
  readonly #pace: RequestPace;
  #token: { readonly text: string; readonly untilMs: number } | undefined;

  constructor(access: PublicApiAccess, pacing: Pacing = REAL_PACING) {
    this.#access = access;
    this.#pacing = pacing;
    this.#pace = new RequestPace(pacing);
  }

  /**
   * Sends a request, with a new token once where the first is refused.
   * @throws PortUnavailableError, with `retryAfterSeconds`, for 403, 429, 5xx, no answer, a redirect, and for a request
   * that would come too early or with credentials that were refused; PortDataError for HTML, 400, 404, any other status
   */
  async fetch(request: ApiRequest, options: SessionOptions): Promise<Fetched> {
    const { root, url } = this.#addressOf(request);
    const credentials = credentialsOf(this.#access);
    const first = await this.#sendOnce(url, request, credentials, options);
    const answer = first.status === 401 ? await this.#withNewToken(url, request, credentials, options) : first;
    return this.#read(answer, `${root}${request.path}`);
  }

  #addressOf({ path, query = {} }: ApiRequest): { readonly root: string; readonly url: string } {
    const root = this.#access.baseUrl.replace(/\/+$/, "");
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    return { root, url: search.size === 0 ? `${root}${path}` : `${root}${path}?${search}` };
  }

  async #withNewToken(
    url: string,
    request: ApiRequest,
    credentials: Credentials,
    options: SessionOptions,
  ): Promise<Answer> {
    this.#token = undefined;
    return this.#sendOnce(url, request, credentials, options);
  }

  async #sendOnce(
    url: string,
    { json }: ApiRequest,
    credentials: Credentials,
    options: SessionOptions,
  ): Promise<Answer> {
    const token = await this.#currentToken(credentials, options);
    const [address = url] = url.split("?");
    this.#pace.take(address);
    const headers = {
      Authorization: `Bearer ${token}`,
      "Ocp-Apim-Subscription-Key": credentials.subscriptionKey,
      ...(json === undefined ? {} : { "Content-Type": "application/json" }),
    };
    return send(url, options, {
      headers,
      body: json === undefined ? undefined : JSON.stringify(json),
      called: address,
    });
  }

  async #currentToken(credentials: Credentials, options: SessionOptions): Promise<string> {
    if (this.#token === undefined || this.#pacing.nowMs() >= this.#token.untilMs)
      this.#token = await this.#newToken(credentials, options);
    return this.#token.text;
  }

  async #newToken({ username, password }: Credentials, options: SessionOptions) {
    const { tokenUrl } = this.#access;
    this.#pace.take(tokenUrl);
    const form = new URLSearchParams({
      grant_type: "password",
      username,
      password,
      response_type: "id_token",
      scope: `openid ${CLIENT_ID} offline_access`,
      client_id: CLIENT_ID,
    });
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const { status, bytes } = await send(tokenUrl, options, { headers, body: form.toString(), called: tokenUrl });
    if (status === 429) throw this.#pace.refused(tokenUrl);
    if (status >= 500) throw this.#pace.pause(`${tokenUrl}: status ${status}`, 30_000);
    const { id_token: text, expires_in, error } = objectOf(bytes);
    if (status !== 200 || typeof text !== "string" || text === "") {
      const why = typeof error === "string" ? ` (${cleanText(error, 60)})` : "";
      throw this.#pace.pause(
        `${tokenUrl}: no token for the account, status ${status}${why}: check sources.ercot.api.username and password`,
        REFUSED_PAUSE_MS,
      );
    }
    const lastsMs = Number(expires_in) * 1_000;
    const ownMs = Number.isFinite(lastsMs) && lastsMs > 0 ? Math.min(TOKEN_MS_MAX, lastsMs * (11 / 12)) : TOKEN_MS_MAX;
    return { text, untilMs: this.#pacing.nowMs() + ownMs };
  }

  /** What an answer holds, by its status (the table of the portal). */
  #read({ status, contentType, bytes }: Answer, what: string): Fetched {
    if (status === 200) {
      if (isHtml(contentType, bytes))
        throw new PortDataError(`${what}: expected data, found an HTML page: a login, a bot wall or an outage page`);
      this.#pace.answered();
      return { bytes, contentType };
    }
    const said = objectOf(bytes)["message"];
    const message = typeof said === "string" ? `: ${cleanText(said, 120)}` : "";
    if (status === 401) {
      this.#token = undefined;
      throw this.#pace.pause(
        `${what}: status 401 with a new token${message}; check sources.ercot.api.subscriptionKey and its subscription`,
        REFUSED_PAUSE_MS,
      );
    }
    if (status === 429) throw this.#pace.refused(what);
    if (status === 403)
      throw this.#pace.pause(`${what}: status 403${message}; ERCOT refuses addresses outside the US`, 60_000);
    if (status >= 500 || status === 408) throw this.#pace.pause(`${what}: status ${status}${message}`, 30_000);
    if (status >= 300 && status < 400)
      throw this.#pace.pause(`${what}: redirected, status ${status}: a login or a bot wall`, 30_000);
    throw new PortDataError(`${what}: expected status 200, found ${status}${message}`);
  }
}

/** Members of an answer that is a JSON object; none of any other. */
function objectOf(bytes: Buffer): Record<string, unknown> {
  try {
    const parsed = parseForeignJson(bytes.toString("utf8"));
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

const sessions = new Map<string, ApiSession>();

/** The one session of this process for an access: all feeds share its token and its pace. */
export function sharedSession(access: PublicApiAccess): ApiSession {
  const key = JSON.stringify(access);
  const known = sessions.get(key) ?? new ApiSession(access);
  sessions.set(key, known);
  return known;
}
