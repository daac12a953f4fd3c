import { isInstant } from "../units/instant.ts";
import type { Instant } from "../units/instant.ts";
import type { SitePlan } from "./model.ts";
import { ORDER_REASON_CHARS_MAX } from "./orderProblem.ts";
import { settlementPointProblem } from "./settlementPointProblem.ts";

/** A new plan for a site, asked for by a person. */
export interface Configuration {
  readonly id: string;
  /** Market time at which it was asked for. */
  readonly at: Instant;
  readonly plan: SitePlan;
  readonly planHash: string;
  /** What differs from the plan before, a line each, for a person. */
  readonly diff: readonly string[];
  readonly actor: string;
  readonly reason: string;
  readonly effectiveAt: Instant;
}

const DIFF_LINES_MAX = 500;
const CHARS_MAX = 600_000;

/**
 * Why a configuration cannot be taken, for whoever sent it; undefined when it can. Takes whatever a sender may send: no
 * value makes it throw. Whether the plan is that of its hash is not seen here.
 */
export function configureProblem(current: SitePlan, request: unknown): string | undefined {
  if (typeof request !== "object" || request === null) return "expected a configuration with plan, planHash and reason";
  const { id, at, plan, planHash, diff, actor, reason, effectiveAt } = request as Partial<Configuration>;
  const texts = { id, planHash, actor, reason };
  for (const [name, text] of Object.entries(texts)) {
    if (typeof text !== "string" || text.trim() === "") return `a configuration needs ${name}`;
    if (text.length > ORDER_REASON_CHARS_MAX) return `${name} is longer than ${ORDER_REASON_CHARS_MAX} characters`;
  }
  for (const [name, moment] of Object.entries({ at, effectiveAt })) {
    if (typeof moment !== "string" || !isInstant(moment))
      return `${name} is no moment; expected an instant such as 2026-08-18T22:05:11.000Z`;
  }
  if (!Array.isArray(diff) || diff.length > DIFF_LINES_MAX || !diff.every((line) => typeof line === "string"))
    return `diff: expected at most ${DIFF_LINES_MAX} lines of text`;
  if (typeof plan !== "object" || plan === null || !Array.isArray(plan.cohorts) || plan.cohorts.length === 0)
    return "the plan has no cohorts";
  if (plan.siteId !== current.siteId)
    return `the plan is of site ${String(plan.siteId).slice(0, 100)}, this is ${current.siteId}`;
  const point = settlementPointProblem(current, plan);
  if (point !== undefined) return point;
  const settings = dispatchProblem((request as { readonly dispatch?: unknown }).dispatch);
  if (settings !== undefined) return settings;
  const chars = JSON.stringify(request).length;
  return chars > CHARS_MAX ? `the configuration has ${chars} characters, at most ${CHARS_MAX} are kept` : undefined;
}

const DISPATCH_SETTINGS = [
  "batchSize",
  "deadlineSeconds",
  "settleDownSeconds",
  "settleUpSeconds",
  "redrivesMax",
  "abandonedControlSeconds",
];

/** The next run drives its machines by these: one that is missing would end it. */
function dispatchProblem(dispatch: unknown): string | undefined {
  if (typeof dispatch !== "object" || dispatch === null) return "a configuration needs dispatch, its settings";
  const values = dispatch as Readonly<Record<string, unknown>>;
  const bad = DISPATCH_SETTINGS.find((name) => {
    const value = values[name];
    return typeof value !== "number" || !Number.isFinite(value) || value < (name === "batchSize" ? 1 : 0);
  });
  return bad === undefined
    ? undefined
    : `dispatch.${bad}: expected a number that is not negative, batchSize at least 1`;
}
