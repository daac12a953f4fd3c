import { type EvidenceDeps, evidenceActivities } from "./evidence.ts";
import { type FleetDeps, fleetActivities } from "./fleet.ts";
import { type MarketDeps, marketActivities } from "./market.ts";
import { type OperatorDeps, operatorActivities } from "./operator.ts";
import { type RegisterDeps, registerActivities } from "./registers.ts";
import { type SettlementDeps, settlementActivities } from "./settlement.ts";
import { type SiteDeps, siteActivities } from "./site.ts";
import { type StatementDeps, statementActivities } from "./statement.ts";

export type ActivityDeps = MarketDeps &
  SiteDeps &
  FleetDeps &
  RegisterDeps &
  SettlementDeps &
  StatementDeps &
  EvidenceDeps &
  OperatorDeps;

/** Every activity of every stage, over the ports that the composition root hands in. */
export function createActivities(deps: ActivityDeps) {
  return {
    ...marketActivities(deps),
    ...siteActivities(deps),
    ...fleetActivities(deps),
    ...registerActivities(deps),
    ...settlementActivities(deps),
    ...statementActivities(deps),
    ...evidenceActivities(deps),
    ...operatorActivities(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;
