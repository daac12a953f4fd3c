import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { marketActivities } from "../../activities/market.ts";
import { registerActivities } from "../../activities/registers.ts";
import { settlementActivities } from "../../activities/settlement.ts";
import { statementActivities } from "../../activities/statement.ts";
import { modbusMeters } from "../support/meters.ts";
import { auditParsers } from "../../src/app/evidence/auditParsers.ts";
import { demoPrices } from "../../src/app/session/demoDay.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { exportBundle } from "../../src/app/evidence/evidenceBundle.ts";
import { feedsOf } from "../../src/app/worker/feeds.ts";
import { inWorld } from "../../src/app/session/localRun.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import { siteMeterOf } from "../../src/app/worker/deployment.ts";
import { settledSite } from "../../src/app/worker/siteBook.ts";
import {
  dayEnd,
  dayStart,
  intervalEnd,
  intervalStart,
  parseIntervalKey,
  wallToInstant,
} from "../../src/domain/market/calendar.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";
import type { StoredSettlement } from "../../src/ports/journalStore.ts";
import { auditBundle } from "../../src/replay/audit.ts";
import { loadPriceDay } from "../../src/simulators/ercot/priceDay.ts";
import { startErcotSimulator } from "../../src/simulators/ercot/server.ts";
import { type MeterFault, type SimMeters, startMeters } from "../../src/simulators/meter/meters.ts";
import { startMinerFleet } from "../../src/simulators/miners/fleet.ts";
import type { MinerFleet } from "../../src/simulators/miners/model.ts";
import { freeNet, smallSite } from "../app/smallSite.ts";
import { testDatabase } from "../support/stack.ts";
import { asActivity, type Bench, startBench } from "./marketBench.ts";
import { runAllDay } from "./marketFacts.ts";
import { Forgery } from "../replay/forge.ts";

const DAY = "2026-08-18";
const SITE = "pecan-draw";
const ROLLOVER_WH = 1_000_000_000_000;
const at = (time: string): Instant => wallToInstant({ day: DAY, time, repeatedHour: false });

/** What goes wrong with which meter, from when to when. */
const FAULTS: readonly (readonly [string, string, string, MeterFault])[] = [
  ["feeder-mesquite", "03:07:00", "03:22:00", { kind: "stopped" }],
  ["feeder-bluestem", "06:05:00", "06:50:00", { kind: "frozen" }],
  ["feeder-caprock", "09:10:00", "09:40:00", { kind: "jumping", byWh: 500_000n }],
  ["feeder-caprock", "11:20:00", "11:40:00", { kind: "no-power-value" }],
  ["site", "14:10:00", "14:20:00", { kind: "silent" }],
  ["site", "16:05:00", "16:40:00", { kind: "frozen" }],
];

/**
 * Six machines that run all day; the site meter's register rolls over in the small hours, and the configuration says
 * where.
 */
async function site(): Promise<Deployment> {
  const small = smallSite({ day: DAY, net: await freeNet(), machinesPerCohort: 2 });
  return {
    ...small,
    meters: small.meters.map((meter) =>
      meter.clientId === undefined ? { ...meter, meter: { ...meter.meter, registerRolloverWh: ROLLOVER_WH } } : meter,
    ),
  };
}

let bench: Bench;
let fleet: MinerFleet;
let sim: SimMeters;
let modbus: ReturnType<typeof modbusMeters>;
let settled: StoredSettlement;
let readAllMeters: () => Promise<unknown>;
let settleVersion: ReturnType<typeof settlementActivities>["settleVersion"];
let deployment: Deployment;

beforeAll(async () => {
  bench = startBench(await testDatabase(), dayStart(DAY));
  deployment = await site();
  const { miners, meters } = simulatedSite(deployment);
  fleet = await startMinerFleet({ clock: bench.clock, miners, seed: 7, faults: {} });
  sim = await startMeters({
    clock: bench.clock,
    source: fleet,
    seed: 7,
    meters: meters.map((meter) =>
      meter.kind === "site" ? { ...meter, startWh: BigInt(ROLLOVER_WH) - 50_000n } : meter,
    ),
  });
  bench.clock.plan(dayEnd(DAY), () => sim.fault("feeder-mesquite", { kind: "frozen" }));
  bench.clock.plan(addSeconds(dayEnd(DAY), 2_400), () => sim.fault("feeder-mesquite", undefined));
  modbus = modbusMeters({
    meters: sim.meters,
    timeoutMs: 1_500,
    onError: (meterId, error) => bench.log.warn({ meterId, problem: error.message }, "meter not read"),
  });
  for (const [meterId, from, to, fault] of FAULTS) {
    bench.clock.plan(at(from), () => sim.fault(meterId, fault));
    bench.clock.plan(at(to), () => sim.fault(meterId, undefined));
  }
  const { readRegisters } = registerActivities({
    clock: bench.clock,
    witness: bench.witness,
    sites: bench.sites,
    registers: bench.registers,
    log: bench.log,
    book: new Map([
      [
        SITE,
        {
          meters: modbus,
          meterIds: deployment.meters.map(({ meterId }) => meterId),
          siteMeterId: siteMeterOf(deployment).meterId,
        },
      ],
    ]),
  });
  readAllMeters = () => readRegisters({ feedId: `registers/${SITE}`, siteIds: [SITE] });
  await asActivity(() => bench.clock.run(dayEnd(DAY), readAllMeters));
  await watchPrices();
  await runAllDay(bench, deployment, addSeconds(dayStart(DAY), -600));
  ({ settleVersion } = settlementActivities({ ...bench, book: new Map([[SITE, { terms: settledSite(deployment) }]]) }));
  await settleVersion({ siteId: SITE, operatingDay: DAY, kind: "shadow", why: "day closed" });
  settled = (await bench.journal.settlement(SITE, DAY)) as StoredSettlement;
}, 60_000);

afterAll(async () => {
  modbus.close();
  await sim.close();
  await fleet.close();
  await bench.close();
});

/** The day's settlement prices from their report, as the feed brings them. */
async function watchPrices(): Promise<void> {
  bench.clock.at = dayStart(DAY);
  const ercot = await startErcotSimulator({ clock: bench.clock, day: loadPriceDay(demoPrices()) });
  const feeds = feedsOf(inWorld(deployment, { clockUrl: "", ercotUrl: ercot.url, meters: sim.meters }));
  const { awaitPublication } = marketActivities({ ...bench, feeds });
  await asActivity(() =>
    bench.clock.run(addSeconds(dayEnd(DAY), 300), () =>
      awaitPublication({ feedId: "settlement-price/HB_WEST/HU", siteIds: [SITE] }),
    ),
  );
  bench.told.splice(0, bench.told.length, ...bench.told.filter(({ kind }) => kind !== "settlement-price"));
  await ercot.close();
}

/** What the auditor's dollar layer says of the day's bundle, after a change to one line of its registers. */
const auditOf = async (change?: (line: string) => string): Promise<readonly string[]> =>
  (await auditAt(bench.clock.at, change)).findings;

async function auditAt(
  createdAt: Instant,
  change: (line: string) => string = (line) => line,
): Promise<{ findings: readonly string[]; notes: readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "ballast-meters-"));
  const bundle = join(folder, "bundle");
  try {
    await exportBundle(bundle, bench.pool, deployment, createdAt);
    const judged = new Forgery(bundle, join(folder, "judged"))
      .file("ledgers/registers.jsonl", (text) => text.split("\n").map(change).join("\n"))
      .seal();
    const none = { replay: () => Promise.reject(new Error("no run in this bundle")), close: () => Promise.resolve() };
    const { layers } = await auditBundle(judged, {
      workflowsPath: "",
      parsers: auditParsers(deployment.plan),
      replayer: none as never,
    });
    const dollars = layers.find(({ layer }) => layer === "dollars");
    expect(dollars?.checked).toBeGreaterThan(96);
    return {
      findings: (dollars?.findings ?? []).map(({ where, expected, found }) => `${where}: ${expected}, ${found}`),
      notes: dollars?.notes ?? [],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const missingOf = (what: string): (readonly [string, string | undefined])[] =>
  settled.result.missing.filter((one) => one.what === what).map(({ intervalKey, why }) => [intervalKey.slice(11), why]);
const issue = (contractId: string): Promise<unknown> =>
  statementActivities({ ...bench, book: new Map([[SITE, { terms: settledSite(deployment) }]]) }).issue({
    siteId: SITE,
    contractId,
    period: { from: DAY, to: DAY },
  });
/** Wh through a meter, by the simulation's own account, in an interval. */
const trueWh = (meterId: string, key: string): number => {
  const interval = parseIntervalKey(`${DAY}/${key}`);
  return (
    sim.trueWh(meterId, Date.parse(intervalEnd(interval))) - sim.trueWh(meterId, Date.parse(intervalStart(interval)))
  );
};

describe("a day on which every meter misbehaves once", () => {
  it("marks the two intervals beside a boundary at which a feeder's meter had no power, and says which reading is missing", () => {
    expect(missingOf("register of the feeder of mesquite")).toEqual([
      ["4/1", "the later reading is missing"],
      ["4/2", "the earlier reading is missing"],
    ]);
  });

  it("finds a frozen feeder meter out at the second boundary, and proves nothing from the one before the freeze to the one after it", () => {
    const why = (time: string): string =>
      `the meter was frozen at ${at(time)}: its register stood still while it showed power`;
    expect(missingOf("register of the feeder of bluestem")).toEqual([
      ["7/1", why("06:30:00")],
      ["7/2", why("06:30:00")],
      ["7/3", why("06:30:00")],
      ["7/4", why("06:45:00")],
    ]);
    expect(bench.lines.filter((line) => line.includes("frozen") && line.includes("feeder-bluestem"))).toHaveLength(2);
  });

  it("bills no jump of a register, neither ahead nor back, and settles the interval between by the difference", () => {
    const [ahead, back] = missingOf("register of the feeder of caprock");
    // 2 machines of 3,500 W × 1.05 for 16 minutes; their cooling is not on the feeder
    expect(ahead).toEqual([
      "10/1",
      expect.stringMatching(/^register jumped from 1842\d+ to 1842\d+ Wh: 50\d{4} Wh is above 1960$/),
    ]);
    expect(back).toEqual([
      "10/3",
      expect.stringMatching(
        /^register ran backwards from 1842\d+ to 1842\d+ Wh; as a rollover it would be \d+ Wh, above 1960$/,
      ),
    ]);
    const between = settled.result.clientIntervals.find(
      ({ clientId, intervalKey }) => clientId === "caprock" && intervalKey === `${DAY}/10/2`,
    );
    expect(Math.abs(Number(between?.energyWh) - trueWh("feeder-caprock", "10/2"))).toBeLessThan(1);
  });

  it("settles an interval whose register was read though its power was not", () => {
    expect(
      settled.result.clientIntervals.filter(
        ({ clientId, intervalKey }) => clientId === "caprock" && /\/12\/[23]$/.test(intervalKey),
      ),
    ).toHaveLength(2);
  });

  it("reads the energy of the interval in which the site's register starts again at 0 to the watt-hour", async () => {
    const readings = (await bench.registers.between(SITE, dayStart(DAY), at("12:00:00"))).filter(
      ({ meterId }) => meterId === "site",
    );
    const wrap = readings.findIndex(
      ({ registerWh }, i) => i > 0 && (registerWh as bigint) < (readings[i - 1]?.registerWh as bigint),
    );
    const input = settled.input.intervals[wrap - 1];
    expect(readings[wrap - 1]?.registerWh).toBeGreaterThan(BigInt(ROLLOVER_WH) - 10_000n);
    expect(readings[wrap]?.registerWh).toBeLessThan(10_000n);
    const { hourEnding, interval } = input?.interval ?? { hourEnding: 0, interval: 0 };
    expect(Math.abs(Number(input?.siteEnergyWh) - trueWh("site", `${hourEnding}/${interval}`))).toBeLessThan(1);
  });

  it("tells the site each time its own meter falls silent or freezes, and when it is back", () => {
    const words = bench.told.map((input) => `${input.at.slice(11, 16)} ${input.kind}`);
    expect(words).toEqual(["19:15 feed-silent", "19:30 feed-restored", "21:30 feed-silent", "21:45 feed-restored"]);
    expect(missingOf("register of the site meter").map(([key]) => key)).toEqual([
      "15/1",
      "15/2",
      "17/1",
      "17/2",
      "17/3",
    ]);
  });

  it("settles every other interval to what really flowed, and posts nothing for those it marked", () => {
    const marked = new Set(settled.result.missing.map(({ intervalKey }) => intervalKey));
    expect(marked.size).toBe(2 + 4 + 2 + 5);
    expect(settled.result.gapWh).toHaveLength(96 - marked.size);
    for (const { clientId, intervalKey, energyWh } of settled.result.clientIntervals) {
      expect(Math.abs(Number(energyWh) - trueWh(`feeder-${clientId}`, intervalKey.slice(11)))).toBeLessThan(1);
    }
    const dark = new Set([...marked].map((key) => intervalStart(parseIntervalKey(key))));
    expect(settled.entries.filter(({ effectiveAt }) => dark.has(effectiveAt))).toEqual([]);
    expect(settled.result.checks.filter(({ holds }) => !holds)).toEqual([]);
  });

  it("issues no statement: the draft is refused and names what is missing, the first interval and why", async () => {
    await expect(issue("caprock-2024")).rejects.toThrow(
      /^Statement caprock-2024\/2026-08-18\.\.2026-08-18 cannot be issued: 2026-08-18 version 1: 13 intervals without register of the feeder of mesquite; register of the feeder of bluestem; .*; first 2026-08-18\/4\/1 \(the later reading is missing\)$/,
    );
    expect(await bench.journal.statements(SITE)).toEqual([]);
  });

  it("is audited without a finding: the readings, what they were worth and what they gave are settled again from the bundle", async () => {
    expect(await auditOf()).toEqual([]);
  });

  it("is not, once a frozen reading is passed off as a metered one", async () => {
    const findings = await auditOf((line) =>
      line.includes('"feeder-bluestem"') ? line.replace('"stale"', '"metered"') : line,
    );
    expect(findings[0]).toMatch(
      /^settlements\/.* input \.intervals\[24\]\.feeders\[1\]\.energyMissing \(interval 2026-08-18\/7\/1, client bluestem\): nothing \(made again\), the meter was frozen at/,
    );
  });
});

describe("a feeder's meter that has stood since midnight, found at 00:30 because nobody read the meters at 00:15", () => {
  const foundAt = addSeconds(dayEnd(DAY), 1_800);
  const found = { meterId: "feeder-mesquite", standsSince: dayEnd(DAY), foundAt };
  const lastQuarter = at("23:45:00");
  const tells = `meter feeder-mesquite was found frozen at ${foundAt}: it has stood since ${dayEnd(DAY)}`;
  const readFrom = async (from: Instant, to: Instant): Promise<void> => {
    bench.clock.at = from;
    await asActivity(() => bench.clock.run(to, readAllMeters));
  };

  it("has the day, which was settled at 00:20, settled again: told at once, and again by a reader that starts anew", async () => {
    bench.resettle.length = 0;
    await readFrom(addSeconds(dayEnd(DAY), 1_200), addSeconds(foundAt, 60));
    const request = { siteId: SITE, day: DAY, id: `frozen/feeder-mesquite/${foundAt}`, why: tells };
    expect(bench.resettle).toEqual([request]);
    await readFrom(addSeconds(foundAt, 120), addSeconds(foundAt, 960));
    expect(bench.resettle).toEqual([request, request]);
  });

  it("is noted by an audit of that hour, and a finding of a later one as long as no version knows it", async () => {
    const says =
      `settlements/${DAY}-v1.json input .foundFrozenLater: meter feeder-mesquite found frozen at ${foundAt}, its ` +
      `register standing since ${dayEnd(DAY)}`;
    const soon = await auditAt(addSeconds(foundAt, 3_599));
    expect(soon.findings).toEqual([]);
    expect(soon.notes).toContainEqual(`${says}; the version that takes this up was not made yet`);
    const later = await auditAt(addSeconds(foundAt, 3_600));
    expect(later.findings).toEqual([`${says}, a version that does not know it, and none after it`]);
  });

  it("takes the day's last quarter back whole: every account that it moved stands where it stood", async () => {
    const postedAt = (version: StoredSettlement) =>
      version.entries.filter(({ effectiveAt }) => effectiveAt === lastQuarter).flatMap(({ postings }) => postings);
    expect(settled.result.clientIntervals.filter(({ startAt }) => startAt === lastQuarter)).toHaveLength(3);
    expect(postedAt(settled).length).toBeGreaterThan(0);
    const again = { siteId: SITE, operatingDay: DAY, kind: "resettlement" as const, why: tells };
    expect((await settleVersion(again)).version).toBe(2);
    const second = (await bench.journal.settlement(SITE, DAY)) as StoredSettlement;
    expect(second.input.foundFrozenLater).toEqual([found]);
    expect(second.result.missing.filter(({ intervalKey }) => intervalKey === `${DAY}/24/4`)).toEqual([
      {
        intervalKey: `${DAY}/24/4`,
        what: "register of the feeder of mesquite",
        why: `the meter was frozen at ${foundAt}: its register stood still while it showed power`,
      },
    ]);
    const moved = new Map<string, bigint>();
    for (const { account, amountE8 } of [...postedAt(settled), ...postedAt(second)])
      moved.set(account, (moved.get(account) ?? 0n) + BigInt(amountE8));
    expect(new Set(moved.values())).toEqual(new Set([0n]));
    expect(second.entries.every(({ effectiveAt }) => effectiveAt === lastQuarter)).toBe(true);
  });

  it("gives no further version when it is told again, or a settlement is tried again whose answer was lost", async () => {
    const again = { siteId: SITE, operatingDay: DAY, kind: "final" as const, why: tells };
    expect(await settleVersion(again)).toEqual({ version: 2, missing: settled.result.missing.length + 1 });
    expect(await bench.journal.settlement(SITE, DAY, 3)).toBeUndefined();
  });

  it("is audited without a finding: both versions from the registers that each of them knew", async () => {
    expect((await auditAt(addSeconds(dayEnd(DAY), 86_400))).findings).toEqual([]);
  });

  it.each<[string, (line: string) => string]>([
    ["that the register moved", (line) => line.replace('"stale"', '"metered"')],
    ["nothing of the reading that found it", () => ""],
  ])("is not, once the registers say %s", async (_how, change) => {
    const ofReading = (line: string) =>
      line.includes('"feeder-mesquite"') && line.includes(`"boundaryAt":"${foundAt}"`);
    const { findings } = await auditAt(foundAt, (line) => (ofReading(line) ? change(line) : line));
    expect(findings[0]).toContain(`settlements/${DAY}-v2.json input `);
  });
});

describe("a bundle that is made amid the day after the last settled one", () => {
  it("holds what the site was commanded until that moment, for a run that closed before it", async () => {
    const at = addSeconds(dayEnd(DAY), 3_600);
    const [cohort] = deployment.plan.cohorts;
    await bench.pool.query(
      `INSERT INTO cohort_mode (site_id, cohort_id, sequence, at, client_id, mode_id, reason, able_to_run,
        normal_power_w, mode_power_w) VALUES ($1, $2, 900, $3, $4, 'off', 'operator-order', 1, 3000, 0)`,
      [SITE, cohort?.cohortId, at, cohort?.clientId],
    );
    const folder = mkdtempSync(join(tmpdir(), "ballast-amid-"));
    try {
      await exportBundle(join(folder, "bundle"), bench.pool, deployment, at);
      const lines = readFileSync(join(folder, "bundle", "ledgers", "timeline.jsonl"), "utf8")
        .trim()
        .split("\n");
      expect(lines.map((line) => JSON.parse(line) as { sequence: number })).toContainEqual(
        expect.objectContaining({ sequence: 900, cohortId: cohort?.cohortId, reason: "operator-order" }),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
