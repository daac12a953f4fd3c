import type { SimMeterSpec } from "../../simulators/meter/meters.ts";
import type { MinerModel, SimMinerSpec } from "../../simulators/miners/model.ts";
import type { Deployment } from "../worker/deployment.ts";

/** House load of a simulated site as a share of its machines' power. */
const HOUSE_SHARE = 0.02;
const SIMULATED_MODELS: readonly MinerModel[] = ["S19k Pro", "S19j Pro", "S21"];

/**
 * The machines and meters of a deployment as simulators: one feeder for each client, the site meter over all of them.
 * @throws Error for a model that no simulator speaks for.
 */
export function simulatedSite(deployment: Deployment): { miners: SimMinerSpec[]; meters: SimMeterSpec[] } {
  const cohorts = new Map(deployment.plan.cohorts.map((cohort) => [cohort.cohortId, cohort]));
  const miners = deployment.machines.map(({ machineId, host, port, cohortId, clientId }): SimMinerSpec => {
    const model = SIMULATED_MODELS.find((one) => one === cohorts.get(cohortId)?.model);
    if (!model)
      throw new Error(
        `Cohort ${cohortId} has machines of model "${cohorts.get(cohortId)?.model}"; simulated are: ` +
          `${SIMULATED_MODELS.join(", ")}.`,
      );
    return { machineId, host, port, model, feederId: clientId };
  });
  const machineKw = deployment.plan.cohorts.reduce(
    (kw, cohort) =>
      kw +
      (cohort.machines * (cohort.modes.find((mode) => mode.modeId === cohort.normalModeId)?.powerW ?? Number.NaN)) /
        1000,
    0,
  );
  const meters = deployment.meters.map(({ meterId, clientId, unitId, registerRolloverWh }): SimMeterSpec => {
    const rolloverWh = registerRolloverWh === undefined ? undefined : BigInt(registerRolloverWh);
    return clientId === undefined
      ? { meterId, unitId, rolloverWh, kind: "site", houseKw: machineKw * HOUSE_SHARE }
      : { meterId, unitId, rolloverWh, kind: "feeder", feederId: clientId };
  });
  return { miners, meters };
}
