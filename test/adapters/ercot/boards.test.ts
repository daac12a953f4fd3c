import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { capacityMonitor, parseCapacityMonitorJson } from "../../../src/adapters/ercot/reports/capacityMonitor.ts";
import { parseSupplyDemandJson, supplyDemand } from "../../../src/adapters/ercot/reports/supplyDemand.ts";
import type { FeedState } from "../../../src/domain/inputs/feedState.ts";
import { foldPoll } from "../../../src/domain/inputs/foldPoll.ts";
import { observedFact } from "../../../src/domain/inputs/marketFacts.ts";
import { addSeconds, parseInstant } from "../../../src/domain/units/instant.ts";
import { PortDataError } from "../../../src/ports/errors.ts";
import type { RawDocument } from "../../../src/ports/marketFeed.ts";
import type { ErcotFault } from "../../../src/simulators/ercot/faults.ts";
import { closeSimulators, demoDay, HandClock, simulate } from "../../simulators/ercot/market.ts";
import { jsonDocument } from "./documents.ts";

const READ_AT = parseInstant("2026-08-18T19:45:00-05:00");
const at = (time: string): number => Date.parse(`2026-08-18T${time}-05:00`);
const page = (source: string, body: unknown): RawDocument => ({ ...jsonDocument(source, body), fetchedAt: READ_AT });

/** A monitor with PRC and ECRS alone. */
const monitor = (changes: object = {}, groups: object = {}): RawDocument =>
  page("dashboard/ancillary-service-capacity-monitor", {
    lastUpdated: "2026-08-18 19:45:00-0500",
    epoch: at("19:44:00"),
    data: {
      ercotWidePhysicalResponsiveCapabilityGroup: [
        ["key", "value"],
        ["prc", 1950],
      ],
      ercotContingencyReserveCapabilityGroup: [
        ["key", "value"],
        ["ecrsCapDeployedGenLr", 518],
      ],
      ...groups,
    },
    ...changes,
  });

describe("the ancillary service capacity monitor", () => {
  it("is read for PRC and for what concerns loads, at its own moment; what it lacks is absent and named, never zero", () => {
    const problems: string[] = [];
    const [one, ...others] = parseCapacityMonitorJson(monitor(), "h", (problem) => problems.push(problem));
    expect(others).toEqual([]);
    expect(one?.observedAt).toBe("2026-08-19T00:44:00.000Z");
    expect(one?.capacityMw).toEqual({ prc: 1950, ecrsCapDeployedGenLr: 518 });
    expect(problems).toHaveLength(13);
    expect(problems[0]).toContain("responsiveReserveCapabilityGroup.rrcCapLrWoClr in MW, found undefined");
  });

  it("says that ECRS is manually deployed, and nothing of it where the page does not", () => {
    const text = (document: RawDocument): string => {
      const [one] = parseCapacityMonitorJson(document, "h");
      return observedFact("as-capacity").text(one!);
    };
    expect(text(monitor())).toBe("ECRS is manually deployed; MW: prc 1950, ecrsCapDeployedGenLr 518");
    const idle = { ercotContingencyReserveCapabilityGroup: [["ecrsCapDeployedGenLr", 0]] };
    expect(text(monitor({}, idle))).toBe("MW: prc 1950, ecrsCapDeployedGenLr 0");
    const untold = { ercotContingencyReserveCapabilityGroup: [["ecrsCapDeployedGenLr", "518 MW"]] };
    expect(text(monitor({}, untold))).toBe("MW: prc 1950");
  });

  it("shows no load below zero and none above all that the grid has: such a value is absent and named", () => {
    const groups = {
      ercotContingencyReserveCapabilityGroup: [
        ["ecrsCapDeployedGenLr", -99_999],
        ["ecrsCapClr", 1e9],
      ],
    };
    const problems: string[] = [];
    const [one] = parseCapacityMonitorJson(monitor({}, groups), "h", (problem) => problems.push(problem));
    expect(one?.capacityMw).toEqual({ prc: 1950 });
    expect(problems).toContainEqual(expect.stringContaining("ecrsCapDeployedGenLr in MW, found -99999"));
  });

  it.each([
    ["without data", { data: undefined }],
    ["with data of another shape", { data: [["prc", 1950]] }],
    ["without a key that is known", { data: { otherGroup: [["other", 1]] } }],
    ["without a time", { epoch: undefined, lastUpdated: undefined }],
    ["with times from the future alone", { epoch: at("20:45:00"), lastUpdated: "2026-08-18 20:45:00-0500" }],
  ])("is refused %s", (_what, changes) => {
    expect(() => parseCapacityMonitorJson(monitor(changes), "h")).toThrow(PortDataError);
  });
});

const row = (time: string, demand: unknown, changes: object = {}): object => ({
  capacity: 88_000,
  available: 87_000,
  demand,
  forecast: 0,
  epoch: at(time),
  ...changes,
});
const hour = (hours: number, availCapGen: unknown, forecastedDemand: number): object => ({
  epoch: at("20:00:00") + hours * 3_600_000,
  availCapGen,
  forecastedDemand,
});
const board = (data: unknown, forecast: unknown = []): RawDocument =>
  page("dashboard/supply-demand", { lastUpdated: "2026-08-18 19:45:00-0500", data, forecast });

describe("supply and demand", () => {
  it("is the newest measured row, at its own moment, and the hour ahead with the least room", () => {
    const rows = [row("19:35:00", 71_000), row("19:40:00", 71_500), row("19:45:00", 72_000, { forecast: 1 })];
    const hours = [hour(0, 80_000, 75_000), hour(1, 81_000, 79_000), hour(2, 85_000, 70_000), hour(-2, 70_000, 70_000)];
    const [one] = parseSupplyDemandJson(board(rows, hours), "h");
    expect(one).toMatchObject({ demandMw: 71_500, capacityMw: 88_000, observedAt: "2026-08-19T00:40:00.000Z" });
    expect(one?.tightest).toEqual({ endsAt: "2026-08-19T02:00:00.000Z", roomMw: 2_000 });
  });

  it("leaves out what is missing, a row from the future, and hours that cannot be read, each aloud", () => {
    const problems: string[] = [];
    const rows = [row("19:40:00", 71_500, { capacity: null }), row("21:00:00", 99_000), row("19:44:00", null), 7, null];
    const [one] = parseSupplyDemandJson(board(rows, [hour(1, "81,000", 79_000)]), "h", (text) => problems.push(text));
    expect(one).toMatchObject({ demandMw: 71_500, availableMw: 87_000 });
    expect(one).not.toHaveProperty("capacityMw");
    expect(one).not.toHaveProperty("tightest");
    const of = "dashboard/supply-demand: expected";
    expect(problems).toEqual([
      `${of} a row, found 7`,
      `${of} a row, found null`,
      expect.stringContaining(`${of} forecast 0 or 1, demand in MW and epoch in a row of data, found {`),
      expect.stringContaining("ahead of market time"),
      expect.stringContaining(`${of} capacity in MW in the newest row of data, found {`),
      expect.stringContaining(`${of} availCapGen and forecastedDemand in MW and epoch in a row of forecast, found {`),
    ]);
  });

  it("leaves out megawatts that no grid has and hours beyond its forecast, each aloud", () => {
    const problems: string[] = [];
    const rows = [row("19:40:00", 71_500, { available: -99_999, capacity: 1e7 }), row("19:44:00", -5)];
    const hours = [hour(1, 81_000, 79_000), hour(2, -99_999, 79_000), hour(24 * 365, 81_000, 80_999)];
    const [one] = parseSupplyDemandJson(board(rows, hours), "h", (text) => problems.push(text));
    expect(one).toMatchObject({ demandMw: 71_500, tightest: { roomMw: 2_000 } });
    expect([one?.availableMw, one?.capacityMw]).toEqual([undefined, undefined]);
    expect(problems).toHaveLength(5);
    expect(problems).toContainEqual(
      expect.stringContaining("expected an hour until 2026-08-27T00:45:00.000Z in a row"),
    );
  });

  it.each([
    ["no data", undefined],
    ["no rows", []],
    ["forecast rows alone", [row("19:40:00", 71_500, { forecast: 1 })]],
    ["no demand", [row("19:40:00", undefined)]],
    ["no moment", [row("19:40:00", 71_500, { epoch: undefined })]],
  ])("is refused with %s", (_what, data) => {
    expect(() => parseSupplyDemandJson(board(data), "h")).toThrow(PortDataError);
  });
});

it("neither page throws anything but what its port promises, whatever JSON it is", () => {
  const keys = ["data", "forecast", "epoch", "lastUpdated", "demand", "prc", "ecrsCapDeployedGenLr"];
  const group = "ercotWidePhysicalResponsiveCapabilityGroup";
  const leaf = fc.oneof(fc.constantFrom(...keys, group), fc.double(), fc.constant(null), fc.boolean());
  const rows = fc.array(fc.dictionary(fc.constantFrom(...keys, group), leaf, { maxKeys: 4 }), { maxLength: 3 });
  const pairs = fc.dictionary(fc.constantFrom(group, ...keys), fc.array(fc.tuple(leaf, leaf), { maxLength: 3 }));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), fc.oneof(leaf, rows, pairs), { maxKeys: 5 }), (body) => {
      for (const parse of [parseCapacityMonitorJson, parseSupplyDemandJson])
        try {
          parse(page("dashboard/any", body), "h");
        } catch (error) {
          expect(error).toBeInstanceOf(PortDataError);
        }
    }),
    { numRuns: 500 },
  );
});

describe("a page that is written again and again with what it said at 19:45", () => {
  afterEach(closeSimulators);

  it.each([
    [capacityMonitor, 1_200],
    [supplyDemand, 1_800],
  ] as const)("%# is silent by its own stamps, however new its lastUpdated is", async (source, limit) => {
    let fault: ErcotFault | undefined;
    const clock = new HandClock("2026-08-18T19:45:10-05:00");
    const { url } = await simulate({ clock, day: demoDay(), faults: () => fault });
    const point = { settlementPoint: "LZ_WEST", settlementPointType: "LZ" };
    const feed = source.open({ ...source.usual, ...point, baseUrl: url } as never);
    const rules = { feedId: feed.feedId, silentAs: source.gives, silentAfterSeconds: limit, role: "kept" } as const;
    let state: FeedState = {};
    let cursor: string | undefined;
    const poll = async (): Promise<string | undefined> => {
      const { documents, ...answer } = await feed.poll(cursor, clock.at);
      cursor = answer.cursor;
      const read = documents.map((one) => ({ observations: feed.parse(one, "h"), stored: [] }));
      const folded = foldPoll(rules, state, { at: clock.at, read, problems: [] });
      expect(folded.news).toEqual([]);
      state = folded.state;
      return documents[0]?.documentId;
    };
    await poll();
    fault = { kind: "standing", sinceMs: clock.nowMs() };
    clock.at = addSeconds(clock.at, limit - 300);
    expect(await poll()).not.toBeUndefined();
    expect(state.silent).toBe(false);
    clock.at = addSeconds(clock.at, 301);
    expect(await poll()).not.toBeUndefined();
    expect(state.silent).toBe(true);
    fault = undefined;
    await poll();
    expect(state.silent).toBe(false);
  });
});

const dataDir = process.env["BALLAST_DATA_DIR"];
const why = dataDir === undefined ? " (skipped: set BALLAST_DATA_DIR to the folder with recorded ERCOT pages)" : "";

describe.skipIf(dataDir === undefined)(`the recorded pages${why}`, () => {
  const sample = (name: string, readAt: string): RawDocument => ({
    ...jsonDocument("dashboard/any", JSON.parse(readFileSync(join(dataDir ?? "", "ercot/samples", name), "utf8"))),
    fetchedAt: parseInstant(readAt),
  });

  it("of the monitor holds every key that is read, at 12:53 on 22 August 2026", () => {
    const problems: string[] = [];
    const document = sample("dashboard-ancillary-service-capacity-monitor.reconstructed.json", "2026-08-22T17:54:00Z");
    const [one] = parseCapacityMonitorJson(document, "h", (problem) => problems.push(problem));
    expect(problems).toEqual([]);
    expect(one?.observedAt).toBe("2026-08-22T17:53:00.000Z");
    expect(one?.capacityMw).toMatchObject({ prc: 18_807, rrcCapLrWoClr: 964, ecrsCapNclr: 222, telemHslOutl: 2_255 });
  });

  it("of supply and demand holds 66,933 MW at midnight, and 28,531 MW of room in the only hour of its forecast", () => {
    const [one] = parseSupplyDemandJson(
      sample("excerpt-venku122.supply_demand.success.json", "2026-07-21T10:11:00Z"),
      "h",
    );
    expect(one).toMatchObject({ demandMw: 66_933, capacityMw: 88_512, observedAt: "2026-07-21T05:00:00.000Z" });
    expect(one?.tightest?.roomMw).toBe(28_531);
  });
});
