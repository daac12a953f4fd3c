import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { operatingDayOf } from "../../domain/market/calendar.ts";
import { instantFromMs } from "../../domain/units/instant.ts";
import { checkConfig, contractsOn, problemText, type SiteCheck } from "../../config/index.ts";
import { driverFindings } from "../worker/driverFindings.ts";
import type { Deployment } from "../worker/deployment.ts";
import { loadDeployment } from "../worker/loadDeployment.ts";
import { deploymentInForce } from "../system/deploymentInForce.ts";
import { ensureSchedules } from "../system/schedules.ts";
import { startFolder } from "../system/runFolder.ts";
import { startLocalStack } from "../stack/localStack.ts";
import { watchBuilds } from "../system/buildsWatch.ts";
import { watchClocks } from "../system/clockCheck.ts";
import { concludeApply } from "../system/begunApply.ts";
import { startSystem, type System } from "../system/system.ts";
import { hashpriceFileProblem } from "../worker/hashpriceFileProblem.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { watchBegunApply } from "../system/watchBegunApply.ts";
import { postgresConfigurationOutcomes } from "../../adapters/postgres/configurationOutcomes.ts";
import { createPool } from "../../adapters/postgres/pool.ts";
import { probesOf, watchReadiness } from "../system/readiness.ts";
import { noCrossCheck } from "../../adapters/ercot/dashboardPrices.ts";

const say = (line: string): void => console.log(line);
/** A wrong clock, and what else goes wrong beside the site. */
const alarm = (problem: string): void => console.error(`ALARM: ${problem}`);

/**
 * `ballast start`: one site on the real clock, against the parties its configuration names, until it is told to end.
 * @throws CommandError for a hashprice file that gives no hashprice, before the first start in a folder
 */
export function startCommand(): Command {
  return new Command("start")
    .summary("run a site on the real clock until Ctrl-C")
    .description(
      "Runs the site of a configuration on the real clock, with the feeds, machines and meters that it names. " +
        "Servers and data are kept on this machine, or are those that TEMPORAL_ADDRESS and BALLAST_DATABASE_URL " +
        "name. A site that ran before goes on where it was. Start a real site with control: advise.",
    )
    .argument("<config>", "the site's configuration; see `ballast check`")
    .option("--data <dir>", "folder for data and logs", startFolder())
    .addHelpText(
      "after",
      "\nExamples:\n  ballast start config/my-site.yaml --data /var/lib/ballast/my-site\n" +
        "  ballast status --watch --run /var/lib/ballast/my-site\n\n" +
        "Exit codes: 0 ended by Ctrl-C or SIGTERM; 2 wrong arguments or an unusable file; 70 something failed.",
    )
    .action(async (configPath: string, options: { data: string }) => {
      const dataDir = resolve(options.data);
      const now = instantFromMs(Date.now());
      const today = operatingDayOf(now);
      const file = loadDeployment(configPath, today);
      const checks: SiteCheck = (site) => [...driverFindings(site), ...contractsOn(today)(site)];
      for (const warning of checkConfig(configPath, checks).warnings)
        console.log(`WARNING: ${problemText(warning).trim()}`);
      const unread = hashpriceFileProblem(file.feeds, now);
      // a site that has run must come back whatever became of the file: without a hashprice it does as its policy says
      if (unread !== undefined && !existsSync(join(dataDir, "kept"))) throw new CommandError(ExitCode.unusable, unread);
      if (unread !== undefined) alarm(unread);
      const stack = await startLocalStack({
        dataDir,
        keep: true,
        onProgress: say,
        signals: "leave",
      });
      const told = new Promise<NodeJS.Signals>((resolveSignal) => {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
          process.once(signal, () => resolveSignal(signal));
      });
      const ended = new AbortController();
      let system: System | undefined;
      // Before the system: what keeps new runs waiting may keep its start.
      const builds = watchBuilds(dataDir, { say, signal: ended.signal });
      try {
        const { siteId } = file.plan;
        const inForce = async (appDatabaseUrl: string): Promise<Deployment> => {
          const pool = createPool(appDatabaseUrl, 1);
          await concludeApply(dataDir, siteId, postgresConfigurationOutcomes(pool), say).finally(() => pool.end());
          return deploymentInForce(dataDir, file, say);
        };
        system = await startSystem({ stack, deployment: file, clock: { kind: "real" }, inForce });
        const { deployment } = system;
        const { unversioned } = system.worker.ready as { readonly unversioned?: string };
        if (unversioned !== undefined)
          console.log(`WARNING: runs are not pinned to builds, so changed code would meet open runs: ${unversioned}`);
        await ensureSchedules(system.client, deployment);
        const { signal } = ended;
        const outside = probesOf(deployment, () => instantFromMs(Date.now()));
        signal.addEventListener("abort", () => outside.close(), { once: true });
        const watches = Promise.all([
          watchClocks(system, { say, alarm, signal }),
          watchBegunApply({ dataDir, siteId, pool: system.pool, say, alarm, signal }),
          watchReadiness(outside.probes, { say, alarm: (line) => console.error(line), signal }),
        ]);
        const unchecked = noCrossCheck(deployment.plan.settlementPoint);
        if (unchecked !== undefined) console.log(`Note: ${unchecked}`);
        console.log(
          `Site ${deployment.plan.siteId} runs, control: ${deployment.plan.control}. See it with: ballast status ` +
            `--run ${dataDir}`,
        );
        const why = await Promise.race([told, stack.failure, system.ousted]);
        console.log(`${why}: ending; the data stays in ${dataDir}`);
        ended.abort();
        await watches;
        await builds;
      } finally {
        ended.abort();
        try {
          await system?.stop();
        } finally {
          await stack.stop();
        }
      }
    });
}
