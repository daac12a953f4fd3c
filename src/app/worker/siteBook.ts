import type { BookedSite, SiteBook } from "../../ports/siteBook.ts";
import type { SettlementTerms } from "../../domain/settlement/terms.ts";
import { type Deployment, siteMeterOf } from "./deployment.ts";
import { metersOf } from "./outside.ts";
import { settledMeters } from "./settledMeters.ts";

/**
 * The book of these sites; `onError` is told why a meter's reading is missing.
 * @throws Error for a meter model without a register map, or a site without a meter of its own
 */
export function siteBookOf(
  deployments: readonly Deployment[],
  onError: (siteId: string, meterId: string, error: Error) => void,
): SiteBook {
  return new Map(
    deployments.map((deployment): [string, BookedSite] => {
      const { plan, meters } = deployment;
      return [
        plan.siteId,
        {
          plan,
          siteMeterId: siteMeterOf(deployment).meterId,
          meterIds: meters.map(({ meterId }) => meterId),
          meters: metersOf(deployment, (meterId, error) => onError(plan.siteId, meterId, error)),
          terms: settledSite(deployment),
        },
      ];
    }),
  );
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
