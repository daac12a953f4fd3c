import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { auditParsers } from "../../src/app/evidence/auditParsers.ts";
import {
  DRIVER_KINDS,
  FEED_SOURCES,
  METER_KINDS,
  siteFileSchema,
  STOP_INPUT_KINDS,
} from "../../src/app/worker/registries.ts";
import { loadSiteFile } from "../../src/app/worker/siteFile.ts";
import { expandHosts } from "../../src/config/index.ts";
import { hashprice } from "../../src/domain/inputs/hashprice.ts";
import { parseInstant } from "../../src/domain/units/instant.ts";
import type { DriverKind } from "../../src/ports/driverKind.ts";
import type { FeedSource } from "../../src/ports/feedSource.ts";
import type { MeterKind } from "../../src/ports/meterKind.ts";
import type { StopInputKind } from "../../src/ports/stopInputKind.ts";
import { startMeters } from "../../src/simulators/meter/meters.ts";
import { startContacts } from "../../src/simulators/stopInput/contacts.ts";
import { closeBitcoin, CREDENTIALS, simulateBitcoin } from "../simulators/bitcoin/market.ts";
import { closeSimulators, demoDay, HandClock, simulate } from "../simulators/ercot/market.ts";
import { oneMiner } from "../simulators/miners/harness.ts";

const FEEDS: readonly FeedSource[] = FEED_SOURCES;
const DRIVERS: readonly DriverKind[] = DRIVER_KINDS;
const METERS: readonly MeterKind[] = METER_KINDS;
const CONTACTS: readonly StopInputKind[] = STOP_INPUT_KINDS;
const example = loadSiteFile("config/example-site.yaml");
const POINT = { settlementPoint: "LZ_WEST", settlementPointType: "LZEW" };
const guide = readFileSync("docs/add-a-site.md", "utf8");
const protocols = readFileSync("docs/protocol-map.md", "utf8");
/** Half an hour into a night in which everything is published, also a correction of the evening before. */
const EVENING = "2026-08-19T00:30:00-05:00";
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all([closeSimulators(), closeBitcoin()]);
});

/** Address of the stand-in that publishes what a feed reads. */
async function partyOf({ gives }: FeedSource, clock: HandClock): Promise<string> {
  const ofHashprice: readonly string[] = hashprice.madeOf ?? [];
  if (!ofHashprice.includes(gives)) return (await simulate({ clock, day: demoDay() })).url;
  vi.stubEnv("BALLAST_BITCOIN_USER", CREDENTIALS.user);
  vi.stubEnv("BALLAST_BITCOIN_PASSWORD", CREDENTIALS.password);
  return (await simulateBitcoin({ clock })).url;
}

describe("the registries of what is outside", () => {
  it("name each member once, and keep the documents of each source apart", () => {
    for (const members of [FEEDS, DRIVERS, METERS, CONTACTS]) {
      const names = members.map(({ use }) => use);
      expect(new Set(names).size).toBe(names.length);
    }
    const sources = FEEDS.map(({ source }) => source);
    expect(new Set(sources).size).toBe(sources.length);
  });

  it.each([...FEEDS, ...DRIVERS, ...METERS, ...CONTACTS].map(({ use }) => use))(
    "%s is in the guide of a site's file",
    (use) => {
      expect(guide).toContain(`\`${use}\``);
    },
  );

  it.each(FEED_SOURCES.map((source) => [source.use, source] as const))(
    "%s is configured by the example, or a site can go without it; its usual settings are taken",
    (use, source) => {
      const isListed = example.feeds.some((feed) => feed.use === use);
      expect(isListed || source.isOptional).toBe(true);
      expect(siteFileSchema.shape.feeds.element.parse(source.usual)).toEqual(source.usual);
      expect(siteFileSchema.shape.feeds.element.safeParse({ ...source.usual, pollEverySecond: 60 }).success).toBe(
        false,
      );
    },
  );

  it("drivers and meters of the example are those listed, and their usual settings are taken", () => {
    expect(new Set(example.cohorts.map(({ driver }) => driver.use))).toEqual(new Set(DRIVERS.map(({ use }) => use)));
    const { site, feeders } = example.meters;
    expect(new Set([site, ...feeders].map(({ meter }) => meter.use))).toEqual(new Set(METERS.map(({ use }) => use)));
    const { driver } = siteFileSchema.shape.cohorts.element.shape;
    for (const { usual } of DRIVERS) expect(driver.parse(usual)).toEqual(usual);
    const { meter } = siteFileSchema.shape.meters.shape.site.shape;
    for (const { usual } of METERS) expect(meter.parse(usual)).toEqual(usual);
  });

  it.each(FEEDS.filter(({ use }) => use.startsWith("ercot/")).map(({ use }) => use.slice("ercot/".length)))(
    "%s stands in the protocol map",
    (report) => {
      expect(protocols.toLowerCase()).toMatch(new RegExp(`^\\| (dashboard )?\`?${report}\\b`, "m"));
    },
  );
});

describe("what a feed's documents say", () => {
  it.each(FEEDS.filter(({ local }) => local === undefined).map((source) => [source.use, source] as const))(
    "%s is simulated: the feed reads its own fact from a document, and the audit reads the same again",
    async (_use, source) => {
      const clock = new HandClock(EVENING);
      const parameters = { ...source.usual, ...POINT, baseUrl: await partyOf(source, clock) };
      const feed = source.open(parameters);
      const { documents } = await feed.poll(undefined, clock.at);
      expect(documents.length).toBeGreaterThan(0);
      const read = documents.flatMap((document) => feed.parse(document, "hash"));
      const kinds = new Set(read.map(({ kind }) => kind));
      const others = source.alsoGives ?? [];
      // corrections of every kind do not come on one evening
      const expected = source.role === "corrections" ? others.filter((kind) => kinds.has(kind)) : others;
      expect(kinds).toEqual(new Set([source.gives, ...expected]));
      expect(new Set(documents.map((document) => document.source))).toEqual(new Set([source.source]));
      const audited = auditParsers(POINT)[source.source];
      expect(documents.flatMap((document) => audited?.(document, "hash") ?? [])).toEqual(read);
    },
  );

  it("of a source on this machine is read again by the audit as the feed read it", async () => {
    const constant = FEEDS.find(({ use }) => use === "hashprice/constant")!;
    const parameters = { ...constant.usual, ...POINT };
    const feed = constant.open(parameters);
    const at = parseInstant(EVENING);
    const { documents } = await feed.poll(undefined, at);
    const [document] = documents;
    const audited = auditParsers(POINT)[constant.source];
    expect(audited?.(document!, "hash")).toEqual(feed.parse(document!, "hash"));
    expect(constant.local?.(parameters, at)).toMatchObject([{ kind: "hashprice", usdPerPhDay: "39.00" }]);
  });
});

describe("a site's machines and meters", () => {
  it.each(DRIVERS.map((kind) => [kind.use, kind] as const))(
    "%s is simulated: it reads a machine that runs",
    async (_use, kind) => {
      const { fleet, machine } = await oneMiner({ port: kind.port(kind.usual) });
      const [reading] = await kind.create().read([machine], parseInstant(EVENING), new AbortController().signal);
      await fleet.close();
      expect(reading).toMatchObject({ machineId: machine.machineId, state: "running" });
    },
  );

  it.each(METERS.map((kind) => [kind.use, kind] as const))(
    "%s is simulated: it gives power and register",
    async (_use, kind) => {
      const source = { feederIds: ["north"], feederWatts: () => 5_000, feederWattHours: () => 0 };
      const sim = await startMeters({
        clock: { nowMs: () => Date.parse(EVENING) },
        source,
        meters: [{ meterId: "north", kind: "feeder", feederId: "north", startWh: 7_000n }],
      });
      const [{ host, port, unitId: unit }] = sim.meters as [(typeof sim.meters)[number]];
      const settings = { ...kind.usual, host, port, unit };
      const line = kind.open("north", settings, 1_000);
      expect(await line.read()).toMatchObject({ registerWh: 7_000n });
      line.drop();
      await sim.close();
    },
  );

  it.each(CONTACTS.map((kind) => [kind.use, kind] as const))("%s is simulated: it is read", async (_use, kind) => {
    const { host, port, unit, set, close } = await startContacts();
    set("discrete", 3, true);
    set("coils", 3, true);
    const settings = { ...kind.usual, host, port, unit, address: 3 };
    const line = kind.open(settings, 1_000);
    expect(await line.read()).toBe(true);
    line.drop();
    await close();
  });

  it("are told apart by where they are: no address of the example stands twice", () => {
    const { site, feeders } = example.meters;
    const at = [site, ...feeders].map(({ meter }) => METERS.find(({ use }) => use === meter.use)?.address(meter));
    expect(new Set(at).size).toBe(1 + feeders.length);
    const hosts = example.cohorts.flatMap(({ machines }) => expandHosts(machines.hosts));
    expect(new Set(hosts).size).toBe(hosts.length);
  });
});
