import { asDeployment } from "./asDeployment.ts";
import { asReservation } from "./asReservation.ts";
import { coincidentPeak } from "./coincidentPeak.ts";
import { economic } from "./economic.ts";
import { eeaPolicy } from "./eeaPolicy.ts";
import { instruction } from "./instruction.ts";
import { involuntaryShed } from "./involuntaryShed.ts";
import { lockOut } from "./lockOut.ts";
import { operatorOrder } from "./operatorOrder.ts";
import { preAlert } from "./preAlert.ts";
import type { Rule } from "./rule.ts";
import { safetyStop } from "./safetyStop.ts";
import { silence } from "./silence.ts";

/** The rules of the decision. The list's order is the published precedence: the first wins. */
export const RULES = [
  lockOut,
  safetyStop,
  involuntaryShed,
  instruction,
  asDeployment,
  asReservation,
  eeaPolicy,
  operatorOrder,
  preAlert,
  coincidentPeak,
  silence,
  economic,
] as const satisfies readonly Rule[];

/** Why a cohort is where it is. */
export type Reason = (typeof RULES)[number]["reason"];

/** The rule of a reason. @throws RangeError for one that is none. */
export function ruleOf(reason: Reason): Rule {
  const rule: Rule | undefined = RULES.find((one) => one.reason === reason);
  if (rule === undefined) throw new RangeError(`decision: no rule "${reason}"`);
  return rule;
}
