import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pLimit from "p-limit";
import pc from "picocolors";
import { postgresDecisionStore } from "../../adapters/postgres/decisionStore.ts";
import { postgresSiteRecords } from "../../adapters/postgres/siteRecords.ts";
import type { DecisionRecord } from "../../domain/decision/model.ts";
import type { AuditVerdict } from "../../domain/evidence/model.ts";
import { dayEnd } from "../../domain/market/calendar.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import { addSeconds } from "../../domain/units/instant.ts";
import { auditBundle } from "../../replay/audit.ts";
import { auditParsers } from "../evidence/auditParsers.ts";
import { buildId } from "../buildId.ts";
import { type Book, bookOfOne } from "../worker/book.ts";
import type { Deployment } from "../worker/deployment.ts";
import { exportBundle } from "../evidence/evidenceBundle.ts";
import { type LocalBookRun, startLocalBook } from "./localRun.ts";
import { type MarketDayResult, marketStart, runBookDay, type ScriptedAction, type TellWatcher } from "./marketDay.ts";
import { folderSigningKey } from "../worker/signingKey.ts";
import { onThisMachine } from "./onThisMachine.ts";
import { simulatedBook } from "./simulatedSite.ts";
import type { WorldSettings } from "./world.ts";
import { writeStatements } from "./statementFiles.ts";
import { HEADING } from "./runLines.ts";
import { watchRun } from "./watchRun.ts";
import { siteMeterOf } from "../worker/deployment.ts";

/** An audit replays a day's histories in a process of its own: one for each core of a small machine. */
const AUDITS_AT_ONCE = 2;
const WORKFLOWS = fileURLToPath(new URL("../../../workflows/index.ts", import.meta.url));

export interface BookSessionOptions {
  readonly dataDir: string;
  readonly book: Book;
  readonly day: OperatingDay;
  readonly prices: WorldSettings["prices"];
  readonly speed: number | null;
  readonly paces?: WorldSettings["paces"];
  readonly seed: number;
  readonly faults?: WorldSettings["faults"];
  readonly breakerTrips?: WorldSettings["breakerTrips"];
  /** What happens beside the market, once everything runs: an operator's order, an instruction. */
  readonly script?: (run: LocalBookRun, tell: TellWatcher) => readonly ScriptedAction[];
  /** Lines for a person while the day goes by. */
  readonly print: (line: string) => void;
}

/** A session of one site that runs by itself. */
export interface MarketSessionOptions extends Omit<BookSessionOptions, "book"> {
  readonly deployment: Deployment;
}

export interface MarketSession extends MarketDayResult {
  readonly decisions: readonly DecisionRecord[];
  /** Folder of the statements: text, lines and intervals of each. */
  readonly statementsDir: string;
  readonly bundleDir: string;
  /** Head of the site's chain of runs, as it was told to the person before the audit. */
  readonly head: string;
  readonly publicKeyFile: string;
  readonly verdict: AuditVerdict;
}

/**
 * One operating day of a book of sites from the first price to the auditor's verdict on each, against simulated
 * parties, on the paced clock; in the order of the book.
 */
export async function bookSession(options: BookSessionOptions): Promise<readonly MarketSession[]> {
  const { dataDir, day, prices, speed, paces, seed, faults, breakerTrips, print } = options;
  const deployments = onThisMachine(options.book.deployments);
  const book = { ...options.book, deployments };
  for (const { plan, stopInputs = [] } of options.book.deployments)
    for (const { inputId, name } of stopInputs)
      print(`Note: ${inputId} (${name}) of ${plan.siteId} is not read: nobody stands in for a contact`);
  const run = await startLocalBook({
    dataDir,
    book,
    // The same day run again in the same folder is a new run: its papers replace the old run's.
    replaces: deployments.flatMap(({ plan }) => Object.values(papersOf(plan.siteId, day))),
    onProgress: print,
    world: {
      startAt: marketStart(day),
      speed,
      paces,
      prices,
      seed,
      faults,
      breakerTrips,
      ...simulatedBook(deployments),
    },
  });
  try {
    print(pc.dim(headingOf(book)));
    const watches = deployments.map((deployment) =>
      watchRun(
        postgresSiteRecords(run.pool),
        deployment.plan,
        siteMeterOf(deployment).meterId,
        linesOf(book, deployment, print),
      ),
    );
    const tell: TellWatcher = (siteId, line) => print(`${siteColumn(book, siteId)}${line}`);
    const results = await runBookDay(run, day, options.script?.(run, tell)).finally(() =>
      Promise.all(watches.map((stop) => stop())),
    );
    const atOnce = pLimit(AUDITS_AT_ONCE);
    return await Promise.all(
      results.map((result, i) => atOnce(() => audited(run, run.book.deployments[i] as Deployment, result, options))),
    );
  } finally {
    await run.stop();
  }
}

/** The same for one site that runs by itself. */
export async function marketSession({ deployment, ...options }: MarketSessionOptions): Promise<MarketSession> {
  return (await bookSession({ ...options, book: bookOfOne(deployment) }))[0] as MarketSession;
}

/** Where the papers of a day lie in the data folder. */
function papersOf(siteId: string, day: OperatingDay): { readonly bundle: string; readonly statements: string } {
  return { bundle: join("bundles", `${siteId}-${day}`), statements: join("statements", `${siteId}-${day}`) };
}

/** Where several sites speak, each line names its own. */
function linesOf(book: Book, { plan }: Deployment, print: (line: string) => void): (line: string) => void {
  const start = siteColumn(book, plan.siteId);
  return (line) => print(`${start}${line}`);
}

function headingOf(book: Book): string {
  return `${siteColumn(book, "site")}${HEADING}`;
}

/** Nothing where there is one site alone. */
function siteColumn({ deployments }: Book, text: string): string {
  if (deployments.length === 1) return "";
  return `${text.padEnd(Math.max(...deployments.map(({ plan: { siteId } }) => siteId.length)))}  `;
}

/** Papers and bundle of a site's day, and what the audit says of the bundle. */
async function audited(
  run: LocalBookRun,
  deployment: Deployment,
  result: MarketDayResult,
  { dataDir, day, print }: BookSessionOptions,
): Promise<MarketSession> {
  const { siteId } = deployment.plan;
  const papers = papersOf(siteId, day);
  const [bundleDir, statementsDir] = [join(dataDir, papers.bundle), join(dataDir, papers.statements)];
  const decisions = await postgresDecisionStore(run.pool).between(siteId, marketStart(day), dayEnd(day));
  const { privateKeyFile, publicKeyFile, publicKeyPem } = folderSigningKey(dataDir);
  const until = addSeconds(dayEnd(day), 2_400);
  const { headChainHash: head } = await exportBundle(bundleDir, run.pool, deployment, until, {
    signingKeyFile: privateKeyFile,
  });
  print(`Chain head of ${siteId}, to publish:\n  ${head}`);
  print(`Auditing the day of ${siteId} from its bundle, without any server ...`);
  const verdict = await auditBundle(bundleDir, {
    workflowsPath: WORKFLOWS,
    parsers: auditParsers(deployment.plan),
    buildId: buildId(),
    head,
    publicKeyPem,
  });
  await writeStatements(statementsDir, result.statements);
  return { ...result, decisions, statementsDir, bundleDir, head, publicKeyFile, verdict };
}
