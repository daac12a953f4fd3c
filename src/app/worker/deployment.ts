import type { SiteCosts } from "../../domain/decision/productionCost.ts";
import type { SitePlan } from "../../domain/decision/model.ts";
import type { Machine } from "../../domain/dispatch/model.ts";
import type { Contract, Supply } from "../../domain/settlement/model.ts";
import type { DispatchSettings } from "../../../workflows/contracts.ts";
import type { ConfiguredContact, ConfiguredMeter, DeployedFeed } from "./registries.ts";
import type { StopInput } from "../../domain/inputs/stopContact.ts";

/** One site as the workers run it: the configuration in the domain's own terms. */
export interface Deployment {
  readonly plan: SitePlan;
  readonly planHash: string;
  readonly machines: readonly Machine[];
  readonly meters: readonly DeployedMeter[];
  readonly contracts: readonly Contract[];
  readonly supply: Supply;
  /** Beside power; absent where the configuration says none. */
  readonly costs?: SiteCosts;
  readonly feeds: readonly DeployedFeed[];
  /** PRC in MW under which a Watch is due; absent before such a figure was in force. */
  readonly watchBelowMw?: number;
  readonly dispatch: DispatchSettings;
  /** Machines talked to at a time. */
  readonly fleetConcurrency: number;
  /** Machines and meters are reached by a process at the site alone, its gateway. */
  readonly hasGateway?: true;
  /** Contacts that stop machines for safety; absent where there are none. */
  readonly stopInputs?: readonly DeployedStopInput[];
}

/** A contact that stops machines for safety. */
export interface DeployedStopInput extends StopInput {
  /** How it is read. */
  readonly contact: ConfiguredContact;
}

export interface DeployedMeter {
  readonly meterId: string;
  /** Absent for the site's own meter. */
  readonly clientId?: string;
  /** How it is read. */
  readonly meter: ConfiguredMeter;
}

/** The meter whose power proves a site's megawatts. @throws Error when the deployment has none. */
export function siteMeterOf(deployment: Deployment): DeployedMeter {
  const meter = deployment.meters.find((one) => one.clientId === undefined);
  if (!meter) throw new Error(`Site ${deployment.plan.siteId} has no site meter in its configuration.`);
  return meter;
}
