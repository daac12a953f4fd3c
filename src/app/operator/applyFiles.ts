import { createPool } from "../../adapters/postgres/pool.ts";
import { postgresDecisionStore } from "../../adapters/postgres/decisionStore.ts";
import { isBook } from "../../config/book.ts";
import { operatingDayOf } from "../../domain/market/calendar.ts";
import { instantFromMs } from "../../domain/units/instant.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { hasBegunApply } from "../system/begunApply.ts";
import { applyEach, bookChanges, holdings, type OpenChange, type SiteChange } from "../system/bookChanges.ts";
import { readRunFile, siteOf } from "../system/runFolder.ts";
import { ensureSchedules } from "../system/schedules.ts";
import type { RunFile } from "../system/system.ts";
import { centralTime } from "../timeText.ts";
import { loadBook, type LoadedBook } from "../worker/loadBook.ts";
import { applyDeployment, concludeBegun } from "./applyDeployment.ts";
import { changeOperators, operatorsFile, readOperators } from "../worker/operatorList.ts";
import { operatorChanges } from "./bookOperators.ts";
import type { Operator } from "./operatorKeyFile.ts";
import { asOperator, type OperatorOptions } from "./operatorLink.ts";

/** A site's file or a book's folder, and the data folder of what runs. */
export interface AppliedFiles {
  readonly path: string;
  readonly dir: string;
  readonly say: (line: string) => void;
}

/** One site for a script: what differs, why it cannot be applied, and what became of it. */
export interface AppliedSite {
  readonly siteId: string;
  readonly differences: readonly string[];
  readonly problem?: string;
  readonly applied?: boolean;
  readonly text?: string;
}

/** Whether what is written is what runs, and each site. */
export interface AppliedBook {
  readonly isSame: boolean;
  readonly sites: readonly AppliedSite[];
  /** How what operators may do differs, a line for each; none where the files say nothing of it. */
  readonly operators: readonly string[];
}

/**
 * How the files differ from what runs; nothing is changed.
 * @throws ConfigError for a file that cannot be used; CommandError 1 for a site that cannot take its file, 2 for
 * another book or a site that does not run
 */
export async function changesOfFiles(files: AppliedFiles): Promise<AppliedBook> {
  const { dir, say } = files;
  readRunFile(dir); // whether anything runs comes before what is wrong with the files
  const loaded = load(files);
  const { changes, isWhole } = await look(files, loaded);
  if (hasBegunApply(dir)) say("An apply is under way, or was cut off: the next with --yes finds out and says.");
  for (const line of changes.flatMap((one) => changeLines(one, isWhole))) say(line);
  const operators = operatorLines(files, loaded, files.path);
  for (const line of [...operators.lines, ...operators.notes]) say(line);
  const isOpen = changes.some(({ deployment }) => deployment !== undefined) || operators.lines.length > 0;
  if (isOpen) say("Nothing is applied without --yes.");
  const sites = changes.map(({ siteId, lines, problem }) => ({ siteId, differences: lines, problem }));
  const isSame = changes.every(isSettled) && operators.lines.length === 0;
  return { isSame, sites, operators: operators.lines };
}

/**
 * Applies the files site by site. Of a book, what one site refuses is told and stops no other.
 * @throws as `changesOfFiles`, what `asOperator` throws, and for a single site what `applyDeployment` throws
 */
export async function applyFiles(
  files: AppliedFiles,
  asked: OperatorOptions & { readonly reason: string },
): Promise<AppliedBook> {
  const { dir, say } = files;
  const [first] = readRunFile(dir).deployments;
  const loaded = load(files);
  const site = isBook(files.path) ? first : loaded.book.deployments[0];
  const as = { ...asked, run: dir, site: site?.plan.siteId, isOfBook: true as const };
  return asOperator(as, "apply a configuration", async ({ link: { client, clock }, linkTo, operator, signal }) => {
    await concludeBegun(dir, say);
    const { changes, isWhole, run } = await look(files, loaded);
    for (const line of changes.flatMap((one) => changeLines(one, isWhole))) say(line);
    const open = changes.flatMap(({ deployment, ...rest }) =>
      deployment === undefined ? [] : [{ ...rest, deployment }],
    );
    const apply = async ({ siteId, deployment }: OpenChange): Promise<string> => {
      const brought = { deployment, reason: asked.reason, say, signal };
      const { planHash, effectiveAt } = await applyDeployment(dir, linkTo(siteId), brought);
      if (run.clock.kind === "real") await ensureSchedules(client, run.bookId, deployment);
      return `plan ${planHash} is in force from ${centralTime(effectiveAt)} Central on`;
    };
    const held = holdings(run, await clock.now());
    const outcomes = await applyEach(open, held, apply, signal, (siteId, outcome) => {
      if (!isWhole && outcome.error !== undefined) throw outcome.error;
      const line = isWhole ? `${siteId}: ${outcome.text}` : outcome.text;
      if (outcome.error === undefined) say(line);
      else process.stderr.write(`ballast: ${line}\n`);
    });
    const operators = applyOperators(files, loaded, operator);
    const sites = changes.map(({ siteId, lines, problem }): AppliedSite => {
      const outcome = outcomes.get(siteId);
      const became = outcome === undefined ? {} : { applied: outcome.error === undefined, text: outcome.text };
      return { siteId, differences: lines, problem, ...became };
    });
    const left = sites.filter(({ problem, applied }) => problem !== undefined || applied === false);
    if (isWhole) say(`${sites.length - left.length} of ${sites.length} sites run as the book says.`);
    return { isSame: left.length === 0 && operators.isSame, sites, operators: operators.lines };
  });
}

/** Brings what the book says of its operators to the keys. An operator of some sites may not say who may what. */
function applyOperators(
  { dir, say }: AppliedFiles,
  { operators }: LoadedBook,
  operator: Operator,
): { readonly isSame: boolean; readonly lines: readonly string[] } {
  if (operators === undefined) return { isSame: true, lines: [] };
  const list = operatorsFile(dir);
  const { lines } = operatorChanges(readOperators(list), operators);
  if (lines.length === 0) return { isSame: true, lines };
  if (operator.sites !== undefined) {
    process.stderr.write(`ballast: operators: not applied: ${operator.actor} is an operator of some sites alone\n`);
    return { isSame: false, lines };
  }
  changeOperators(list, (keys) => operatorChanges(keys, operators).keys);
  for (const line of lines) say(line);
  return { isSame: true, lines };
}

/** What the keys of a run would become by the book, and who has none yet. */
function operatorLines({ dir }: AppliedFiles, { operators }: LoadedBook, path: string) {
  if (operators === undefined) return { lines: [], notes: [] };
  const { lines, withoutKey } = operatorChanges(readOperators(operatorsFile(dir)), operators);
  const notes = withoutKey.map(
    (actor) => `operator ${actor} has no key yet: ballast operator add --actor ${actor} --book ${path}`,
  );
  return { lines, notes };
}

function load({ path }: AppliedFiles): LoadedBook {
  return loadBook(path, operatingDayOf(instantFromMs(Date.now())));
}

/** What differs between the files and the run, as both stand. */
async function look(
  { path, dir }: AppliedFiles,
  loaded: LoadedBook,
): Promise<{ readonly changes: readonly SiteChange[]; readonly isWhole: boolean; readonly run: RunFile }> {
  const run = readRunFile(dir);
  const isWhole = isBook(path);
  const { bookId, deployments } = loaded.book;
  if (isWhole && bookId !== run.bookId)
    throw new CommandError(ExitCode.unusable, `${path} is book ${bookId}, and here runs ${run.bookId}`);
  const running = isWhole ? run : { ...run, deployments: deployments.map(({ plan }) => siteOf(run, plan.siteId)) };
  const decidedBy = await plansDecidedBy(run);
  const changes = bookChanges(running, loaded, path, decidedBy);
  const problem = isWhole ? undefined : changes.find((one) => one.problem !== undefined)?.problem;
  if (problem !== undefined) throw new CommandError(ExitCode.no, problem);
  return { changes, isWhole, run };
}

function isSettled({ deployment, problem }: SiteChange): boolean {
  return deployment === undefined && problem === undefined;
}

/** A site's change for a person; in a book under the site's name. */
function changeLines({ siteId, lines, problem, decidesBy }: SiteChange, isWhole: boolean): string[] {
  const head = (text: string): string => (isWhole ? `${siteId}: ${text}` : text);
  if (problem !== undefined) return [...lines.map((line) => `  ${line}`), head(problem)];
  if (decidesBy !== undefined) return [head(`the worker has the file, the site still decides by plan ${decidesBy}`)];
  if (lines.length === 0) return [head(isWhole ? "runs as its file says" : "The file is what the site runs with.")];
  return isWhole ? [head("differs"), ...lines.map((line) => `  ${line}`)] : [...lines];
}

/** Hash of the plan of each site's newest decision; a site before its first is not in it. */
async function plansDecidedBy({ appDatabaseUrl, deployments }: RunFile): Promise<ReadonlyMap<string, string>> {
  const pool = createPool(appDatabaseUrl, 1);
  try {
    const store = postgresDecisionStore(pool);
    const plans = new Map<string, string>();
    for (const { plan } of deployments) {
      const newest = await store.latest(plan.siteId);
      if (newest !== undefined) plans.set(plan.siteId, newest.planHash);
    }
    return plans;
  } finally {
    await pool.end();
  }
}
