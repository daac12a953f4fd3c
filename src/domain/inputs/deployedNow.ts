import type { GridLevel } from "../market/model.ts";
import { ADDER_STANDS_SECONDS } from "../market/readAdder.ts";
import { addSeconds, type Instant } from "../units/instant.ts";
import { type Deployed, inUseOf } from "./deployed.ts";

/** What feeds, sites and records call the report that says what is deployed. */
export const SCED_ADDERS = "sced-adders";

/** What a site knows of ERCOT's deployments. */
export interface KnownDeployed {
  readonly scedAdders?: { readonly deployed: Deployed & { readonly scedAt: Instant } };
}

/** A deployment as evidence of the grid. */
export interface DeployedNow extends Deployed {
  readonly scedAt: Instant;
  /** The worst level that it corroborates. */
  readonly upTo: GridLevel;
}

/**
 * What ERCOT's newest SCED run says is deployed at a moment, and the worst grid level that a deployment of its kind
 * goes with: ERS in EEA 1, load resources in EEA 2, large load in EEA 3, by the order of ERCOT's emergency procedures.
 * Each may be called on earlier too, so a deployment declares no level: it makes one poll that says one enough, up to
 * that. Undefined where nothing is deployed, or the run is older than an adder stands. Ballast's own rule.
 */
export function deployedNow({ scedAdders }: KnownDeployed, at: Instant): DeployedNow | undefined {
  if (scedAdders === undefined) return undefined;
  const { deployed } = scedAdders;
  const isCurrent = addSeconds(deployed.scedAt, ADDER_STANDS_SECONDS) >= at;
  if (!isCurrent || inUseOf(deployed).length === 0) return undefined;
  const { largeLoadMw, loadResourcesMw } = deployed;
  const isUsed = (mw: number | undefined): boolean => mw !== undefined && mw > 0;
  return { ...deployed, upTo: isUsed(largeLoadMw) ? "eea3" : isUsed(loadResourcesMw) ? "eea2" : "eea1" };
}
