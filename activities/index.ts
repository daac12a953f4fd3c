import { answerActivities } from "./answer.ts";
import { type CommandDeps, commandActivities } from "./command.ts";
import { type ConfigurationDeps, configurationActivities } from "./configuration.ts";
import { type DecisionDeps, decisionActivities } from "./decision.ts";
import { type DispatchDeps, dispatchActivities } from "./dispatch.ts";
import { type EvidenceDeps, evidenceActivities } from "./evidence.ts";
import { type FreezeDeps, freezeActivities } from "./freeze.ts";
import { type MarketDeps, marketActivities } from "./market.ts";
import { type OperatorDeps, operatorActivities } from "./operator.ts";
import { type RegisterDeps, registerActivities } from "./registers.ts";
import { type RetirementDeps, retirementActivities } from "./retirement.ts";
import { type SafetyStopDeps, safetyStopActivities } from "./safetyStop.ts";
import { type SettlementDeps, settlementActivities } from "./settlement.ts";
import { type StatementDeps, statementActivities } from "./statement.ts";
import { type SurveyDeps, surveyActivities } from "./survey.ts";
import { type UntakenDeps, untakenActivities } from "./untaken.ts";
import { type VerificationDeps, verificationActivities } from "./verification.ts";

/** What a process needs that reaches the machines and meters of sites. */
export type SiteActivityDeps = DispatchDeps & CommandDeps & SurveyDeps & VerificationDeps & RegisterDeps;

export type ActivityDeps = SiteActivityDeps &
  MarketDeps &
  OperatorDeps &
  ConfigurationDeps &
  FreezeDeps &
  SafetyStopDeps &
  DecisionDeps &
  UntakenDeps &
  RetirementDeps &
  SettlementDeps &
  StatementDeps &
  EvidenceDeps;

/** The activities that touch a site's own machines and meters, and what ends a dispatch. */
export function createSiteActivities(deps: SiteActivityDeps) {
  return {
    ...answerActivities(),
    ...dispatchActivities(deps),
    ...commandActivities(deps),
    ...surveyActivities(deps),
    ...verificationActivities(deps),
    ...registerActivities(deps),
  };
}

/** Every activity of every stage, over the ports that the composition root hands in. */
export function createActivities(deps: ActivityDeps) {
  return {
    ...marketActivities(deps),
    ...operatorActivities(deps),
    ...configurationActivities(deps),
    ...freezeActivities(deps),
    ...safetyStopActivities(deps),
    ...decisionActivities(deps),
    ...createSiteActivities(deps),
    ...untakenActivities(deps),
    ...retirementActivities(deps),
    ...settlementActivities(deps),
    ...statementActivities(deps),
    ...evidenceActivities(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;
