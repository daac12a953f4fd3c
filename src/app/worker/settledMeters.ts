import type { SettledMeter } from "../../domain/settlement/dayFacts.ts";
import { constantKw } from "../../domain/decision/siteKw.ts";
import { plausibleEnergyWh } from "../../domain/verification/plausibleEnergy.ts";
import { plausiblePowerKw } from "../../domain/verification/plausiblePower.ts";
import type { Deployment } from "./deployment.ts";
import { meterKind } from "./registries.ts";

/**
 * The meters of a deployment as settlement reads their registers: where they roll over, and what they can count in a
 * quarter hour.
 */
export function settledMeters(deployment: Deployment): SettledMeter[] {
  return deployment.meters.map(({ meterId, clientId, meter }) => {
    const nameplateW = nameplateBehind(deployment, clientId);
    // A feeder without machines of its client carries what nobody listed: there is no limit to hold it to.
    return {
      meterId,
      clientId,
      rolloverWh: meterKind(meter).rolloverWh(meter),
      ...(nameplateW > 0 && { plausibleMaxWh: plausibleEnergyWh(nameplateW) }),
    };
  });
}

/**
 * Most power that a client's feeder, or the site's own meter, can rightly show, kW; the whole site's where no machine
 * of the client is listed.
 */
export function maxKwOf(deployment: Deployment, clientId: string | undefined): number {
  const nameplateW = nameplateBehind(deployment, clientId);
  const siteW = nameplateBehind(deployment, undefined);
  return plausiblePowerKw(nameplateW > 0 ? nameplateW : siteW);
}

/**
 * W at a meter of every machine behind it, each in its highest mode: of a client's machines as its feeder meters them,
 * of all machines with the whole site's cooling and losses, its firm and its house load.
 */
function nameplateBehind({ plan }: Deployment, clientId: string | undefined): number {
  const restW = clientId === undefined ? constantKw(plan) * 1000 : 0;
  return plan.cohorts
    .filter((cohort) => clientId === undefined || cohort.clientId === clientId)
    .reduce((sumW, cohort) => {
      const atMeter = clientId === undefined ? plan.pue : (cohort.feederPue ?? plan.pue);
      return sumW + cohort.machines * Math.max(...cohort.modes.map((mode) => mode.powerW)) * atMeter;
    }, restW);
}
