import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { noCrossCheck } from "../../adapters/ercot/dashboardPrices.ts";
import { fleetDrivers } from "../../adapters/fleet/registry.ts";
import {
  type BallastConfig,
  expandHosts,
  feederPue,
  inForceOn,
  loadConfig,
  modeSetpoint,
  rowInForceOn,
} from "../../config/index.ts";
import type { OperatingMode, SitePlan } from "../../domain/decision/model.ts";
import type { Machine } from "../../domain/dispatch/model.ts";
import { planText } from "../../domain/evidence/recordText.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import type { Contract } from "../../domain/settlement/model.ts";
import { driverFindings } from "./driverFindings.ts";
import type { DeployedFeed, DeployedMeter, Deployment } from "./deployment.ts";

/**
 * The configuration in the domain's own terms, with the market constants in force on `day`. @throws ConfigError listing
 * every problem found.
 */
export function loadDeployment(path: string, day: OperatingDay): Deployment {
  return deploymentOf(loadConfig(path, driverFindings), day);
}

/** A configuration in the domain's own terms. */
export function deploymentOf(config: BallastConfig, day: OperatingDay): Deployment {
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
    feeds: feedsOfConfig(config, day),
    dispatch: { ...policy.dispatch, abandonedControlSeconds: abandonedControlSeconds(config) },
    fleetConcurrency: FLEET_CONCURRENCY,
  };
}

/** Content hash of a plan: it is in every decision made under it. */
export function planHashOf(plan: SitePlan): string {
  return createHash("sha256").update(planText(plan)).digest("hex");
}

/** The same site where nothing is known of the grid: normal is assumed, and every record says so. */
export function withoutGridFeed(deployment: Deployment): Deployment {
  const plan = { ...deployment.plan, gridSource: "assumed-normal" as const };
  return {
    ...deployment,
    plan,
    planHash: planHashOf(plan),
    feeds: deployment.feeds.filter((feed) => feed.kind !== "dashboard-prc"),
  };
}

/** Connections to machines open at a time in one worker. */
const FLEET_CONCURRENCY = 250;

function sitePlan({ site, policy, cohorts, meters, supply, market }: BallastConfig, day: OperatingDay): SitePlan {
  const { siteId, settlementPoint, settlementPointType, control, pue, poolFee, gridSource } = site;
  const { economic, onEea, onPrcPreAlert, onSilence, staleness, singleSourceMwMax } = policy;
  return {
    siteId,
    settlementPoint,
    settlementPointType,
    control,
    pue,
    poolFee,
    gridSource,
    economic,
    onEea,
    onPrcPreAlert,
    onSilence,
    staleness,
    singleSourceMwMax,
    cohorts: cohorts.map(({ machines, modes, ...cohort }) => ({
      ...cohort,
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
    priceFloorUsdPerMwh: inForceOn(market.priceFloorsUsdPerMwh, day).value,
    priceCapUsdPerMwh: inForceOn(market.priceCapsUsdPerMwh, day).value,
  };
}

function machinesOf({ cohortId, clientId, machines }: BallastConfig["cohorts"][number]): Machine[] {
  return expandHosts(machines.hosts).map((host, i) => ({
    machineId: `${cohortId}-${String(i + 1).padStart(4, "0")}`,
    host,
    port: machines.port,
    cohortId,
    clientId,
    driver: machines.driver,
  }));
}

/** The longest that any firmware of the site stays held by a controller that died. */
function abandonedControlSeconds({ cohorts }: BallastConfig): number {
  const used = new Set<string>(cohorts.map(({ machines }) => machines.driver));
  const held = [...fleetDrivers()]
    .filter(([driverId]) => used.has(driverId))
    .map(([, { capabilities }]) => capabilities.abandonedControlSeconds);
  return Math.max(0, ...held);
}

function metersOf({ meters }: BallastConfig): DeployedMeter[] {
  const { site, feeders } = meters;
  const deployed = ({ meterId, host, port, unit, model, registerRolloverWh }: typeof site): DeployedMeter => ({
    meterId,
    host,
    port,
    unitId: unit,
    model,
    registerRolloverWh,
  });
  return [deployed(site), ...feeders.map((feeder) => ({ ...deployed(feeder), clientId: feeder.clientId }))];
}

function feedsOfConfig({ feeds, site, file, market }: BallastConfig, day: OperatingDay): DeployedFeed[] {
  const { ercotBaseUrl: baseUrl, contact, hashprice } = feeds;
  const watchBelowMw = rowInForceOn(market.prcThresholdsMw, day)?.watch;
  const grid: DeployedFeed[] =
    site.gridSource === "feed"
      ? [{ kind: "dashboard-prc", baseUrl, contact, ...feeds.dashboardGridCondition, watchBelowMw }]
      : [];
  const crossCheck: DeployedFeed[] =
    noCrossCheck(site.settlementPoint) === undefined
      ? [{ kind: "dashboard-prices", baseUrl, contact, ...feeds.dashboardPrices }]
      : [];
  return [
    { kind: "mis-sced-lmp", baseUrl, contact, ...feeds.misScedLmp },
    { kind: "mis-settlement-prices", baseUrl, contact, ...feeds.misSettlementPrices },
    ...crossCheck,
    ...grid,
    hashprice.source === "constant"
      ? { kind: "hashprice-constant", usdPerPhDay: hashprice.usdPerPhDay, pollEverySeconds: hashprice.pollEverySeconds }
      : {
          kind: "hashprice-file",
          path: resolve(dirname(file), hashprice.path),
          pollEverySeconds: hashprice.pollEverySeconds,
        },
  ];
}
