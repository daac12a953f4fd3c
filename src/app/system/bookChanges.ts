import { settlementPointProblem } from "../../domain/decision/settlementPointProblem.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import { dayEnd, operatingDayOf } from "../../domain/market/calendar.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { type Book, inService, retiredText } from "../worker/book.ts";
import type { Deployment } from "../worker/deployment.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { clashProblem, type LoadedBook } from "../worker/loadBook.ts";
import { deploymentChanges } from "./deploymentChanges.ts";

/** How a site as its file says differs from what runs. */
export interface SiteChange {
  readonly siteId: string;
  /** As the file says, where there is something to apply. */
  readonly deployment?: Deployment;
  /** What differs, a line each. */
  readonly lines: readonly string[];
  /** The plan that the site still decides by, where the worker has the file's already. */
  readonly decidesBy?: string;
  /** Why the file cannot be applied, and what to do. */
  readonly problem?: string;
}

/** A change that can be applied. */
export type OpenChange = SiteChange & { readonly deployment: Deployment };

/**
 * How each site of the files differs from what runs, in the files' order, then the sites that they no longer name.
 * `path`: the files, for what a person is told to do. `decidedBy`: hash of the plan of each site's newest decision.
 */
export function bookChanges(
  { deployments: running, retired = [] }: Pick<Book, "deployments" | "retired">,
  { book, broken }: Pick<LoadedBook, "book" | "broken">,
  path: string,
  decidedBy: ReadonlyMap<string, string>,
): readonly SiteChange[] {
  const named = new Set([...book.deployments.map(({ plan }) => plan.siteId), ...broken.map(({ siteId }) => siteId)]);
  const unnamed = inService({ deployments: running, retired }).filter(({ plan }) => !named.has(plan.siteId));
  const gone = new Map(retired.map((one) => [one.siteId, `${retiredText(one)}; what differs is not applied`]));
  return [
    ...book.deployments.map((file): SiteChange => {
      const change = siteChange(running, file, path, decidedBy);
      const problem = gone.get(change.siteId);
      if (problem === undefined) return change;
      const { siteId, lines } = change;
      return lines.length > 0 ? { siteId, lines, problem } : { siteId, lines };
    }),
    ...broken.map(({ siteId, problem }) => {
      const stays = running.some(({ plan }) => plan.siteId === siteId) ? "stays as it is" : "does not run";
      return { siteId, lines: [], problem: `${stays}: ${problem}` };
    }),
    ...unnamed.map(({ plan: { siteId } }) => {
      const command = `ballast site retire ${siteId} --yes --reason <why>`;
      const problem = `runs, and the book does not name it; take it out: ${command}`;
      return { siteId, lines: [], problem };
    }),
  ];
}

function siteChange(
  running: readonly Deployment[],
  file: Deployment,
  path: string,
  decidedBy: ReadonlyMap<string, string>,
): SiteChange {
  const { siteId } = file.plan;
  const inForce = running.find(({ plan }) => plan.siteId === siteId);
  if (inForce === undefined) {
    const problem = `is new and does not run; take it in: ballast site add ${siteId} ${path} --reason <why>`;
    return { siteId, lines: [], problem };
  }
  const lines = deploymentChanges(inForce, file);
  const problem = settlementPointProblem(inForce.plan, file.plan);
  if (problem !== undefined) return { siteId, lines, problem };
  if (lines.length > 0) return { siteId, lines, deployment: file };
  const decidesBy = decidedBy.get(siteId);
  if (decidesBy === undefined || decidesBy === file.planHash) return { siteId, lines };
  return { siteId, lines, decidesBy, deployment: file };
}

/**
 * The sites of a run as far as they hold at `at` what only one may have: machines of a retired site are free, its
 * meters once its last day is over, its contracts never.
 */
export function holdings(run: Pick<Book, "deployments" | "retired">, at: Instant): readonly Deployment[] {
  const retiredAt = new Map(run.retired?.map((one) => [one.siteId, one.at]));
  return run.deployments.map((one) => {
    const left = retiredAt.get(one.plan.siteId);
    if (left === undefined) return one;
    const isMetered = at < dayEnd(operatingDayOf(left));
    return { ...one, machines: [], meters: isMetered ? one.meters : [] };
  });
}

/** What became of a site's change, for a person; with the error of one that was not applied. */
export interface ChangeOutcome {
  readonly text: string;
  readonly error?: unknown;
}

/**
 * Applies changes one site after another; what one site refuses stops no other. A site that would have a machine, a
 * meter or a contract which another has in force waits for that one's change, and is refused where none lets go of it.
 * `tell` hears of each as it is known. @throws what `apply` throws once `signal` has aborted; what `tell` throws
 */
export async function applyEach(
  changes: readonly OpenChange[],
  running: readonly Deployment[],
  apply: (change: OpenChange) => Promise<string>,
  signal: AbortSignal,
  tell: (siteId: string, outcome: ChangeOutcome) => void,
): Promise<ReadonlyMap<string, ChangeOutcome>> {
  const outcomes = new Map<string, ChangeOutcome>();
  const inForce = new Map(running.map((one) => [one.plan.siteId, one]));
  const clash = ({ siteId, deployment }: OpenChange): string | undefined =>
    clashProblem(
      deployment,
      [...inForce.values()].filter(({ plan }) => plan.siteId !== siteId),
    );
  const ended = (siteId: string, outcome: ChangeOutcome): void => {
    outcomes.set(siteId, outcome);
    tell(siteId, outcome);
  };
  let waiting = [...changes];
  while (waiting.length > 0) {
    const next = waiting.find((one) => clash(one) === undefined);
    if (next === undefined) break;
    waiting = waiting.filter((one) => one !== next);
    const outcome: ChangeOutcome = await apply(next).then(
      (text) => ({ text }),
      (error: unknown) => {
        if (signal.aborted) throw error;
        return { text: `not applied: ${thrownText(error)}`, error };
      },
    );
    if (outcome.error === undefined) inForce.set(next.siteId, next.deployment);
    ended(next.siteId, outcome);
  }
  for (const one of waiting) {
    const text = `not applied: it ${clash(one)}, and that is in force; apply that site without it first`;
    ended(one.siteId, { text, error: new CommandError(ExitCode.no, text) });
  }
  return outcomes;
}
