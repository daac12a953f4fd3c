import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { expandHosts, feederPue, inForceOn, modeSetpoint, rowInForceOn } from "../../config/index.ts";
import type { CohortPlan, OperatingMode, SitePlan } from "../../domain/decision/model.ts";
import type { SiteCosts } from "../../domain/decision/productionCost.ts";
import type { Machine } from "../../domain/dispatch/model.ts";
import { planText } from "../../domain/evidence/recordText.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import type { CoincidentPeakRule } from "../../domain/market/coincidentPeakRule.ts";
import type { Contract } from "../../domain/settlement/model.ts";
import { asWritten } from "./asWritten.ts";
import type { DeployedMeter, DeployedStopInput, Deployment } from "./deployment.ts";
import { factSources } from "./feeds.ts";
import { reserveOf } from "./reserveOf.ts";
import { accessFrom, type DeployedFeed, driverKind } from "./registries.ts";
import { loadSiteFile, type SiteConfig } from "./siteFile.ts";

/**
 * The configuration in the domain's own terms, with the market constants in force on `day`. `siteId`: the site that it
 * has to be of. @throws ConfigError listing every problem found.
 */
export function loadDeployment(path: string, day: OperatingDay, siteId?: string): Deployment {
  return deploymentOf(loadSiteFile(path, undefined, siteId), day);
}

/** A configuration in the domain's own terms. */
export function deploymentOf(config: SiteConfig, day: OperatingDay): Deployment {
  const plan = sitePlan(config, day);
  const { supply, clients, policy } = config;
  return {
    plan,
    planHash: planHashOf(plan),
    machines: config.cohorts.flatMap(machinesOf),
    meters: metersOf(config),
    contracts: clients.flatMap(({ clientId, name, contracts }) =>
      contracts.map((contract): Contract => ({ ...contract, clientId, clientName: name })),
    ),
    supply: {
      blocks: supply.blocks,
      adders: supply.adders.map(({ code, usdPerMwh, source }) => ({ code, usdPerMwh, source })),
    },
    feeds: deployedFeeds(config),
    watchBelowMw: rowInForceOn(config.constants.prcThresholdsMw, day)?.watch,
    dispatch: { ...policy.dispatch, abandonedControlSeconds: abandonedControlSeconds(config) },
    fleetConcurrency: FLEET_CONCURRENCY,
    ...(config.costs === undefined ? {} : { costs: asWritten<SiteCosts>()(config.costs) }),
    ...(config.site.hasGateway === true && { hasGateway: true }),
    ...(config.stopInputs === undefined ? {} : { stopInputs: asWritten<DeployedStopInput[]>()(config.stopInputs) }),
  };
}

/** Content hash of a plan: it is in every decision made under it. */
export function planHashOf(plan: SitePlan): string {
  return createHash("sha256").update(planText(plan)).digest("hex");
}

/** The same site where nothing is known of the grid: normal is assumed, and every record says so. */
export function withoutGridFeed(deployment: Deployment): Deployment {
  const assumed = { ...deployment.plan, gridSource: "assumed-normal" as const };
  const plan = { ...assumed, factSources: factSources(deployment.feeds, assumed) };
  return { ...deployment, plan, planHash: planHashOf(plan) };
}

/** Connections to machines open at a time in one worker. */
const FLEET_CONCURRENCY = 250;

/** What of a plan stands in no key of `site` and `policy`. */
type Computed =
  | "cohorts"
  | "avoidableAddersUsdPerMwh"
  | "priceFloorUsdPerMwh"
  | "priceCapUsdPerMwh"
  | "factSources"
  | "reserve"
  | "coincidentPeak";

function sitePlan(config: SiteConfig, day: OperatingDay): SitePlan {
  const { site, policy, cohorts, meters, supply, constants, reserve } = config;
  const { name: _name, hasGateway: _hasGateway, ...configured } = site;
  const { dispatch: _dispatch, coincidentPeak, ...decided } = policy;
  const written = asWritten<Omit<SitePlan, Computed>>()({ ...configured, ...decided });
  const sources = factSources(deployedFeeds(config), written);
  return {
    ...written,
    ...(sources === undefined ? {} : { factSources: sources }),
    cohorts: cohorts.map(({ machines, driver: _, modes, ...cohort }) => ({
      ...asWritten<Omit<CohortPlan, "machines" | "modes" | "feederPue">>()(cohort),
      modes: modes.map((mode): OperatingMode => {
        const { modeId, hashrateThs, powerW } = mode;
        return { modeId, hashrateThs, powerW, setpoint: modeSetpoint(mode) };
      }),
      machines: expandHosts(machines.hosts).length,
      feederPue: feederPue(meters, cohort.clientId),
    })),
    avoidableAddersUsdPerMwh: supply.adders
      .filter((adder) => adder.avoidable)
      .reduce((sum, adder) => sum + Number(adder.usdPerMwh), 0),
    priceFloorUsdPerMwh: inForceOn(constants.priceFloorsUsdPerMwh, day).value,
    priceCapUsdPerMwh: inForceOn(constants.priceCapsUsdPerMwh, day).value,
    ...(coincidentPeak === undefined ? {} : { coincidentPeak: { ...coincidentPeak, rules: peakRules(constants) } }),
    ...(reserve === undefined ? {} : { reserve: reserveOf(reserve) }),
  };
}

/** Every rule of the market, so that one may follow another while a site runs. */
function peakRules({ coincidentPeaks = [] }: SiteConfig["constants"]): CoincidentPeakRule[] {
  return coincidentPeaks.map(({ source: _source, ...rule }) => rule);
}

function machinesOf({ cohortId, clientId, driver, machines }: SiteConfig["cohorts"][number]): Machine[] {
  return expandHosts(machines.hosts).map((host, i) => ({
    machineId: `${cohortId}-${String(i + 1).padStart(4, "0")}`,
    host,
    port: driverKind(driver).port(driver),
    cohortId,
    clientId,
    driver: driver.use,
  }));
}

/** The longest that any firmware of the site stays held by a controller that died. */
function abandonedControlSeconds({ cohorts }: SiteConfig): number {
  const held = cohorts.map(({ driver }) => driverKind(driver).create().capabilities.abandonedControlSeconds);
  return Math.max(0, ...held);
}

function metersOf({ meters: { site, feeders } }: SiteConfig): DeployedMeter[] {
  return [
    { meterId: site.meterId, meter: site.meter },
    ...feeders.map(({ meterId, clientId, meter }) => ({ meterId, clientId, meter })),
  ];
}

/**
 * Each feed with what it is read with, its own address before its party's. A setting `path` names a file relative to
 * the configuration.
 */
function deployedFeeds({ feeds, sources, site, file }: SiteConfig): DeployedFeed[] {
  const { settlementPoint, settlementPointType } = site;
  const folder = dirname(file);
  const access = new Map(Object.entries(sources).map(([party, reach]) => [party, accessFrom(reach, folder)]));
  return feeds.map((feed) => ({
    ...access.get(feed.use.split("/")[0] ?? ""),
    ...("path" in feed ? { ...feed, path: resolve(dirname(file), feed.path) } : feed),
    settlementPoint,
    settlementPointType,
  }));
}
