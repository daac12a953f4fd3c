import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SiteFile } from "../../src/app/worker/registries.ts";
import { loadSiteFile } from "../../src/app/worker/siteFile.ts";
import { inWorld } from "../../src/app/session/localRun.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { dayEnd, nextDay } from "../../src/domain/market/calendar.ts";
import type { OperatingDay } from "../../src/domain/market/model.ts";
import { addSeconds, type Instant, instantFromMs, msOfInstant } from "../../src/domain/units/instant.ts";
import { marketTime, type RealClock } from "../../src/domain/units/marketTime.ts";
import type { ErcotFault, ErcotRequest } from "../../src/simulators/ercot/faults.ts";
import { loadPriceDay } from "../../src/simulators/ercot/priceDay.ts";
import { type ErcotSimulator, startErcotSimulator } from "../../src/simulators/ercot/server.ts";
import { startMeters } from "../../src/simulators/meter/meters.ts";
import { startMinerFleet } from "../../src/simulators/miners/fleet.ts";
import type { MinerFleet } from "../../src/simulators/miners/model.ts";
import { writeQuietDays } from "./quietPrices.ts";

const CONFIG = fileURLToPath(new URL("../../config/example-site.yaml", import.meta.url));
export const DAY: OperatingDay = "2026-06-09";
/** Central midnight, at which the site's run ends. */
export const MIDNIGHT: Instant = dayEnd(DAY);
/** Of a run's time, what lies before midnight: 20 of 45 minutes. */
const BEFORE_MIDNIGHT = 20 / 45;
/** From this length on a run has time for machines to wake as slowly as they do, and for a silent SCED feed. */
const LONG_MINUTES = 30;

/** The site's configuration for a run of this length: watchdogs near, waits short where the run is short. */
export interface SiteSettings {
  readonly isLong: boolean;
  readonly gridSilentSeconds: number;
  readonly scedSilentSeconds: number;
}

export function settingsFor(minutes: number): SiteSettings {
  return { isLong: minutes >= LONG_MINUTES, gridSilentSeconds: 75, scedSilentSeconds: 480 };
}

/** A clock at speed 1 that stands at market zero now, so that midnight falls inside a run of `minutes`. */
export function clockOfRun(minutes: number): { clock: RealClock; marketZero: Instant } {
  const marketZero = addSeconds(MIDNIGHT, -Math.round(minutes * 60 * BEFORE_MIDNIGHT));
  return { clock: { kind: "real", offsetMs: msOfInstant(marketZero) - Date.now() }, marketZero };
}

/** Which feeds the simulated ERCOT keeps silent about at the moment. */
export type Silenced = Map<ErcotRequest["route"] | "sced", ErcotFault>;

/** ERCOT, miners and meters on the run's market time, in this process, each on its own real socket. */
export interface RealClockWorld {
  readonly ercot: ErcotSimulator;
  readonly fleet: MinerFleet;
  readonly silenced: Silenced;
  /** The site of a configuration file, with the simulated parties in place of the real ones. */
  deploymentOf(file: string): Deployment;
  close(): Promise<void>;
}

export async function startRealClockWorld(options: {
  dataDir: string;
  file: string;
  clock: RealClock;
  seed: number;
}): Promise<RealClockWorld> {
  const { dataDir, file, seed } = options;
  const clock = { nowMs: () => msOfInstant(marketTime(options.clock, Date.now())) };
  const silenced: Silenced = new Map();
  const day = loadPriceDay(writeQuietDays(dataDir, [DAY, nextDay(DAY)], seed));
  const ercot = await startErcotSimulator({
    clock,
    day,
    publication: { prcEverySeconds: 30, seed },
    faults: ({ route, reportTypeId }) => silenced.get(reportTypeId === 12_300 ? "sced" : route),
  });
  const site = loadDeployment(file, DAY);
  const { miners, meters: specs } = simulatedSite(site);
  const fleet = await startMinerFleet({ clock, miners, seed });
  const meters = await startMeters({ clock, source: fleet, meters: specs, seed });
  return {
    ercot,
    fleet,
    silenced,
    deploymentOf: (path) =>
      inWorld(loadDeployment(path, DAY), { clockUrl: "", ercotUrl: ercot.url, meters: meters.meters }),
    close: async () => void (await Promise.allSettled([ercot.close(), fleet.close(), meters.close()])),
  };
}

/** Writes the example site with few machines and its watchdogs near; `offFactor` is what a changed file changes. */
export function writeSiteFile(
  dataDir: string,
  name: string,
  options: { settings: SiteSettings; machinesPerCohort: number; net: number; offFactor: number },
): string {
  const { settings, machinesPerCohort, net, offFactor } = options;
  const { file: _, constants: _constants, ...site } = loadSiteFile(CONFIG);
  const { policy, feeds, cohorts } = site;
  const file = join(dataDir, name);
  const changed: SiteFile = {
    ...site,
    market: fileURLToPath(new URL("../../config/market/ercot.yaml", import.meta.url)),
    policy: {
      ...policy,
      economic: { ...policy.economic, offFactor },
      staleness: {
        ...policy.staleness,
        scedPriceSeconds: settings.scedSilentSeconds,
        gridConditionSeconds: settings.gridSilentSeconds,
      },
      dispatch: { ...policy.dispatch, settleUpSeconds: settings.isLong ? policy.dispatch.settleUpSeconds : 40 },
    },
    feeds: feeds.map((feed) =>
      feed.use === "ercot/daily-prc" ? { ...feed, pollEverySeconds: 30, pollOffsetSeconds: 3 } : feed,
    ),
    cohorts: cohorts.map((cohort, i) => ({
      ...cohort,
      machines: { ...cohort.machines, hosts: [`127.${net}.${i + 1}.1-127.${net}.${i + 1}.${machinesPerCohort}`] },
    })),
  };
  writeFileSync(file, `${JSON.stringify(changed, null, 1)}\n`);
  return file;
}

/** Market time now. */
export function marketNow(clock: RealClock): Instant {
  return marketTime(clock, Date.now());
}

/** A real time, as a server stamps it, in market time. */
export function marketTimeOf(clock: RealClock, real: string | number): Instant {
  return marketTime(clock, typeof real === "number" ? real : msOfInstant(instantFromMs(Date.parse(real))));
}
