import type { AppCommand } from "./command.ts";
import { RUN_OPTION } from "./operatorOptions.ts";

const HELP = `
What it does:
  Serves the machines and meters of one site of a run, whose configuration says \`site.hasGateway: true\`: commands,
  read-backs, surveys and registers go through this process, everything else through \`ballast start\`. It may run
  beside it, or at the site with the run's description (run.json of the data folder) and the way to Temporal and
  database. It takes up a changed description by itself, and waits for servers that are away. Without it nothing is
  commanded or metered at the site: within a minute and a half that is a finding of \`ballast status\`, and the
  site's meter counts as silent.

Prints when it takes the site's work, and what goes wrong, until Ctrl-C or SIGTERM: what is under way is then finished
  or handed back.

Exit codes: 0 ended by Ctrl-C or SIGTERM; 2 no such site, or one without a gateway; 3 the run belongs to another
  account; 4 nothing has run in the folder.

Example:
  ballast gateway salt-fork --run /var/lib/ballast/west-texas`;

/** `ballast gateway`: the machines and meters of one site, served by a process of its own. */
export const gatewayCommand = {
  name: "gateway",
  summary: "serve the machines and meters of one site of a run",
  description: "Serves one site's machines and meters in a process of its own, until Ctrl-C.",
  arguments: [{ name: "<siteId>", what: "the site" }],
  options: [RUN_OPTION],
  help: HELP,
  examples: [{ call: "ballast gateway salt-fork", what: "one site's machines and meters, until Ctrl-C" }],
  async run(siteId: string, options: { readonly run?: string }): Promise<void> {
    const { CommandError, ExitCode } = await import("../commandError.ts");
    const { createLog } = await import("../log.ts");
    const { findRunFolder, readRunFile, siteOf } = await import("../system/runFolder.ts");
    const { dir } = findRunFolder(options.run);
    if (siteOf(readRunFile(dir), siteId).hasGateway !== true)
      throw new CommandError(
        ExitCode.unusable,
        `site ${siteId} has no gateway: the process of its book reaches its machines; set site.hasGateway: true in ` +
          `its file and bring it into force with \`ballast apply\``,
      );
    const { serveSite } = await import("../system/serveSite.ts");
    const { installRuntime } = await import("../worker/workerRuntime.ts");
    const log = createLog("gateway");
    installRuntime(log);
    const ended = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => ended.abort());
    await serveSite({
      dataDir: dir,
      siteId,
      log,
      onServing: (taskQueue) => console.log(`Serves the machines and meters of ${siteId} (${taskQueue})`),
      signal: ended.signal,
    });
  },
} satisfies AppCommand;
