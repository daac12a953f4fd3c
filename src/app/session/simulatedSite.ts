import type { SimMeterSpec } from "../../simulators/meter/meters.ts";
import type { MinerModel, SimMinerSpec } from "../../simulators/miners/model.ts";
import type { Deployment } from "../worker/deployment.ts";

/** Mean of offices and lights of a simulated site as a share of its machines' power. */
const HOUSE_SHARE = 0.02;
/** Lost between feeders and site meter, as a share of what flows. */
const LOSS_SHARE = 0.008;
const SIMULATED_MODELS: readonly MinerModel[] = ["S19k Pro", "S19j Pro", "S21"];

/**
 * The machines and meters of a deployment as simulators: one feeder for each client, the site meter over all of them.
 * What the site's factor says of cooling and losses is what the site meter sees; of it the losses arise before the site
 * meter, a feeder shows the cooling that its own factor says, and the rest of the cooling hangs on the site's supply.
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
  const { behindFeeder, everywhere } = coolingShares(deployment);
  const meters = deployment.meters.map(({ meterId, clientId, meter }): SimMeterSpec => {
    const { unit: unitId, registerRolloverWh } = meter;
    const rolloverWh = registerRolloverWh === undefined ? undefined : BigInt(registerRolloverWh);
    return clientId === undefined
      ? { meterId, unitId, rolloverWh, kind: "site", houseKw: machineKw * HOUSE_SHARE, ...everywhere }
      : { meterId, unitId, rolloverWh, kind: "feeder", feederId: clientId, coolingShare: behindFeeder[clientId] };
  });
  return { miners, meters };
}

/**
 * The machines and meters of several sites in one world: ids and feeders carry their site, and a site meter is over its
 * own feeders alone. One site keeps its plain ids. @throws Error as `simulatedSite` does
 */
export function simulatedBook(deployments: readonly Deployment[]): ReturnType<typeof simulatedSite> {
  const [only, ...others] = deployments;
  if (only !== undefined && others.length === 0) return simulatedSite(only);
  const sites = deployments.map((deployment) => {
    const { siteId } = deployment.plan;
    const own = (id: string): string => simulatedId(siteId, id);
    const { miners, meters } = simulatedSite(deployment);
    const feederIds = [...new Set(miners.map(({ feederId }) => own(feederId)))];
    return {
      miners: miners.map((one) => ({ ...one, machineId: own(one.machineId), feederId: own(one.feederId) })),
      meters: meters.map((one): SimMeterSpec => {
        const meterId = own(one.meterId);
        if (one.kind === "feeder") return { ...one, meterId, feederId: own(one.feederId) };
        const coolingShares = Object.entries(one.coolingShares ?? {}).map(([id, share]) => [own(id), share] as const);
        return { ...one, meterId, feederIds, coolingShares: Object.fromEntries(coolingShares) };
      }),
    };
  });
  return { miners: sites.flatMap(({ miners }) => miners), meters: sites.flatMap(({ meters }) => meters) };
}

/** What a meter or machine of a site is called in a world of several sites. */
export function simulatedId(siteId: string, id: string): string {
  return `${siteId}/${id}`;
}

/** Cooling by client as a share of machine power: on its feeder, and all of it. */
function coolingShares({ plan }: Deployment): {
  behindFeeder: Readonly<Record<string, number>>;
  everywhere: { readonly lossShare: number; readonly coolingShares: Readonly<Record<string, number>> };
} {
  const ofSite = plan.pue / (1 + LOSS_SHARE) - 1;
  const behindFeeder = Object.fromEntries(
    plan.cohorts.map(({ clientId, feederPue }) => [clientId, (feederPue ?? plan.pue) - 1]),
  );
  const everywhere = Object.fromEntries(
    Object.entries(behindFeeder).map(([clientId, share]) => [clientId, Math.max(share, ofSite)]),
  );
  return { behindFeeder, everywhere: { lossShare: LOSS_SHARE, coolingShares: everywhere } };
}
