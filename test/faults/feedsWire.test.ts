import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { marketActivities } from "../../activities/market.ts";
import { query } from "../../src/adapters/postgres/pool.ts";
import { demoPrices } from "../../src/app/session/demoDay.ts";
import { feedsOf } from "../../src/app/worker/feeds.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { decide } from "../../src/domain/decision/decide.ts";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import type { DecisionOutput } from "../../src/domain/decision/model.ts";
import { absorb } from "../../src/domain/decision/absorb.ts";
import { decisionInput, initialSiteState } from "../../src/domain/decision/siteState.ts";
import type { SiteState } from "../../src/domain/decision/siteStateModel.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import type { ErcotFault, ErcotRequest } from "../../src/simulators/ercot/faults.ts";
import { loadPriceDay, type PriceDay } from "../../src/simulators/ercot/priceDay.ts";
import {
  type ErcotSimulator,
  type ErcotSimulatorOptions,
  startErcotSimulator,
} from "../../src/simulators/ercot/server.ts";
import { projectPath } from "../app/smallSite.ts";
import { testDatabase } from "../support/stack.ts";
import { asActivity, type Bench, startBench } from "./marketBench.ts";
import { pricesOf } from "./marketPrices.ts";

const DAY = "2026-08-18";
const SITE = "pecan-draw";
const at = (time: string, day = DAY, repeatedHour = false): Instant => wallToInstant({ day, time, repeatedHour });
const deployment = loadDeployment(projectPath("config/example-site.yaml"), DAY);
const { plan } = deployment;
const demo = loadPriceDay(demoPrices());

let bench: Bench;
let ercot: ErcotSimulator;
/** What the other side does wrong now, and everything it was asked. */
let fault: ((request: ErcotRequest) => ErcotFault | undefined) | undefined;
let asked: ErcotRequest[];
let feeds: ReturnType<typeof feedsOf>;
let awaitPublication: ReturnType<typeof marketActivities>["awaitPublication"];

beforeAll(async () => {
  bench = startBench(await testDatabase(), at("17:02:00"));
}, 60_000);
afterAll(() => bench.close());
beforeEach(() => {
  fault = undefined;
  asked = [];
});
afterEach(() => ercot.close());

/** ERCOT at a moment, nothing known yet. */
async function publish(
  from: Instant,
  options: Partial<ErcotSimulatorOptions> & { readonly day?: PriceDay } = {},
): Promise<void> {
  await bench.clear(from);
  ercot = await startErcotSimulator({
    clock: bench.clock,
    day: demo,
    publication: { jitterSeconds: 0 },
    faults: (request) => (asked.push(request), fault?.(request)),
    ...options,
  });
  feeds = feedsOf({
    ...deployment,
    feeds: deployment.feeds.map((feed) => ("baseUrl" in feed ? { ...feed, baseUrl: ercot.url } : feed)),
  });
  ({ awaitPublication } = marketActivities({ ...bench, feeds }));
}

/**
 * Watches one feed as the worker does, from poll through store and parser to the site, until the market's time is
 * `until`.
 */
async function watch(feedId: string, until: Instant): Promise<void> {
  await asActivity(() => bench.clock.run(until, () => awaitPublication({ feedId, siteIds: [SITE] })));
}
const watchLmp = (until: Instant): Promise<void> => watch("sced-lmp/HB_WEST", until);
const watchPrices = (until: Instant): Promise<void> => watch("settlement-price/HB_WEST/HU", until);
const watchCorrections = (until: Instant): Promise<void> => watch("price-corrections/HB_WEST/HU", until);
const watchGrid = (until: Instant): Promise<void> => watch("grid-condition", until);

const on =
  (route: ErcotRequest["route"], what: ErcotFault): typeof fault =>
  (request) =>
    request.route === route ? what : undefined;
const between =
  (from: Instant, to: Instant, what: typeof fault): typeof fault =>
  (request) =>
    request.nowMs >= Date.parse(from) && request.nowMs < Date.parse(to) ? what?.(request) : undefined;

interface Stored {
  readonly source: string;
  readonly document_id: string;
  readonly problem: string | null;
}
const stored = (): Promise<Stored[]> =>
  query<Stored>(
    bench.pool,
    `SELECT source, document_id, problem FROM raw_document ORDER BY fetched_at, length(document_id), document_id`,
    [],
  );
const observed = (kind: string): Promise<{ value_key: string; version: number; value: string; quality: string }[]> =>
  query(
    bench.pool,
    `SELECT value_key, version, value, quality FROM market_observation WHERE kind = $1 ORDER BY value_key, version`,
    [kind],
  );

/** SCED runs that the site was told, as Central minutes, in the order told. */
const toldRuns = (): string[] =>
  bench.told.flatMap((input) => (input.kind === "sced-lmp" ? [minuteOf(input.scedAt)] : []));
const minuteOf = (instant: Instant): string =>
  new Date(Date.parse(instant) - 5 * 3_600_000).toISOString().slice(11, 16);
const toldKinds = (): string[] =>
  bench.told.map((input) =>
    input.kind === "feed-silent" || input.kind === "feed-restored" ? `${input.kind} ${input.feed}` : input.kind,
  );
const problems = (): string[] => bench.lines.filter((line) => !line.startsWith("info"));

/** What a site that was told all this decides at a moment, when its grid is quiet and its hashprice known. */
function decisionAt(
  moment: Instant,
  told: readonly SiteInput[] = bench.told,
): { output: DecisionOutput; state: SiteState } {
  const first: SiteInput[] = [
    {
      kind: "hashprice",
      id: "h",
      at: told[0]?.at ?? moment,
      usdPerPhDay: 39,
      asOf: at("00:00:00"),
      source: "test",
      contentHash: "",
    },
    {
      kind: "grid-condition",
      id: "g",
      at: told[0]?.at ?? moment,
      level: "normal",
      stateText: "normal",
      observedAt: at("00:00:00"),
      source: "test",
      contentHash: "",
    },
  ];
  const state = [...first, ...told].reduce((known, input) => absorb(plan, known, input).state, initialSiteState(plan));
  return { output: decide(plan, decisionInput(plan, state, moment)), state };
}

describe("a list of price documents", () => {
  it.each([
    ["is an HTML page of a bot wall", { kind: "html" }, /expected data, found an HTML page/],
    ["redirects to a challenge", { kind: "redirect" }, /redirected to \/challenge/],
    ["is answered 503", { kind: "status", status: 503 }, /status 503; try again in 30 s/],
  ] as const)(
    "that %s: nothing is stored, the site is told nothing, the log says why; then every run arrives once, in order",
    async (_what, wrong, said) => {
      await publish(at("17:02:00"));
      await watchLmp(at("17:04:00"));
      const before = (await stored()).length;
      fault = between(at("17:04:00"), at("17:10:00"), on("list", wrong));
      bench.told.length = 0;
      await watchLmp(at("17:09:55"));
      expect(await stored()).toHaveLength(before);
      expect(bench.told).toEqual([]);
      expect(problems().length).toBeGreaterThan(0);
      for (const line of problems()) expect(line).toMatch(said);
      await watchLmp(at("17:22:00"));
      expect(toldRuns()).toEqual(["17:05", "17:10", "17:12", "17:15", "17:20"]);
      expect(await stored()).toHaveLength(before + 5);
    },
  );

  it("of a source that was never there is nothing seen; once it has answered, a later refusal leaves its last answer on record", async () => {
    const heard = async (): Promise<(string | undefined)[]> => {
      const { lastSeenAt, state } = await bench.market.cursor("sced-lmp/HB_WEST");
      return [lastSeenAt, (state as { answeredAt?: Instant }).answeredAt].map((one) => one && minuteOf(one));
    };
    await publish(at("17:02:00"));
    fault = on("list", { kind: "status", status: 503 });
    await watchLmp(at("17:03:00"));
    expect(await heard()).toEqual([undefined, undefined]);
    fault = undefined;
    await watchLmp(at("17:08:00"));
    expect(await heard()).toEqual(["17:06", "17:07"]);
    fault = on("list", { kind: "status", status: 503 });
    await watchLmp(at("17:09:55"));
    expect(await heard()).toEqual(["17:06", "17:07"]);
  });

  it("that finds nothing costs the database one statement a poll", async () => {
    await publish(at("17:02:00"));
    await watchLmp(at("17:05:30"));
    fault = on("list", { kind: "empty-list" });
    asked = [];
    const statements = vi.spyOn(bench.pool, "query");
    onTestFinished(() => statements.mockRestore());
    await watchLmp(at("17:09:55"));
    expect(asked.length).toBeGreaterThan(15);
    expect(statements).toHaveBeenCalledTimes(1 + asked.length);
  });

  it("that nobody is to hear of but the sites is watched in one go until the day has ended", async () => {
    const returns = async (hearEverySeconds?: number): Promise<Instant[]> => {
      await publish(at("23:30:00"));
      const returned: Instant[] = [];
      await asActivity(() =>
        bench.clock.run(at("00:03:00", "2026-08-19"), async () => {
          await awaitPublication({ feedId: "sced-lmp/HB_WEST", siteIds: [SITE], hearEverySeconds });
          returned.push(bench.clock.at);
        }),
      );
      await ercot.close();
      return returned;
    };
    const [midnight, told] = [at("00:00:00", "2026-08-19"), 6];
    const inOneGo = await returns();
    expect(inOneGo).toHaveLength(1);
    expect(inOneGo[0]! >= midnight).toBe(true);
    const heard = [...bench.told];
    expect(toldRuns().length).toBeGreaterThan(told);
    expect((await returns(3_600)).length).toBeGreaterThan(told);
    expect(bench.told).toEqual(heard);
    await publish(at("23:30:00"));
  });

  it("that is answered 429 with two minutes to wait: nobody asks again before they are over", async () => {
    await publish(at("17:02:00"));
    await watchLmp(at("17:04:00"));
    fault = between(
      at("17:04:00"),
      at("17:10:00"),
      on("list", { kind: "status", status: 429, retryAfterSeconds: 120 }),
    );
    asked.length = 0;
    await watchLmp(at("17:13:00"));
    const times = asked.filter(({ route }) => route === "list").map(({ nowMs }) => nowMs);
    const refused = times.filter((ms) => ms < Date.parse(at("17:10:00")));
    expect(refused.map((ms) => new Date(ms).toISOString().slice(14, 19))).toEqual(["05:00", "07:00", "09:00"]);
    expect(times.find((ms) => ms > (refused.at(-1) as number))).toBe((refused.at(-1) as number) + 120_000);
    expect(toldRuns().slice(-2)).toEqual(["17:05", "17:10"]);
  });

  it("with one entry that cannot be used: the others are read as ever, and an operator is told once", async () => {
    fault = on("list", { kind: "odd-entry", publishDate: "yesterday" });
    await publish(at("17:02:00"));
    await watchLmp(at("17:13:00"));
    expect(toldRuns().slice(-3)).toEqual(["17:00", "17:05", "17:10"]);
    expect(problems()).toEqual([expect.stringMatching(/found \\"yesterday\\"; the entry ODD_csv is left out/)]);
  });

  it("that is empty for a quarter of an hour: the site hears of the silence once, ten minutes after the newest run, and of the end of it with what was missed", async () => {
    await publish(at("17:02:00"));
    await watchLmp(at("17:04:00"));
    fault = between(at("17:04:00"), at("17:20:00"), on("list", { kind: "empty-list" }));
    bench.told.length = 0;
    await watchLmp(at("17:21:30"));
    expect(toldKinds()).toEqual([
      "feed-silent sced-lmp",
      ...Array(4).fill("sced-lmp"),
      "feed-restored sced-lmp",
      "sced-lmp",
    ]);
    expect(bench.told[0]).toMatchObject({ lastSeenAt: at("17:02:00") });
    expect(minuteOf(bench.told[0]?.at as Instant)).toBe("17:10");
    expect(decisionAt(at("17:13:00"), bench.told.slice(0, 1)).output.cohorts.map(({ reason }) => reason)).toEqual(
      Array(3).fill("silence"),
    );
    expect(decisionAt(at("17:21:30")).output.cohorts.map(({ reason }) => reason)).toEqual(Array(3).fill("economic"));
  });

  it("of one document, which ERCOT writes as an object: the document is read like any other, the older ones with the next list", async () => {
    await publish(at("17:02:00"));
    await watchLmp(at("17:04:00"));
    fault = between(at("17:04:00"), at("17:08:00"), on("list", { kind: "single-document" }));
    bench.told.length = 0;
    await watchLmp(at("17:14:00"));
    expect(toldRuns()).toEqual(["17:05", "17:10"]);
    expect(problems()).toEqual([]);
  });

  it("of a server that is not there: one word of silence to the site, and the prices when it is back at its address", async () => {
    await publish(at("17:02:00"));
    await watchLmp(at("17:04:00"));
    bench.told.length = 0;
    const port = Number(new URL(ercot.url).port);
    await ercot.close();
    await watchLmp(at("17:19:00"));
    expect(toldKinds()).toEqual(["feed-silent sced-lmp"]);
    expect(problems()[0]).toMatch(/no whole answer \(ECONNREFUSED: .*\); try again in 30 s/);
    ercot = await startErcotSimulator({ clock: bench.clock, day: demo, port, publication: { jitterSeconds: 0 } });
    await watchLmp(at("17:22:00"));
    expect(toldKinds().filter((kind) => kind !== "sced-lmp")).toEqual([
      "feed-silent sced-lmp",
      "feed-restored sced-lmp",
    ]);
    expect(toldRuns()).toEqual(["17:05", "17:10", "17:12", "17:15", "17:20"]);
  });
});

describe("a price document", () => {
  it.each([
    ["cut off", "truncated-zip"],
    ["with a byte turned", "damaged-zip"],
  ] as const)("that arrives %s is not stored; asked for again it is stored and told once", async (_what, kind) => {
    await publish(at("17:02:00"));
    await watchLmp(at("17:04:00"));
    const before = (await stored()).length;
    fault = between(at("17:04:00"), at("17:08:00"), on("download", { kind }));
    bench.told.length = 0;
    await watchLmp(at("17:07:50"));
    expect(await stored()).toHaveLength(before);
    expect(bench.told).toEqual([]);
    expect(problems()[0]).toMatch(/mirDownload.*expected/);
    await watchLmp(at("17:09:00"));
    expect(await stored()).toHaveLength(before + 1);
    expect(toldRuns()).toEqual(["17:05"]);
  });

  it("with a renamed column is kept in quarantine with the header found, the site is told nothing of it, and a feed of nothing else counts as silent", async () => {
    await publish(at("17:02:00"));
    await watchLmp(at("17:04:00"));
    fault = between(
      at("17:04:00"),
      at("17:18:00"),
      on("download", { kind: "renamed-column", from: "LMP", to: "CappedLMP" }),
    );
    bench.told.length = 0;
    await watchLmp(at("17:17:00"));
    const quarantined = (await stored()).filter(({ source }) => source === "mis/12300#unreadable");
    expect(quarantined).toHaveLength(4);
    for (const { problem } of quarantined)
      expect(problem).toMatch(
        /expected a column LMP, found the header SCEDTimestamp,RepeatedHourFlag,SettlementPoint,CappedLMP/,
      );
    expect(
      problems().filter((line) => line.startsWith("error document cannot be read; kept for a person")),
    ).toHaveLength(4);
    expect(toldKinds()).toEqual(["feed-silent sced-lmp"]);
    // 600 s after the run of 17:00:1x, at the next look
    expect(["17:10", "17:11"]).toContain(minuteOf(bench.told[0]?.at as Instant));
    await watchLmp(at("17:22:00"));
    expect(toldKinds()).toEqual(["feed-silent sced-lmp", "sced-lmp", "feed-restored sced-lmp"]);
    expect(toldRuns()).toEqual(["17:20"]);
  });

  it("with an added column is read as before", async () => {
    await publish(at("17:02:00"));
    fault = on("download", { kind: "added-column", name: "UncappedLMP", value: "9999.00" });
    await watchLmp(at("17:07:00"));
    const values = (await observed("sced-lmp")).map(({ value }) => Number(value));
    expect(values).toHaveLength(13);
    expect(Math.max(...values)).toBeLessThan(100);
    expect(problems()).toEqual([]);
  });

  it("that comes after its successors is put in its place: the site knows the runs in order and decides on the newest", async () => {
    await publish(at("17:02:00"));
    await watchLmp(at("17:04:00"));
    let held: string | undefined;
    fault = between(at("17:04:00"), at("17:16:45"), (request) =>
      request.route === "download" && (held ??= request.docId) === request.docId
        ? { kind: "status", status: 503 }
        : undefined,
    );
    bench.told.length = 0;
    await watchLmp(at("17:21:30"));
    expect(toldRuns()).toEqual(["17:10", "17:12", "17:15", "17:05", "17:20"]);
    const { state, output }: ReturnType<typeof decisionAt> = decisionAt(at("17:21:30"));
    expect(state.scedRuns.map(({ scedAt }) => minuteOf(scedAt))).toEqual(["17:05", "17:10", "17:12", "17:15", "17:20"]);
    expect(output.expectedPrice?.parts.map(({ scedAt }) => minuteOf(scedAt))).toEqual(["17:12", "17:15", "17:20"]);
  });
});

describe("a count of who is able to run", () => {
  const able = (time: string, machines: number): SiteInput => ({
    kind: "fleet-able",
    id: `fleet-able/${time}`,
    at: at(time),
    cohorts: [{ cohortId: plan.cohorts[0]!.cohortId, machines }],
    observedAt: at(time),
  });

  it("waits for the next SCED run and rides in its signal, the newest alone and once", async () => {
    await publish(at("17:02:00"));
    await watchLmp(at("17:04:00"));
    bench.told.length = 0;
    for (const count of [able("17:04:10", 40), able("17:04:40", 38), able("17:04:20", 39)])
      await bench.riding.keep([plan.siteId], count);
    await watchLmp(at("17:13:00"));
    expect(bench.told.map(({ kind, id }) => (kind === "fleet-able" ? id : kind))).toEqual([
      "fleet-able/17:04:40",
      "sced-lmp",
      "sced-lmp",
    ]);
    expect(decisionAt(at("17:12:30")).state.fleetAble?.cohorts[0]?.machines).toBe(38);
    expect(await bench.riding.waiting([plan.siteId])).toEqual(new Map());
    const wake = { kind: "wake", id: "w", at: at("17:13:00") } as const;
    await expect(bench.riding.keep([plan.siteId], wake)).rejects.toThrow(/wake does not ride/);
  });
});

describe("several SCED runs that arrive together after a gap", () => {
  it("are all known to the site, which decides on the newest alone: a spike that is over turns nothing off", async () => {
    await publish(at("15:44:00"));
    await watchLmp(at("15:47:00"));
    fault = between(at("15:47:00"), at("15:56:40"), on("list", { kind: "status", status: 503 }));
    const known = bench.told.length;
    await watchLmp(at("15:57:30"));
    const missed = bench.told.slice(known);
    expect(
      missed.map((input) =>
        input.kind === "sced-lmp"
          ? `${minuteOf(input.scedAt)} ${input.lmpUsdPerMwh > 100 ? "spike" : "quiet"}` +
            (input.newerFollows ? ", newer follows" : "")
          : input.kind,
      ),
    ).toEqual(["feed-silent", "15:50 spike, newer follows", "15:55 quiet", "feed-restored"]);
    let { state } = decisionAt(at("15:54:00"), bench.told.slice(0, known));
    const decidedOn = missed.filter((input) => {
      const absorbed = absorb(plan, state, input);
      state = absorbed.state;
      return absorbed.relevant;
    });
    expect(decidedOn.map((input) => (input.kind === "sced-lmp" ? minuteOf(input.scedAt) : input.kind))).toEqual([
      "feed-silent",
      "15:55",
    ]);
    expect(state.scedRuns.map(({ scedAt }) => minuteOf(scedAt)).slice(-2)).toEqual(["15:50", "15:55"]);
  });
});

describe("the settlement price of an interval", () => {
  it("that is published ten minutes late is looked for until it is there, told once, and stands under its own interval", async () => {
    await publish(at("17:02:00"), { publication: { jitterSeconds: 0, sppDelaySeconds: 150 + 600 } });
    await watchPrices(at("17:26:00"));
    expect(bench.told.slice(-1)).toMatchObject([{ kind: "settlement-price", intervalKey: "2026-08-18/17/4" }]);
    await watchPrices(at("17:41:00"));
    const keys = bench.told.map((input) => (input.kind === "settlement-price" ? input.intervalKey : input.kind));
    expect(keys).toEqual(["2026-08-18/17/3", "2026-08-18/17/4", "2026-08-18/18/1"]);
    expect(bench.told.map(({ at: told }) => minuteOf(told)).slice(-2)).toEqual(["17:12", "17:27"]);
    expect(problems()).toEqual([]);
  });

  it("corrected by ERCOT is a new version beside the old one, corrected again to the same price none; the site is told the new one and the day is asked to be settled again", async () => {
    await publish(at("17:02:00"));
    await watchPrices(at("17:19:00"));
    const [original] = (await observed("settlement-price")).filter(({ value_key }) => value_key === "2026-08-18/18/1");
    const correct = (price: string, publishAt: Instant): void =>
      ercot.publishCorrection({
        startMs: Date.parse(at("17:00:00")),
        point: "HB_WEST",
        type: "HU",
        price,
        publishAtMs: Date.parse(publishAt),
      });
    correct("71.11", at("17:20:00"));
    correct("71.110", at("17:22:00"));
    await watchCorrections(at("17:34:00"));
    const versions = (await observed("settlement-price")).filter(({ value_key }) => value_key === "2026-08-18/18/1");
    expect(versions).toEqual([
      { ...original, version: 1, quality: "PUBLISHED" },
      { value_key: "2026-08-18/18/1", version: 2, value: "71.11", quality: "CORRECTED" },
    ]);
    expect(
      bench.told
        .filter((input) => input.kind === "settlement-price" && input.intervalKey === "2026-08-18/18/1")
        .map(({ id }) => id),
    ).toEqual(["settlement-price/HB_WEST/HU/2026-08-18/18/1/1", "settlement-price/HB_WEST/HU/2026-08-18/18/1/2"]);
    expect(bench.resettle).toEqual([
      {
        siteId: SITE,
        day: DAY,
        id: "price/HB_WEST/HU/2026-08-18/18/1/2",
        why: "settlement price of 2026-08-18/18/1 is 71.11 $/MWh (version 2)",
      },
    ]);
  });

  it("that the dashboard shows differently is an alarm for an operator, told once, and changes nothing", async () => {
    await publish(at("17:02:00"));
    await watchPrices(at("17:19:00"));
    await watch("settlement-price/HB_WEST/HU/dashboard", at("17:19:30"));
    expect(problems()).toEqual([]);
    ercot.publishCorrection({
      startMs: Date.parse(at("17:00:00")),
      point: "HB_WEST",
      type: "HU",
      price: "842.37",
      publishAtMs: Date.parse(at("17:20:00")),
    });
    await watch("settlement-price/HB_WEST/HU/dashboard", at("17:26:00"));
    expect(problems()).toEqual([expect.stringContaining("error settlement prices disagree")]);
    expect(problems()[0]).toMatch(/"interval":"2026-08-18\/18\/1".*shows 842\.37 \$\/MWh, the route of record has /);
    expect(bench.resettle).toEqual([]);
  });

  it("in the repeated autumn hour comes as an xhr document: both copies are kept apart, each with its own price and its own SCED runs", async () => {
    const day = "2026-11-01";
    const files = pricesOf(day, ({ hourEnding, interval, repeatedHour }) =>
      hourEnding === 2 ? (repeatedHour ? 500 : 20) + interval : 30,
    );
    await publish(at("00:55:00", day), { day: loadPriceDay(files) });
    rmSync(files.folder, { recursive: true });
    await watchPrices(at("02:03:30", day));
    await bench.clear(at("00:55:00", day));
    await watchLmp(at("02:03:30", day));
    const runs = (await observed("sced-lmp")).map(({ value_key, value }) => [value_key.slice(11, 16), value]);
    expect(runs.filter(([, value]) => Number(value) > 400)).toHaveLength(12);
    expect(runs.find(([, value]) => value === "501.00")).toEqual(["07:00", "501.00"]);
    await bench.clear(at("00:55:00", day));
    await watchPrices(at("02:03:30", day));
    expect(ercot.publications().filter(({ stem }) => stem.includes("xhr") && stem.startsWith("SPP"))).toHaveLength(4);
    const hour = (await observed("settlement-price"))
      .filter(({ value_key }) => value_key.startsWith(`${day}/2/`))
      .map(({ value_key, value }) => [value_key, value]);
    expect(hour).toEqual([
      [`${day}/2/1`, "21.00"],
      [`${day}/2/1R`, "501.00"],
      [`${day}/2/2`, "22.00"],
      [`${day}/2/2R`, "502.00"],
      [`${day}/2/3`, "23.00"],
      [`${day}/2/3R`, "503.00"],
      [`${day}/2/4`, "24.00"],
      [`${day}/2/4R`, "504.00"],
    ]);
    expect(problems()).toEqual([]);
  });
});

describe("the grid condition", () => {
  it("behind a bot wall during an EEA keeps its level: the site hears silence after five minutes, starts nothing, and the level again when the page is back", async () => {
    await publish(at("19:36:00"));
    await watchGrid(at("19:43:00"));
    expect(bench.told.slice(-1)).toMatchObject([{ kind: "grid-condition", level: "eea2" }]);
    fault = between(at("19:43:00"), at("20:03:00"), on("daily-prc", { kind: "html" }));
    bench.told.length = 0;
    await watchGrid(at("20:02:55"));
    expect(toldKinds()).toEqual(["feed-silent grid-condition"]);
    expect(minuteOf(bench.told[0]?.at as Instant)).toBe("19:47");
    await watchGrid(at("20:06:00"));
    expect(toldKinds()).toEqual(["feed-silent grid-condition", "feed-restored grid-condition"]);
  });

  it("whose page is written each minute and says the same old moment is silent five minutes after that moment", async () => {
    await publish(at("19:36:00"));
    await watchGrid(at("19:43:00"));
    const standing = { kind: "standing", sinceMs: Date.parse(at("19:43:00")) } as const;
    fault = between(at("19:43:00"), at("20:03:00"), on("daily-prc", standing));
    bench.told.length = 0;
    await watchGrid(at("20:02:55"));
    expect(toldKinds()).toEqual(["feed-silent grid-condition"]);
    expect(minuteOf(bench.told[0]?.at as Instant)).toBe("19:48");
    await watchGrid(at("20:06:00"));
    expect(toldKinds()).toEqual(["feed-silent grid-condition", "feed-restored grid-condition"]);
  });

  it("with a PRC that falls below 3,000 MW raises a pre-alert a minute before the Watch is declared, which ends by the PRC alone", async () => {
    await publish(at("18:40:00"));
    await watchGrid(at("20:52:00"));
    const grid = bench.told.flatMap((input) => (input.kind === "grid-condition" ? [input] : []));
    const all = grid.map(({ level, preAlert }) => `${level} ${preAlert === undefined ? "-" : preAlert.prcMw}`);
    const told = all.filter((one, i) => one !== all[i - 1]);
    expect(told.slice(0, 4)).toEqual(["unknown -", "normal -", "normal 2952", "watch 2952"]);
    expect(told.slice(-3)).toEqual(["watch 2952", "watch -", "normal -"]);
  });
});

describe("a page that takes back what it said before every site was told", () => {
  const noticesOf = (input: SiteInput): string =>
    input.kind === "grid-notices" ? input.inForce.map(({ names }) => names).join(" and ") : input.kind;

  it("leaves no site with it: each hears of EEA 1, and then of the Watch again, as the page shows", async () => {
    const told: Record<string, string[]> = { north: [], south: [] };
    let isAway = false;
    const deliver: typeof bench.sites.deliver = async (siteId, input) => {
      if (siteId === "south" && isAway) throw new Error("no connection");
      told[siteId]?.push(noticesOf(input));
    };
    await publish(at("19:16:00"));
    const { awaitPublication: next } = marketActivities({ ...bench, sites: { ...bench.sites, deliver }, feeds });
    const watchBoth = (until: Instant): Promise<void> =>
      asActivity(() => bench.clock.run(until, () => next({ feedId: "grid-notices", siteIds: ["north", "south"] })));
    await watchBoth(at("19:19:30"));
    expect(told).toEqual({ north: ["watch"], south: ["watch"] });

    isAway = true;
    await expect(watchBoth(at("19:23:00"))).rejects.toThrow("no connection");
    expect(told).toEqual({ north: ["watch", "EEA 1"], south: ["watch"] });

    isAway = false;
    fault = on("operations-messages", { kind: "standing", sinceMs: Date.parse(at("19:19:30")) });
    await watchBoth(at("19:25:00"));
    expect(told).toEqual({ north: ["watch", "EEA 1", "EEA 1", "watch"], south: ["watch", "EEA 1", "watch"] });
  });
});

describe("the price dashboard, a second route", () => {
  it("that falls silent while the report arrives troubles no site, and says so in the log", async () => {
    await publish(at("17:02:00"));
    await watch("settlement-price/HB_WEST/HU/dashboard", at("17:04:00"));
    fault = on("system-wide-prices", { kind: "status", status: 503 });
    await watch("settlement-price/HB_WEST/HU/dashboard", at("18:10:00"));
    expect(bench.told).toEqual([]);
    expect(problems().filter((line) => line.startsWith("warn feed silent"))).toHaveLength(1);
  });
});
