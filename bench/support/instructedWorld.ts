import { fileURLToPath } from "node:url";
import { inWorld } from "../../src/app/session/localRun.ts";
import { simulatedBook, simulatedId } from "../../src/app/session/simulatedSite.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { deploymentOf } from "../../src/app/worker/loadDeployment.ts";
import { loadSiteFile } from "../../src/app/worker/siteFile.ts";
import { nextDay } from "../../src/domain/market/calendar.ts";
import { msOfInstant } from "../../src/domain/units/instant.ts";
import { marketTime, type RealClock } from "../../src/domain/units/marketTime.ts";
import { loadPriceDay } from "../../src/simulators/ercot/priceDay.ts";
import { startErcotSimulator } from "../../src/simulators/ercot/server.ts";
import { type SimMeters, startMeters } from "../../src/simulators/meter/meters.ts";
import { startMinerFleet } from "../../src/simulators/miners/fleet.ts";
import type { MinerFleet } from "../../src/simulators/miners/model.ts";
import { writeQuietDays } from "./quietPrices.ts";
import { DAY } from "./realClockSite.ts";

/** Offices and lights as the simulated site meter shows them in the mean, as a share of the machines' power. */
const HOUSE_SHARE = 0.02;
/** From an order to wake until the read-back, s: the machines' own pace is a time constant of 30 s. */
const SETTLE_UP_SECONDS = 60;
/** A simulated machine takes this long before it answers, ms: a batch of commands then has a middle. */
const ACK_MS = 60;

/** The sites of the book, the one that is instructed most first. */
const FILES = ["example-site.yaml", "book/salt-fork.yaml"].map((file) =>
  fileURLToPath(new URL(`../../config/${file}`, import.meta.url)),
);
/** What decisions and their money rest on. */
const FEEDS: readonly string[] = [
  "ercot/np6-788",
  "ercot/np6-905",
  "ercot/np6-323",
  "ercot/daily-prc",
  "ercot/operations-messages",
  "hashprice/constant",
];

/** ERCOT, machines and meters of two sites on the run's market time, each on its own real socket. */
export interface InstructedWorld {
  readonly deployments: readonly Deployment[];
  readonly fleet: MinerFleet;
  readonly meters: SimMeters;
  /** Market time of the simulated world, ms. */
  readonly nowMs: () => number;
  close(): Promise<void>;
}

/** Starts it; `net` is the loopback net of its machines. Prices stay far below every strike. */
export async function startInstructedWorld(options: {
  dataDir: string;
  clock: RealClock;
  seed: number;
  net: number;
  machinesPerCohort: number;
}): Promise<InstructedWorld> {
  const { dataDir, seed } = options;
  const nowMs = (): number => msOfInstant(marketTime(options.clock, Date.now()));
  const clock = { nowMs };
  const ercot = await startErcotSimulator({
    clock,
    day: loadPriceDay(writeQuietDays(dataDir, [DAY, nextDay(DAY)], seed)),
    publication: { prcEverySeconds: 30, seed },
  });
  const sites = FILES.map((file, place) => siteOf(file, place, options));
  const { miners, meters: specs } = simulatedBook(sites);
  const fleet = await startMinerFleet({ clock, miners, seed, realAckDelayMs: ACK_MS });
  const meters = await startMeters({ clock, source: fleet, meters: specs, seed });
  const addresses = { clockUrl: "", ercotUrl: ercot.url, meters: meters.meters };
  return {
    deployments: sites.map((site) => inWorld(site, addresses)),
    fleet,
    meters,
    nowMs,
    close: async () => void (await Promise.allSettled([ercot.close(), fleet.close(), meters.close()])),
  };
}

/** The site meter of a site, as the simulators call it. */
export function siteMeterId(siteId: string): string {
  return simulatedId(siteId, "site");
}

/** Machines of a site or of some of its cohorts, as the simulators call them. */
export function machinesOf({ plan, machines }: Deployment, cohortIds?: readonly string[]): readonly string[] {
  return machines
    .filter(({ cohortId }) => cohortIds?.includes(cohortId) ?? true)
    .map(({ machineId }) => simulatedId(plan.siteId, machineId));
}

/** What a site takes at its meter by nameplate, kW: every machine at normal, or those of some cohorts off. */
export function nameplateKw({ plan }: Deployment, offCohortIds: readonly string[] = []): number {
  const machinesKw = plan.cohorts.reduce((kw, { cohortId, machines, modes, normalModeId }) => {
    const mode = offCohortIds.includes(cohortId) ? modes[0] : modes.find(({ modeId }) => modeId === normalModeId);
    return kw + (machines * (mode?.powerW ?? Number.NaN)) / 1000;
  }, 0);
  return machinesKw * plan.pue + (plan.houseKw ?? Number.NaN);
}

/** A site of the book at the hub whose prices are there, small, on addresses of its own, its house load configured. */
function siteOf(
  file: string,
  place: number,
  { net, machinesPerCohort }: { net: number; machinesPerCohort: number },
): Deployment {
  const config = loadSiteFile(file);
  const { policy } = config;
  const cohorts = config.cohorts.map((cohort, i) => {
    const block = `127.${net}.${10 * place + i + 1}`;
    return {
      ...cohort,
      minOffMinutes: 0,
      minOnMinutes: 0,
      machines: { ...cohort.machines, hosts: [`${block}.1-${block}.${machinesPerCohort}`] },
    };
  });
  const normalKw = config.cohorts.reduce((kw, { modes, normalModeId }) => {
    const powerW = modes.find(({ modeId }) => modeId === normalModeId)?.powerW ?? Number.NaN;
    return kw + (machinesPerCohort * powerW) / 1000;
  }, 0);
  const houseKw = Math.round(normalKw * HOUSE_SHARE * 1000) / 1000;
  return deploymentOf(
    {
      ...config,
      site: { ...config.site, settlementPoint: "HB_WEST", settlementPointType: "HU", houseKw },
      policy: { ...policy, dispatch: { ...policy.dispatch, batchSize: 5, settleUpSeconds: SETTLE_UP_SECONDS } },
      feeds: config.feeds.filter(({ use }) => FEEDS.includes(use)),
      cohorts,
    },
    DAY,
  );
}
