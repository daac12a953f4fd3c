import { centralTime } from "../timeText.ts";
import { type OperatorCommandOptions, operatorOptions } from "./operatorOptions.ts";
import type { AppCommand } from "./command.ts";

interface ApplyOptions extends OperatorCommandOptions {
  readonly reason?: string;
  readonly yes?: boolean;
}

const HELP = `
What it does:
  Shows how the file differs from the configuration that the site runs with. With --yes, the worker loads the file and
  the change goes into the site's history with actor, reason, differences and hash. The site decides by it from its
  next run on, which begins within seconds. A site never picks up a changed file by itself. The exceptions are new
  lock-outs and a lower control, which take effect when \`ballast start\` reads them. The settlement point of a site
  cannot change: a new point is a new site.

Prints the differences, and with --yes the hash of the plan in force.

Exit codes: 0 applied, or nothing differs; 1 refused, or something differs and --yes is missing; 2 wrong arguments or
  an unusable file; 3 key unknown, unprotected or without the role; 4 no stack runs.

Example:
  ballast apply config/my-site.yaml --yes --reason "hall 3 is connected"`;

/** `ballast apply`: brings a changed configuration file to a running site. */
export const applyCommand = {
  name: "apply",
  summary: "bring a changed configuration to a running site",
  description: "Shows what a changed configuration file would change, and applies it.",
  arguments: [{ name: "<config>", what: "the site's configuration; see `ballast check`" }],
  options: [
    { flags: "--yes", what: "apply it" },
    { flags: "--reason <text>", what: "why; needed with --yes" },
    ...operatorOptions("applies"),
  ],
  help: HELP,
  examples: [{ call: "ballast apply config/my-site.yaml", what: "what a changed file would change" }],
  run: apply,
} satisfies AppCommand;

async function apply(configPath: string, options: ApplyOptions): Promise<void> {
  const { CommandError, ExitCode } = await import("../commandError.ts");
  const { findRunFolder, readRunFile, siteOf } = await import("../system/runFolder.ts");
  const { loadDeployment } = await import("../worker/loadDeployment.ts");
  const { deploymentChanges } = await import("../system/deploymentChanges.ts");
  const { settlementPointProblem } = await import("../../domain/decision/settlementPointProblem.ts");
  const { hasBegunApply } = await import("../system/begunApply.ts");
  const { operatingDayOf } = await import("../../domain/market/calendar.ts");
  const { instantFromMs } = await import("../../domain/units/instant.ts");
  const { dir } = findRunFolder(options.run);
  const run = readRunFile(dir);
  const file = loadDeployment(configPath, operatingDayOf(instantFromMs(Date.now())));
  const inForce = siteOf(run, file.plan.siteId);
  const changes = deploymentChanges(inForce, file);
  for (const line of changes) console.log(line);
  const point = settlementPointProblem(inForce.plan, file.plan);
  if (point !== undefined) throw new CommandError(ExitCode.no, point);
  if (hasBegunApply(dir)) console.log("An apply is under way, or was cut off: the next with --yes finds out and says.");
  if (!options.yes) {
    const decidesBy = await planDecidedBy(run.appDatabaseUrl, file.plan.siteId);
    const isSame = changes.length === 0 && (decidesBy === undefined || decidesBy === file.planHash);
    if (isSame) console.log("The file is what the site runs with.");
    else if (changes.length > 0) console.log("Nothing is applied without --yes.");
    else console.log(`The worker has the file, the site still decides by plan ${decidesBy}: --yes brings it there.`);
    process.exitCode = isSame ? 0 : ExitCode.no;
    return;
  }
  const { reason } = options;
  if (reason === undefined) throw new CommandError(ExitCode.unusable, "--yes needs --reason: it goes into the history");
  const { asOperator } = await import("../operator/operatorLink.ts");
  const { applyDeployment } = await import("../operator/applyDeployment.ts");
  const { ensureSchedules } = await import("../system/schedules.ts");
  await asOperator(options, "apply a configuration", async ({ link, signal }) => {
    const say = (line: string): void => console.log(line);
    const { planHash, effectiveAt } = await applyDeployment(dir, link, { deployment: file, reason, say, signal });
    if (run.clock.kind === "real") await ensureSchedules(link.client, run.bookId, file);
    console.log(`plan ${planHash} is in force from ${centralTime(effectiveAt)} Central on`);
  });
}

/** Hash of the plan of the site's newest decision; undefined before the first. */
async function planDecidedBy(appDatabaseUrl: string, siteId: string): Promise<string | undefined> {
  const { createPool } = await import("../../adapters/postgres/pool.ts");
  const { postgresDecisionStore } = await import("../../adapters/postgres/decisionStore.ts");
  const pool = createPool(appDatabaseUrl, 1);
  try {
    return (await postgresDecisionStore(pool).latest(siteId))?.planHash;
  } finally {
    await pool.end();
  }
}
