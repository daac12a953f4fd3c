import { Client, Connection } from "@temporalio/client";
import { CHANNEL_ARGS } from "../../adapters/temporal/channel.ts";
import type { Role } from "../../domain/evidence/operatorAdmission.ts";
import type { SitePlan } from "../../domain/decision/model.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { temporalAccess } from "../temporalAccess.ts";
import type { Commands } from "../../ports/commands.ts";
import { operatorCommands } from "./operatorCommands.ts";
import type { OperatorLink } from "../worker/siteRequest.ts";
import { authenticate, keyPath, type Operator, requireRole, requireSite } from "./operatorKeyFile.ts";
import { clockOfRun } from "../system/runClock.ts";
import { taskQueueOf } from "../worker/workerSettings.ts";
import { findRunFolder, readRunFile, runHasEnded, siteOf } from "../system/runFolder.ts";

const CONNECT_WITHIN_MS = 5_000;

export interface OperatorOptions {
  readonly run?: string;
  readonly site?: string;
  /** It is about several sites: each is asked for by `linkTo`. */
  readonly isOfBook?: true;
  /** A role that is enough for this beside `desk`. */
  readonly ownRole?: Role;
  readonly keyFile?: string;
}

/** The site of a run that a command acts on, and where its ledger is. */
export interface SiteOfRun {
  readonly plan: SitePlan;
  readonly appDatabaseUrl: string;
}

/** What a command has in the name of an operator. */
interface AskedAs {
  readonly operator: Operator;
  readonly commands: Commands;
  /** For what is no command of a site: applying a file, bringing a site back. */
  readonly link: OperatorLink;
  /** The same for another site of the run; throws CommandError 3 for one at which the operator may not ask. */
  readonly linkTo: (siteId: string) => OperatorLink;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
  readonly site: SiteOfRun;
}

/**
 * Recognizes the operator, connects to the run, does one thing and disconnects. Ctrl-C ends it with the clock let go.
 * @throws CommandError: 3 for a key that may not order, 4 when no stack runs.
 */
export async function asOperator<T>(
  options: OperatorOptions,
  what: string,
  work: (asked: AskedAs) => Promise<T>,
): Promise<T> {
  const { dir, notice } = findRunFolder(options.run);
  if (notice !== undefined) process.stderr.write(`ballast: ${notice}\n`);
  const run = readRunFile(dir);
  const { plan } = siteOf(run, options.site);
  const operator = authenticate(dir, keyPath(options.keyFile));
  requireRole(operator, options.ownRole === undefined ? ["desk"] : ["desk", options.ownRole], what);
  if (options.isOfBook !== true) requireSite(operator, plan.siteId, what);
  const connection = await Connection.connect({
    address: run.temporalAddress,
    connectTimeout: CONNECT_WITHIN_MS,
    channelArgs: CHANNEL_ARGS,
    ...temporalAccess(),
  }).catch((error: unknown) => {
    throw runHasEnded(dir, error);
  });
  const clock = clockOfRun(run);
  const interrupted = new AbortController();
  const interrupt = (): void =>
    interrupted.abort(
      new CommandError(
        ExitCode.interrupted,
        "interrupted before the site had answered; `ballast status` shows whether the order is in force",
      ),
    );
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, interrupt);
  try {
    const client = new Client({ connection, namespace: run.namespace });
    const { actor, privateKeyPem } = operator;
    const linkOf = (siteId: string): OperatorLink => {
      const retired = run.retired?.find((one) => one.siteId === siteId);
      return { client, clock, siteId, actor, privateKeyPem, retired };
    };
    const link = linkOf(plan.siteId);
    const linkTo = (siteId: string): OperatorLink => {
      requireSite(operator, siteId, what);
      return linkOf(siteId);
    };
    const { signal } = interrupted;
    const commands = operatorCommands(link, taskQueueOf(run.bookId), signal);
    return await work({ operator, commands, link, linkTo, signal, site: { plan, appDatabaseUrl: run.appDatabaseUrl } });
  } finally {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(signal, interrupt);
    clock.close();
    await connection.close();
  }
}
