import { thrownText } from "../../domain/units/foreignText.ts";
import type { BookedSite, SiteBook } from "../../ports/siteBook.ts";
import type { SettlementTerms } from "../../domain/settlement/dayTerms.ts";
import type { Retirement } from "../../ports/retirements.ts";
import { type Deployment, siteMeterOf } from "./deployment.ts";
import { feedsOf } from "./feeds.ts";
import { fleetOf, metersOf } from "./outside.ts";
import { settledMeters } from "./settledMeters.ts";

/** A site that a process cannot serve as it is configured, and why. */
export interface UnservedSite {
  readonly siteId: string;
  readonly problem: string;
}

/**
 * Which of these sites a process can serve: each is tried by itself, so that one with a driver, meter or feed that does
 * not exist costs the others nothing.
 */
export function servableSites(deployments: readonly Deployment[]): {
  readonly served: readonly Deployment[];
  readonly unserved: readonly UnservedSite[];
} {
  const problems = new Map(deployments.map((deployment) => [deployment, problemOf(deployment)]));
  return {
    served: deployments.filter((deployment) => problems.get(deployment) === undefined),
    unserved: deployments.flatMap((deployment) => {
      const problem = problems.get(deployment);
      return problem === undefined ? [] : [{ siteId: deployment.plan.siteId, problem }];
    }),
  };
}

/** A book whose meters are connected to as they are read; `close` ends that. */
export interface OpenSiteBook extends SiteBook {
  close(): void;
}

/**
 * The book of these sites; `onError` is told why a meter's reading is missing.
 * @throws Error for a meter model without a register map, or a site without a meter of its own
 */
export function siteBookOf(
  deployments: readonly Deployment[],
  onError: (siteId: string, meterId: string, error: Error) => void,
  retired: readonly Retirement[] = [],
): OpenSiteBook {
  const opened: { close(): void }[] = [];
  const sites = new Map(
    deployments.map((deployment): [string, BookedSite] => {
      const { plan, meters } = deployment;
      const read = metersOf(deployment, (meterId, error) => onError(plan.siteId, meterId, error));
      opened.push(read);
      return [
        plan.siteId,
        {
          plan,
          siteMeterId: siteMeterOf(deployment).meterId,
          meterIds: meters.map(({ meterId }) => meterId),
          meters: read,
          terms: settledSite(deployment),
          retiredAt: retired.find(({ siteId }) => siteId === plan.siteId)?.at,
        },
      ];
    }),
  );
  return {
    get: (siteId) => sites.get(siteId),
    keys: () => sites.keys(),
    close: () => opened.forEach((meters) => meters.close()),
  };
}

/** What the money of a deployment's site follows from. */
export function settledSite(deployment: Deployment): SettlementTerms {
  const { plan, contracts, supply } = deployment;
  return {
    settlementPoint: plan.settlementPoint,
    settlementPointType: plan.settlementPointType,
    contracts,
    supply,
    meters: settledMeters(deployment),
  };
}

function problemOf(deployment: Deployment): string | undefined {
  try {
    siteBookOf([deployment], () => undefined);
    fleetOf([deployment]);
    feedsOf(deployment);
    return undefined;
  } catch (error) {
    return thrownText(error);
  }
}
