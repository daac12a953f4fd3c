import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import pLimit from "p-limit";
import { operatingDayOf } from "../../domain/market/calendar.ts";
import { instantFromMs } from "../../domain/units/instant.ts";
import { isBook } from "../../config/book.ts";
import { problemText } from "../../config/index.ts";
import { type Book, inService, retiredText } from "../worker/book.ts";
import { operatorChanges } from "../operator/bookOperators.ts";
import { operatorsFile, readOperators } from "../worker/operatorList.ts";
import { feedsNotRead } from "../worker/feeds.ts";
import type { Deployment } from "../worker/deployment.ts";
import { loadBook } from "../worker/loadBook.ts";
import { bookInForce, sitesOfRun } from "../system/bookInForce.ts";
import { ensureSchedules } from "../system/schedules.ts";
import { startFolder } from "../system/runFolder.ts";
import { startLocalStack } from "../stack/localStack.ts";
import { watchBuilds } from "../system/buildsWatch.ts";
import { watchClocks } from "../system/clockCheck.ts";
import { concludeApply } from "../system/begunApply.ts";
import { type BookSystem, startBook } from "../system/system.ts";
import { ASKED_AT_ONCE } from "../system/watches.ts";
import { localFeedProblem } from "../worker/localFeedProblem.ts";
import { checkSiteFile } from "../worker/siteFile.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { watchArchive } from "../evidence/watchArchive.ts";
import { watchBegunApply } from "../system/watchBegunApply.ts";
import { postgresConfigurationOutcomes } from "../../adapters/postgres/configurationOutcomes.ts";
import { createPool } from "../../adapters/postgres/pool.ts";
import { gatewayProbes } from "../system/gatewayProbes.ts";
import { probesOf, watchReadiness } from "../system/readiness.ts";
import type { AppCommand } from "./command.ts";

const say = (line: string): void => console.log(line);
/** A wrong clock, and what else goes wrong beside the site. */
const alarm = (problem: string): void => console.error(`ALARM: ${problem}`);

/**
 * `ballast start`: a site, or a book of sites, on the real clock, against the parties its configuration names, until
 * it is told to end.
 * @throws CommandError for a hashprice file that gives no hashprice, before the first start in a folder
 */
export const startCommand = {
  name: "start",
  summary: "run a site, or a book of sites, on the real clock until Ctrl-C",
  description:
    "Runs the site of a configuration, or every site of a book, on the real clock, with the feeds, machines and " +
    "meters that it names. A site whose file cannot be used stops no other one. " +
    "Servers and data are kept on this machine, or are those that TEMPORAL_ADDRESS and BALLAST_DATABASE_URL " +
    "name. A site that ran before goes on where it was. Start a real site with control: advise.",
  arguments: [{ name: "<config>", what: "a site's configuration, or the folder of a book; see `ballast check`" }],
  options: [{ flags: "--data <dir>", what: "folder for data and logs", standard: startFolder() }],
  help:
    "\nExamples:\n  ballast start config/my-site.yaml --data /var/lib/ballast/my-site\n" +
    "  ballast status --watch --run /var/lib/ballast/my-site\n\n" +
    "Exit codes: 0 ended by Ctrl-C or SIGTERM; 2 wrong arguments or an unusable file; 70 something failed.",
  examples: [{ call: "ballast start config/my-site.yaml", what: "a site on the real clock, until Ctrl-C" }],
  async run(configPath: string, options: { data: string }) {
    const dataDir = resolve(options.data);
    const now = instantFromMs(Date.now());
    const today = operatingDayOf(now);
    const loaded = loadBook(configPath, today);
    const { book } = loaded;
    for (const { siteId, file } of loaded.files)
      for (const warning of checkSiteFile(file, today, isBook(configPath) ? siteId : undefined).warnings)
        console.log(`WARNING: ${problemText(warning).trim()}`);
    for (const { feeds } of book.deployments) {
      const unread = localFeedProblem(feeds, now);
      if (unread === undefined) continue;
      // a site that has run must come back whatever became of the file: without a hashprice it does as its policy
      // says
      if (!existsSync(join(dataDir, "kept"))) throw new CommandError(ExitCode.unusable, unread);
      alarm(unread);
    }
    const { operators } = loaded;
    if (operators !== undefined)
      for (const line of operatorChanges(readOperators(operatorsFile(dataDir)), operators).lines)
        say(`This waits for \`ballast apply\`: ${line}`);
    const stack = await startLocalStack({
      dataDir,
      keep: true,
      onProgress: say,
      signals: "leave",
    });
    const told = new Promise<NodeJS.Signals>((resolveSignal) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolveSignal(signal));
    });
    const ended = new AbortController();
    let system: BookSystem | undefined;
    // Before the system: what keeps new runs waiting may keep its start.
    const builds = watchBuilds(dataDir, { say, signal: ended.signal });
    try {
      const inForce = async (appDatabaseUrl: string): Promise<Book> => {
        const pool = createPool(appDatabaseUrl, 1);
        const siteIds = sitesOfRun(dataDir, book);
        await concludeApply(dataDir, siteIds, postgresConfigurationOutcomes(pool), say).finally(() => pool.end());
        return bookInForce(dataDir, loaded, say);
      };
      const { broken, archive } = loaded;
      system = await startBook({ stack, book, clock: { kind: "real" }, inForce, broken, archive });
      const { bookId, deployments, retired = [] } = system.book;
      const active = inService(system.book);
      const siteIds = deployments.map(({ plan }) => plan.siteId);
      for (const { siteId, problem } of system.unserved)
        alarm(`site ${siteId} does not run, the others do: ${problem}`);
      const { unversioned } = system.worker.ready as { readonly unversioned?: string };
      if (unversioned !== undefined)
        console.log(`WARNING: runs are not pinned to builds, so changed code would meet open runs: ${unversioned}`);
      const { client } = system;
      const goneOf = ({ plan }: Deployment) => retired.find(({ siteId }) => siteId === plan.siteId);
      await pLimit(ASKED_AT_ONCE).map(deployments, (one) => ensureSchedules(client, bookId, one, goneOf(one)?.at));
      for (const gone of deployments.flatMap((one) => goneOf(one) ?? []))
        console.log(`Note: ${retiredText(gone)}; only its money is still kept`);
      const { signal } = ended;
      const outside = probesOf(active, () => instantFromMs(Date.now()));
      signal.addEventListener("abort", () => outside.close(), { once: true });
      const watches = Promise.all([
        watchClocks(system, { say, alarm, signal }),
        watchBegunApply({ dataDir, siteIds, pool: system.pool, say, alarm, signal }),
        watchArchive({ dataDir, pool: system.pool, say, alarm, signal }),
        watchReadiness([...outside.probes, ...gatewayProbes(system)], {
          say,
          alarm: (line) => console.error(line),
          signal,
        }),
      ]);
      for (const deployment of active) {
        const { plan } = deployment;
        for (const why of feedsNotRead(deployment)) console.log(`Note: ${why}`);
        const named = deployments.length === 1 ? "" : ` --site ${plan.siteId}`;
        console.log(
          `Site ${plan.siteId} runs, control: ${plan.control}. See it with: ballast status --run ${dataDir}${named}`,
        );
      }
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
  },
} satisfies AppCommand;
