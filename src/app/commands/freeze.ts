import { Command } from "commander";
import { centralTime } from "../timeText.ts";
import { type OperatorCommandOptions, withOperatorOptions } from "./operatorOptions.ts";

interface FreezeOptions extends OperatorCommandOptions {
  readonly reason: string;
  readonly cohort?: string;
}

const HELP = {
  freeze: `
What it does:
  Stops every command to the site's machines, or to those of one cohort, before the next slice of a batch under way.
  Decisions go on and say what they would do; machines stay as they are until somebody thaws them. Who did it and why
  is recorded in the site's history and shown by \`ballast status\`.`,
  thaw: `
What it does:
  Ends the freeze of the whole site, or with --cohort that of one cohort. A cohort that was frozen by itself stays
  frozen when the site is thawed, because people may be working on it. A dispatch that the freeze stopped halfway is
  driven again.`,
};

const EXIT_CODES = `
Prints the decision's number and its sentence.

Exit codes: 0 done; 1 refused, with the reason on standard error; 2 wrong arguments; 3 key unknown, unprotected or
  without the role; 4 no stack runs.`;

const SUMMARY = {
  freeze: "stop every command to a site or a cohort",
  thaw: "allow commands to a site or a cohort again",
};

/** `ballast freeze` and `ballast thaw`: nobody's machines are commanded while a person has their hands on them. */
export function freezeCommand(kind: "freeze" | "thaw"): Command {
  const summary = SUMMARY[kind];
  const one = new Command(kind)
    .summary(summary)
    .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
    .option("--cohort <id>", "this cohort alone; the whole site without it")
    .requiredOption("--reason <text>", "why")
    .addHelpText("after", `${HELP[kind]}\n${EXIT_CODES}`)
    .action((options: FreezeOptions) => send(kind, options));
  return withOperatorOptions(one, kind === "freeze" ? "freezes" : "thaws");
}

async function send(kind: "freeze" | "thaw", options: FreezeOptions): Promise<void> {
  const { asOperator } = await import("../operator/operatorLink.ts");
  const { sendFreeze } = await import("../operator/operatorOrders.ts");
  const { sayDecision } = await import("../operator/sayDecision.ts");
  const { reason, cohort: cohortId } = options;
  await asOperator(options, `${kind} commands`, async (link, signal, site) => {
    const { at, sequence, sentence } = await sendFreeze(link, { kind, cohortId, reason }, signal);
    const { siteId, actor } = link;
    if (options.json) {
      console.log(JSON.stringify({ kind, siteId, cohortId, actor, at, reason, sequence, sentence }));
      return;
    }
    const what = cohortId === undefined ? `site ${siteId}` : `cohort ${cohortId}`;
    console.log(`commands to ${what}: ${kind === "freeze" ? "frozen" : "thawed"} at ${centralTime(at)} Central`);
    await sayDecision(site, { sequence, sentence });
  });
}
