import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import type { SiteInput } from "../../domain/inputs/facts.ts";
import { isInvoluntaryTrip } from "../../domain/inputs/involuntaryTrip.ts";
import { isStopInput } from "../../domain/inputs/safetyStops.ts";
import { splitText } from "../../domain/decision/split.ts";
import { nextRun } from "../worker/nextRun.ts";
import { taskQueueOf } from "../worker/workerSettings.ts";
import { runClockOf } from "../worker/wire.ts";
import { postgresMarketStore } from "../../adapters/postgres/marketStore.ts";
import { postgresRetirements } from "../../adapters/postgres/bookSites.ts";
import { postgresCommandFreezes } from "../../adapters/postgres/commandFreezes.ts";
import { postgresInvoluntaryTrips } from "../../adapters/postgres/involuntaryTrips.ts";
import { postgresSafetyStops } from "../../adapters/postgres/safetyStops.ts";
import { postgresSiteLedger } from "../../adapters/postgres/siteLedger.ts";
import { createPool } from "../../adapters/postgres/pool.ts";
import { type RunSiteInput, siteInput, workflowIds } from "../../../workflows/contracts.ts";
import type { runSite } from "../../../workflows/index.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { asOperator } from "../operator/operatorLink.ts";
import { findRunFolder, readRunFile, siteOf } from "../system/runFolder.ts";
import { type OperatorCommandOptions, operatorOptions } from "./operatorOptions.ts";
import type { AppCommand } from "./command.ts";

interface RecoverOptions extends Omit<OperatorCommandOptions, "json"> {
  readonly yes?: boolean;
  readonly reason?: string;
}

const HELP = `
What it does:
  Brings a site back whose run has ended (terminated, Temporal's data lost, another namespace). It goes on from its own
  decision records: number, hash chain, revision, modes, and the orders and instructions in force. Without --yes it
  only says what it would do. With --yes it starts the site, which exports the ended run, or records a signed gap where
  the server no longer has it.
  Not recovered are the meter's last verdict and inputs that arrived after the last decision, except the grid
  condition, the hashprice, which feeds are silent, freezes, safety stops and involuntary trips. A site also comes
  back by itself with the next news of a feed.

Exit codes: 0 shown, or started; 1 the site runs, or has decided nothing yet; 2 wrong arguments; 3 not allowed;
  4 no stack runs.

Example:
  ballast recover my-site --yes --reason "run was terminated by mistake"`;

/** `ballast recover`: brings a site back whose run has ended. */
export const recoverCommand = {
  name: "recover",
  summary: "bring back a site whose run has ended",
  description: "Says how a site whose run has ended goes on from its own records, and starts it with --yes.",
  arguments: [{ name: "[site]", what: "site, when the run has several" }],
  options: [
    { flags: "--yes", what: "do it" },
    { flags: "--reason <text>", what: "why; it goes into the evidence (with --yes)" },
    ...operatorOptions("recovers"),
  ],
  help: HELP,
  examples: [{ call: 'ballast recover my-site --yes --reason "run was terminated by mistake"' }],
  run: recover,
} satisfies AppCommand;

async function recover(named: string | undefined, options: RecoverOptions): Promise<void> {
  const { yes, reason } = options;
  if (yes === true && (reason === undefined || reason.trim() === ""))
    throw new CommandError(ExitCode.unusable, "a recovery needs its reason: --reason <text>");
  const site = named ?? options.site;
  const run = readRunFile(findRunFolder(options.run).dir);
  const deployment = siteOf(run, site);
  await asOperator({ ...options, ...(site === undefined ? {} : { site }) }, "recover", async ({ link }) => {
    const { client, clock, siteId, actor } = link;
    if (await isOpen(client, siteId))
      throw new CommandError(ExitCode.no, `site ${siteId} runs: there is nothing to recover; see: ballast status`);
    const pool = createPool(run.appDatabaseUrl, 2);
    try {
      const at = await clock.now();
      const sources = {
        ledger: postgresSiteLedger(pool),
        market: postgresMarketStore(pool),
        freezes: postgresCommandFreezes(pool),
        stops: postgresSafetyStops(pool),
        trips: postgresInvoluntaryTrips(pool),
        retirements: postgresRetirements(pool),
        client,
        actor,
        ...(reason === undefined ? {} : { reason }),
      };
      const start = await nextRun(deployment, runClockOf(run.clock), at, sources);
      if (start.recovered === undefined)
        throw new CommandError(ExitCode.no, `site ${siteId} has decided nothing yet: it starts with its first price`);
      console.log(recoveryText(start));
      if (yes !== true) {
        console.log("Nothing was done. Do it with --yes --reason <text>.");
        return;
      }
      const wake: SiteInput = { kind: "wake", id: `wake/${at}`, at };
      await client.workflow.signalWithStart<typeof runSite, [SiteInput]>("runSite", {
        workflowId: workflowIds.site(siteId),
        taskQueue: taskQueueOf(run.bookId),
        args: [start],
        signal: siteInput,
        signalArgs: [wake],
      });
      console.log(`Started by ${actor}. See it with: ballast status`);
    } finally {
      await pool.end();
    }
  });
}

async function isOpen(client: Client, siteId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowIds.site(siteId)).describe()).status.name === "RUNNING";
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** What a recovery starts with, for a person; lines without an end. */
export function recoveryText({ plan, state, pending, recovered }: RunSiteInput): string {
  const { sequence, revision, cohorts, orders, instructions, stops = [], trips = [] } = state;
  const { runId, cause, unanswered } = recovered ?? {};
  return [
    `Site ${plan.siteId}: ${cause}`,
    `  goes on after decision ${sequence}, revision ${revision}`,
    ...cohorts.map(({ cohortId, split, since, reason }) => {
      const when = since === undefined ? "never moved on record" : `since ${since}`;
      return `  ${cohortId}: ${splitText(split)}, ${when} (${reason})`;
    }),
    ...orders.map(({ orderId, action, until, actor }) => `  order ${orderId} of ${actor}: ${action} until ${until}`),
    ...instructions.map(({ instructionId, issuer }) => `  instruction ${instructionId} of ${issuer}`),
    ...[...stops, ...pending.filter(isStopInput)].map(
      ({ actor, cohortId = "the site", reason }) => `  stopped for safety by ${actor}: ${cohortId} (${reason})`,
    ),
    ...[...trips, ...pending.filter(isInvoluntaryTrip)].map(
      ({ at }) => `  involuntary trip at ${at}: restarts are held until it is released`,
    ),
    ...pending.flatMap((one) =>
      one.kind === "freeze" ? [`  frozen by ${one.actor}: ${one.cohortId ?? "the site"} (${one.reason})`] : [],
    ),
    ...(unanswered === undefined ? [] : [`  revision ${revision} has no verdict: its targets are driven again`]),
    `  run ${runId}: exported if this server still has it, else a signed gap is recorded in its place`,
    "  not recovered: inputs after that decision, and the meter's last verdict",
  ].join("\n");
}
