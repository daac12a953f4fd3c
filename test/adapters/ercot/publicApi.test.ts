import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { type PublicApiAccess, publicApiProblems } from "../../../src/adapters/ercot/apiAccess.ts";
import { apiPages } from "../../../src/adapters/ercot/apiPages.ts";
import { apiRoute } from "../../../src/adapters/ercot/apiRoute.ts";
import { ApiSession } from "../../../src/adapters/ercot/apiSession.ts";
import { archiveDownload, archiveList } from "../../../src/adapters/ercot/apiArchive.ts";
import { ercotReports } from "../../../src/adapters/ercot/reports/index.ts";
import type { FeedSettings, FeedSource } from "../../../src/ports/feedSource.ts";
import { priceCorrections } from "../../../src/adapters/ercot/reports/priceCorrections.ts";
import { scedLmp } from "../../../src/adapters/ercot/reports/scedLmp.ts";
import { settlementPrices } from "../../../src/adapters/ercot/reports/settlementPrices.ts";
import { intervalKey } from "../../../src/domain/market/calendar.ts";
import { observedFact } from "../../../src/domain/inputs/marketFacts.ts";
import { addSeconds, parseInstant } from "../../../src/domain/units/instant.ts";
import { PortDataError, PortUnavailableError } from "../../../src/ports/errors.ts";
import type { MarketFeed, RawDocument } from "../../../src/ports/marketFeed.ts";
import { type ApiCall, type ApiFault, startPublicApi } from "../../../src/simulators/ercot/publicApi.ts";
import { closeSimulators, demoDay, HandClock, simulate } from "../../simulators/ercot/market.ts";

const POINT = { settlementPoint: "LZ_WEST", settlementPointType: "LZEW" };
const SCED = "/np6-788-cd/lmp_node_zone_hub";
const PUBLICATION = { lmpDelaySeconds: 60, sppDelaySeconds: 150, jitterSeconds: 15, seed: 1 };
const OPTIONS = { timeoutMs: 5_000 };
const SECRETS = { username: "desk@example.com", password: "a-password", subscriptionKey: "a-key" };

afterEach(closeSimulators);

/** The Public API of the demo's two days, with an account whose credentials stand in the environment. */
async function publicApi(
  clock: HandClock,
  more: { faults?: (call: ApiCall) => ApiFault | undefined; pageRowsMax?: number; lagSeconds?: number } = {},
) {
  const api = await startPublicApi({
    clock,
    day: demoDay(),
    account: SECRETS,
    publication: PUBLICATION,
    lagSeconds: 0,
    ...more,
  });
  onTestFinished(() => api.close());
  for (const [name, value] of Object.entries(SECRETS)) process.env[`BALLAST_TEST_${name.toUpperCase()}`] = value;
  onTestFinished(() => {
    for (const name of Object.keys(SECRETS)) delete process.env[`BALLAST_TEST_${name.toUpperCase()}`];
  });
  const access: PublicApiAccess = {
    baseUrl: api.baseUrl,
    tokenUrl: api.tokenUrl,
    username: { env: "BALLAST_TEST_USERNAME" },
    password: { env: "BALLAST_TEST_PASSWORD" },
    subscriptionKey: { env: "BALLAST_TEST_SUBSCRIPTIONKEY" },
  };
  return { api, access };
}

/** A clock of requests that a test sets by hand, without chance. */
class HandPacing {
  ms = 0;
  nowMs = () => this.ms;
  chance = () => 0;
}

const lmpsOf = (feed: Pick<MarketFeed, "parse">, documents: readonly RawDocument[]) =>
  documents.flatMap((document) =>
    feed.parse(document, "hash").map((one) => {
      const fact = observedFact(one.kind);
      return [one.source.split("/")[0], fact.columns(one).key, fact.columns(one).value] as const;
    }),
  );

describe("the Public API's own manners", () => {
  it("a storm of 429: the pause doubles from 2 s, and nothing is sent in it", async () => {
    const clock = new HandClock("2026-08-18T20:30:00-05:00");
    let isStorm = true;
    const { api, access } = await publicApi(clock, {
      faults: () => (isStorm ? { kind: "status", status: 429 } : undefined),
    });
    const pacing = new HandPacing();
    const session = new ApiSession(access, pacing);
    const ask = () => session.fetch({ path: SCED, query: { page: 1 } }, OPTIONS);
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 7; i += 1) {
      const error = (await ask().catch((one: unknown) => one)) as PortUnavailableError;
      expect(error).toBeInstanceOf(PortUnavailableError);
      waits.push(error.retryAfterSeconds);
      const sent = api.calls.length;
      await expect(ask()).rejects.toThrow(/not asked/);
      expect(api.calls).toHaveLength(sent);
      pacing.ms += (error.retryAfterSeconds as number) * 1_000;
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60]);
    isStorm = false;
    expect((await ask()).bytes.length).toBeGreaterThan(0);
    isStorm = true;
    await expect(ask()).rejects.toMatchObject({ retryAfterSeconds: 2 });
  });

  it("sends 25 requests in a minute, the token's among them, and says when the next may go", async () => {
    const { api, access } = await publicApi(new HandClock("2026-08-18T20:30:00-05:00"));
    const pacing = new HandPacing();
    const session = new ApiSession(access, pacing);
    const ask = () => session.fetch({ path: SCED, query: { settlementPoint: "LZ_WEST", size: 1 } }, OPTIONS);
    for (let i = 0; i < 24; i += 1) await ask();
    pacing.ms = 45_000;
    await expect(ask()).rejects.toMatchObject({ retryAfterSeconds: 15 });
    expect(api.calls).toHaveLength(24);
    pacing.ms = 60_000;
    await ask();
  });

  it("asks for a new token after 55 minutes, and once when one is refused", async () => {
    const clock = new HandClock("2026-08-18T20:30:00-05:00");
    let refuse = false;
    const { api, access } = await publicApi(clock, {
      faults: () => {
        const isRefused = refuse;
        refuse = false;
        return isRefused ? { kind: "token-expired" } : undefined;
      },
    });
    const pacing = new HandPacing();
    const session = new ApiSession(access, pacing);
    const ask = () => session.fetch({ path: SCED, query: { settlementPoint: "LZ_WEST", size: 1 } }, OPTIONS);
    await ask();
    refuse = true;
    await ask();
    expect(api.calls).toHaveLength(3);
    clock.set("2026-08-18T21:26:00-05:00");
    pacing.ms = 56 * 60_000;
    await ask();
    expect(api.calls).toHaveLength(4);
  });

  it("a wrong key is told as what it is, asked for again after ten minutes only, and no secret stands in a message", async () => {
    const { api, access } = await publicApi(new HandClock("2026-08-18T20:30:00-05:00"));
    process.env["BALLAST_TEST_SUBSCRIPTIONKEY"] = "another-key";
    const session = new ApiSession(access, new HandPacing());
    const error = (await session.fetch({ path: SCED }, OPTIONS).catch((one: unknown) => one)) as PortUnavailableError;
    expect(error.message).toMatch(/status 401 with a new token.*check sources.ercot.api.subscriptionKey/);
    expect(error.retryAfterSeconds).toBe(600);
    expect(api.calls).toHaveLength(2);
    process.env["BALLAST_TEST_PASSWORD"] = "wrong-password";
    const other = new ApiSession(access, new HandPacing());
    const refused = (await other.fetch({ path: SCED }, OPTIONS).catch((one: unknown) => one)) as PortUnavailableError;
    expect(refused.message).toMatch(/no token for the account, status 400 \(access_denied\)/);
    expect(api.calls).toHaveLength(2);
    for (const { message } of [error, refused])
      for (const secret of [...Object.values(SECRETS), "another-key", "wrong-password", "id-1"])
        expect(message).not.toContain(secret);
  });

  it("credentials that are not there are named by their place", async () => {
    const { access } = await publicApi(new HandClock("2026-08-18T20:30:00-05:00"));
    const lacking = { ...access, password: { env: "BALLAST_NOT_THERE" } };
    await expect(new ApiSession(lacking).fetch({ path: SCED }, OPTIONS)).rejects.toThrow(
      "sources.ercot.api.password: expected one line of text in the environment variable BALLAST_NOT_THERE, found none",
    );
    const noFile = { ...access, password: { file: "/nowhere/password" } };
    await expect(new ApiSession(noFile).fetch({ path: SCED }, OPTIONS)).rejects.toThrow(/cannot be read \(ENOENT\)/);
  });

  it("an address without TLS is refused, a variable that is not there is a warning", async () => {
    const { access } = await publicApi(new HandClock("2026-08-18T20:30:00-05:00"));
    const away = { ...access, tokenUrl: "http://login.example.com/token" };
    expect(publicApiProblems(access)).toEqual([]);
    const message = "would carry credentials in the clear";
    expect(publicApiProblems(away)).toMatchObject([{ path: ["api", "tokenUrl"], message }]);
    expect(publicApiProblems(access, {})).toHaveLength(3);
    expect(publicApiProblems(access, {}).every(({ isWarning }) => isWarning)).toBe(true);
  });

  it("a login page with status 200 is no data", async () => {
    const { access } = await publicApi(new HandClock("2026-08-18T20:30:00-05:00"), {
      faults: () => ({ kind: "html" }),
    });
    await expect(new ApiSession(access).fetch({ path: SCED }, OPTIONS)).rejects.toThrow(/found an HTML page: a login/);
  });
});

describe("an answer of several pages", () => {
  it("whose token expires on the way is read whole, each row once", async () => {
    let expired = 0;
    const { api, access } = await publicApi(new HandClock("2026-08-18T20:30:00-05:00"), {
      pageRowsMax: 10,
      faults: ({ query }) =>
        query.get("page") === "2" && (expired += 1) === 1 ? { kind: "token-expired" } : undefined,
    });
    const query = { settlementPoint: "LZ_WEST", SCEDTimestampFrom: "2026-08-18T18:00:00" };
    const pages = await apiPages(new ApiSession(access), SCED, query, OPTIONS);
    const rows = pages.flatMap(({ bytes }) => (JSON.parse(bytes.toString()) as { data: [string][] }).data);
    expect(rows.length).toBeGreaterThan(20);
    expect(new Set(rows.map(([at]) => at)).size).toBe(rows.length);
    expect(api.calls.filter((call) => call.includes("page=2")).length).toBe(2);
  });

  it("whose rows grow on the way is read again from the first page", async () => {
    const clock = new HandClock("2026-08-18T20:30:00-05:00");
    let moved = false;
    const { access } = await publicApi(clock, {
      pageRowsMax: 10,
      faults: ({ query }) => {
        if (query.get("page") === "3" && !moved) {
          moved = true;
          clock.set("2026-08-18T20:40:00-05:00");
        }
        return undefined;
      },
    });
    const query = { settlementPoint: "LZ_WEST", SCEDTimestampFrom: "2026-08-18T18:00:00" };
    const pages = await apiPages(new ApiSession(access), SCED, query, OPTIONS);
    const totals = pages.map(
      ({ bytes }) => (JSON.parse(bytes.toString()) as { _meta: { totalRecords: number } })._meta,
    );
    const rows = pages.reduce((sum, page) => sum + page.rows, 0);
    expect(new Set(totals.map(({ totalRecords }) => totalRecords))).toEqual(new Set([rows]));
    expect(moved).toBe(true);
  });
});

/** A Public API that gives a token to everybody and answers every question with what `answer` says. */
async function answering(answer: (url: URL) => object) {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(url.pathname === "/token" ? { id_token: "t", expires_in: 3600 } : answer(url)));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  const { access } = await publicApi(new HandClock("2026-08-18T20:30:00-05:00"));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new ApiSession({ ...access, baseUrl: root, tokenUrl: `${root}/token` });
}

describe("an answer whose pages lie", () => {
  it("is refused: page 1 again in place of page 2 would be rows twice, and others never", async () => {
    const asked: (string | null)[] = [];
    const session = await answering(({ searchParams }) => {
      asked.push(searchParams.get("page"));
      return {
        _meta: { totalRecords: 4, pageSize: 2, totalPages: 2, currentPage: 1 },
        fields: [{ name: "LMP" }],
        data: [[25.12], [26.5]],
      };
    });
    await expect(apiPages(session, SCED, {}, OPTIONS)).rejects.toThrow(/read 3 times, and page 2 says that it is 1/);
    expect(asked).toEqual(["1", "2", "1", "2", "1", "2"]);
  });
});

describe("the archive", () => {
  it("whose list has an odd entry is read without it, aloud", async () => {
    const entry = { docId: 5, friendlyName: "SPPHLZNP6905_csv", postDatetime: "2026-05-01T04:27:02" };
    const session = await answering(() => ({ archives: [{ ...entry, postDatetime: "soon" }, entry] }));
    const told: string[] = [];
    const span = { from: parseInstant("2026-05-01T00:00:00-05:00"), until: parseInstant("2026-05-02T00:00:00-05:00") };
    const of = { emilId: "np6-905-cd", ...span };
    const listed = await archiveList(session, of, OPTIONS, (problem) => told.push(problem));
    expect(listed).toEqual([{ docId: "5", friendlyName: "SPPHLZNP6905_csv", postedAt: "2026-05-01T09:27:02.000Z" }]);
    expect(told).toEqual([expect.stringContaining("archives[0]: expected docId, friendlyName and postDatetime")]);
  });

  it("of 100 days ago gives the documents that MIS had, with when they were posted", async () => {
    const clock = new HandClock("2026-08-19T00:30:00-05:00");
    const { access } = await publicApi(clock);
    const at = addSeconds(clock.at, 100 * 86_400);
    const from = parseInstant("2026-08-18T20:00:00-05:00");
    const route = apiRoute(access, scedLmpApi, POINT, () => true, OPTIONS);
    const documents = await route.between(from, parseInstant("2026-08-18T20:20:00-05:00"), at);
    const rows = await route.between(from, parseInstant("2026-08-18T20:20:00-05:00"), clock.at);
    const read = (some: readonly RawDocument[]) =>
      some
        .flatMap((one) => scedLmp.read(one, "hash", POINT))
        .filter(({ kind }) => kind === "sced-lmp")
        .map((one) => [observedFact(one.kind).columns(one).key, Number(observedFact(one.kind).columns(one).value)]);
    expect(
      documents.every(({ publishedAt, source }) => publishedAt !== undefined && source === "api/np6-788-cd/archive"),
    ).toBe(true);
    expect(read(documents).slice(0, 4)).toEqual(read(rows).toSorted().slice(0, 4));
  });

  it("gives what is asked for; a download that lacks one gives the others, and one that lacks all is refused", async () => {
    const clock = new HandClock("2026-08-19T00:30:00-05:00");
    const { access } = await publicApi(clock);
    const session = new ApiSession(access);
    const span = { from: parseInstant("2026-08-18T20:00:00-05:00"), until: clock.at };
    const listed = await archiveList(session, { emilId: "np6-905-cd", ...span }, OPTIONS);
    expect(listed.length).toBeGreaterThan(10);
    const [first] = listed;
    const one = { emilId: "np6-905-cd", docIds: [first?.docId ?? ""] };
    expect([...(await archiveDownload(session, one, OPTIONS)).keys()]).toEqual([first?.docId]);
    const some = { ...one, docIds: [first?.docId ?? "", "77"] };
    expect([...(await archiveDownload(session, some, OPTIONS)).keys()]).toEqual([first?.docId]);
    const lacking = { ...one, docIds: ["77"] };
    await expect(archiveDownload(session, lacking, OPTIONS)).rejects.toThrow(PortDataError);
  });
});

const scedLmpApi = {
  emilId: "np6-788-cd",
  endpoints: [
    {
      name: "lmp_node_zone_hub",
      query: () => ({ settlementPoint: "LZ_WEST", SCEDTimestampFrom: "2026-08-18T20:00:00" }),
    },
  ],
  postedWithinSeconds: 600,
};

type Routed = FeedSource<FeedSettings, { readonly baseUrl: string; readonly api?: PublicApiAccess }>;
const ROUTED = (ercotReports as readonly Routed[]).filter(({ alsoSources = [] }) => alsoSources.length > 0);

describe("a report that both routes bring", () => {
  it.each(ROUTED.map((source) => [source.use, source] as const))(
    "%s says by the API what it says by MIS",
    async (_, source) => {
      // the demo's corrections come at 00:20
      const clock = new HandClock(`2026-08-${source.role === "corrections" ? "19T00" : "18T20"}:30:00-05:00`);
      const { url } = await simulate({ clock, day: demoDay() });
      const dead = await simulate({ clock, day: demoDay(), faults: () => ({ kind: "status", status: 503 }) });
      const { access } = await publicApi(clock);
      const settings = { ...source.usual, ...POINT };
      const byMis = source.open({ ...settings, baseUrl: url });
      const byApi = source.open({ ...settings, baseUrl: dead.url, api: access });
      const valuesOf = async (feed: MarketFeed) =>
        new Map(
          (await feed.poll(undefined, clock.at)).documents.flatMap((document) =>
            feed.parse(document, "hash").map((one) => {
              const fact = observedFact(one.kind);
              const { key, value } = fact.columns(one);
              const place = `${key} ${fact.place(one)}`;
              // ERCOT's answer about NP6-325 ends before RTDLL: it is not known, which is not 0
              if (one.source === "api/np6-325-cd/rtd_price_adders") expect(value).not.toContain("RTDLL");
              const said = value.replaceAll(" RTDLL=0", "");
              return [place, fact.comparedAs === "number" ? Number(value) : said] as const;
            }),
          ),
        );
      const [mis, api] = [await valuesOf(byMis), await valuesOf(byApi)];
      expect(mis.size).toBeGreaterThan(3);
      expect([...mis].filter(([key]) => api.has(key)).length).toBeGreaterThan(3);
      for (const [key, value] of mis) if (api.has(key)) expect([key, api.get(key)]).toEqual([key, value]);
    },
  );
});

describe("a feed of two routes", () => {
  const soon = { baseUrl: "", ...POINT, timeoutMs: 2_000 };

  it("MIS dies at 20:30 and is back at 21:00: the API carries on, then MIS again; each run is known once", async () => {
    const clock = new HandClock("2026-08-18T20:20:00-05:00");
    let isDead = false;
    const { url } = await simulate({
      clock,
      day: demoDay(),
      faults: () => (isDead ? { kind: "status", status: 503 } : undefined),
    });
    const { access } = await publicApi(clock);
    const feed = scedLmp.open({ ...scedLmp.usual, ...soon, baseUrl: url, api: access });
    let cursor: string | undefined;
    const poll = async (at: string) => {
      clock.set(at);
      const { documents, routes, ...polled } = await feed.poll(cursor, clock.at);
      ({ cursor } = polled);
      return { lmps: lmpsOf(feed, documents), routes };
    };
    const before = await poll("2026-08-18T20:29:00-05:00");
    expect(new Set(before.lmps.map(([route]) => route))).toEqual(new Set(["mis"]));
    expect(before.routes).toEqual([{ route: "mis" }]);
    isDead = true;
    const during = [];
    for (let minute = 31; minute <= 59; minute += 2) during.push(await poll(`2026-08-18T20:${minute}:30-05:00`));
    expect(during[0]?.routes).toEqual([
      { route: "mis", failed: expect.stringContaining("status 503") },
      { route: "api" },
    ]);
    expect(new Set(during.flatMap(({ lmps }) => lmps.map(([route]) => route)))).toEqual(new Set(["api"]));
    isDead = false;
    const after = await poll("2026-08-18T21:02:00-05:00");
    expect(new Set(after.lmps.map(([route]) => route))).toEqual(new Set(["mis"]));
    expect(after.routes).toEqual([{ route: "mis" }]);
    const all = [before, ...during, after].flatMap(({ lmps }) => lmps);
    const expected = demoDay()
      .runs.filter(
        ({ atMs }) => atMs > Date.parse("2026-08-18T19:30:00-05:00") && atMs <= Date.parse("2026-08-18T20:58:00-05:00"),
      )
      .map(({ atMs, lmps }) => [
        new Date(atMs).toISOString(),
        Number(lmps.find(({ point }) => point === "LZ_WEST")?.lmp),
      ]);
    const known = new Map(all.map(([, key, value]) => [key, Number(value)]));
    expect(expected.length).toBeGreaterThan(15);
    for (const [key, value] of expected) expect(known.get(String(key))).toBe(value);
  });

  it("that has both routes dead says what is wrong with each", async () => {
    const clock = new HandClock("2026-08-18T20:20:00-05:00");
    const { url } = await simulate({ clock, day: demoDay(), faults: () => ({ kind: "status", status: 503 }) });
    const { access } = await publicApi(clock, { faults: () => ({ kind: "status", status: 500 }) });
    const feed = scedLmp.open({ ...scedLmp.usual, ...soon, baseUrl: url, api: access });
    await expect(feed.poll(undefined, clock.at)).rejects.toThrow(/status 503.*Public API: .*status 500/);
  });

  it("MIS dead after 30 hours away: the past that the API refuses costs the present nothing, and is given up aloud", async () => {
    const clock = new HandClock("2026-08-18T16:20:00-05:00");
    let isDead = false;
    const { url } = await simulate({
      clock,
      day: demoDay(),
      faults: () => (isDead ? { kind: "status", status: 503 } : undefined),
    });
    const { access } = await publicApi(clock, {
      faults: ({ query }) =>
        query.get("SCEDTimestampFrom")?.startsWith("2026-08-18T16") === true
          ? { kind: "status", status: 400 }
          : undefined,
    });
    const feed = scedLmp.open({ ...scedLmp.usual, ...soon, baseUrl: url, api: access });
    let { cursor } = await feed.poll(undefined, clock.at);
    isDead = true;
    const told: string[] = [];
    let live = 0;
    for (let minute = 0; minute < 7; minute += 1) {
      clock.set(`2026-08-19T22:2${minute}:30-05:00`);
      const polled = await feed.poll(cursor, clock.at);
      ({ cursor } = polled);
      live += lmpsOf(feed, polled.documents).length;
      told.push(...(polled.problems ?? []));
    }
    expect(live).toBeGreaterThan(20);
    expect(told.filter((one) => /what is missing of .*found 400/.test(one))).toHaveLength(5);
    expect(told.filter((one) => one.includes("MIS does not list it and the Public API has no rows"))).toHaveLength(1);
  });

  it("nine hours away, three of them no longer listed: every quarter hour is filled, the oldest by the API", async () => {
    const clock = new HandClock("2026-08-18T14:20:00-05:00");
    const { url } = await simulate({ clock, day: demoDay() });
    const { access } = await publicApi(clock);
    const feed = settlementPrices.open({ ...settlementPrices.usual, ...soon, baseUrl: url, api: access });
    const { cursor } = await feed.poll(undefined, clock.at);
    clock.set("2026-08-18T23:20:00-05:00");
    const { documents, routes } = await feed.poll(cursor, clock.at);
    expect(routes).toEqual([{ route: "mis" }, { route: "api" }]);
    const read = documents.flatMap((document) => feed.parse(document, "hash"));
    const by = (route: string) =>
      read.flatMap((one) =>
        one.kind === "settlement-price" && one.source.startsWith(route) ? [intervalKey(one.interval)] : [],
      );
    const quarters = (from: number, to: number) =>
      Array.from({ length: (to - from) * 4 }, (_, i) => `2026-08-18/${from + 1 + Math.floor(i / 4)}/${(i % 4) + 1}`);
    expect(by("api")).toEqual(expect.arrayContaining(quarters(15, 17)));
    expect([...by("api"), ...by("mis")]).toEqual(expect.arrayContaining(quarters(15, 23)));
    expect(by("mis")).not.toEqual(expect.arrayContaining(quarters(15, 17)));
  });

  it("corrections that MIS cannot bring for two hours come by the API, each once, and MIS is asked alone again", async () => {
    const clock = new HandClock("2026-08-18T23:30:00-05:00");
    let isDead = false;
    const { url } = await simulate({
      clock,
      day: demoDay(),
      faults: () => (isDead ? { kind: "status", status: 503 } : undefined),
    });
    const { api, access } = await publicApi(clock);
    const feed = priceCorrections.open({ ...priceCorrections.usual, ...soon, baseUrl: url, api: access });
    let cursor: string | undefined;
    const poll = async (at: string) => {
      clock.set(at);
      const { documents, routes, ...polled } = await feed.poll(cursor, clock.at);
      ({ cursor } = polled);
      return { read: documents.flatMap((document) => feed.parse(document, "hash")), routes };
    };
    expect((await poll("2026-08-18T23:30:00-05:00")).read).toEqual([]);
    isDead = true;
    await expect(poll("2026-08-19T00:30:00-05:00")).rejects.toThrow(/status 503/);
    expect(api.calls).toEqual([]);
    const { read, routes } = await poll("2026-08-19T01:30:00-05:00");
    expect(routes).toMatchObject([{ route: "mis", failed: expect.stringContaining("503") }, { route: "api" }]);
    const own = read.find(({ kind }) => kind === "settlement-price");
    expect(own).toMatchObject({
      priceUsdPerMwh: "5174.81",
      quality: "CORRECTED",
      publishedAt: "2026-08-19T05:20:00.000Z",
      source: "api/np4-197-m/rtm_price_corrections_spp",
    });
    const asked = api.calls.length;
    expect(await poll("2026-08-19T01:40:00-05:00")).toMatchObject({ read: [], routes: [{ route: "mis" }] });
    expect(api.calls).toHaveLength(asked);
    isDead = false;
    const back = await poll("2026-08-19T01:50:00-05:00");
    expect(back.routes).toEqual([{ route: "mis" }]);
    expect(back.read.some(({ kind, source }) => kind === "settlement-price" && source === "mis/13045")).toBe(true);
  });

  it("whose cursor was written with the API goes on without it", async () => {
    const clock = new HandClock("2026-08-18T20:20:00-05:00");
    const { url } = await simulate({ clock, day: demoDay() });
    const { access } = await publicApi(clock);
    const both = scedLmp.open({ ...scedLmp.usual, ...soon, baseUrl: url, api: access });
    const { cursor, documents } = await both.poll(undefined, clock.at);
    expect(documents.length).toBeGreaterThan(0);
    const alone = scedLmp.open({ ...scedLmp.usual, ...soon, baseUrl: url });
    expect((await alone.poll(cursor, clock.at)).documents).toEqual([]);
  });
});
