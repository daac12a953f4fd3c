import { centralTime } from "../timeText.ts";
import type { AppCommand, CommandOption } from "./command.ts";
import { type OperatorCommandOptions, operatorOptions } from "./operatorOptions.ts";

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

const freezeOptions = (does: string): readonly CommandOption[] => [
  { flags: "--cohort <id>", what: "this cohort alone; the whole site without it" },
  { flags: "--reason <text>", what: "why", isRequired: true },
  ...operatorOptions(does),
];

/** `ballast freeze`: nobody's machines are commanded while a person has their hands on them. */
export const freezeCommand = {
  name: "freeze",
  summary: "stop every command to a site or a cohort",
  description: "Stop every command to a site or a cohort.",
  options: freezeOptions("freezes"),
  help: `${HELP.freeze}\n${EXIT_CODES}\n\nExample:\n  ballast freeze --cohort hall-2 --reason "electricians at work"`,
  examples: [{ call: `ballast freeze --cohort hall-2 --reason "electricians at work"` }],
  run: (options: FreezeOptions) => send("freeze", options),
} satisfies AppCommand;

/** `ballast thaw`: they are commanded again. */
export const thawCommand = {
  name: "thaw",
  summary: "allow commands to a site or a cohort again",
  description: "Allow commands to a site or a cohort again.",
  options: freezeOptions("thaws"),
  help: `${HELP.thaw}\n${EXIT_CODES}\n\nExample:\n  ballast thaw --cohort hall-2 --reason "hall 2 is clear"`,
  examples: [{ call: `ballast thaw --cohort hall-2 --reason "hall 2 is clear"` }],
  run: (options: FreezeOptions) => send("thaw", options),
} satisfies AppCommand;

async function send(kind: "freeze" | "thaw", options: FreezeOptions): Promise<void> {
  const { withCohorts } = await import("../operator/cohortsNamed.ts");
  const { asOperator } = await import("../operator/operatorLink.ts");
  const { sayDecision } = await import("../operator/sayDecision.ts");
  const { reason, cohort: cohortId } = options;
  await asOperator(options, `${kind} commands`, async ({ commands: { site: asked, siteId, actor }, site }) => {
    const { at, sequence, sentence } = await asked[kind]({ cohortId, reason }).catch((error: unknown) => {
      throw withCohorts(error, cohortId === undefined ? undefined : [cohortId], site.plan);
    });
    if (options.json) {
      console.log(JSON.stringify({ kind, siteId, cohortId, actor, at, reason, sequence, sentence }));
      return;
    }
    const what = cohortId === undefined ? `site ${siteId}` : `cohort ${cohortId}`;
    console.log(`commands to ${what}: ${kind === "freeze" ? "frozen" : "thawed"} at ${centralTime(at)} Central`);
    await sayDecision(site, { sequence, sentence });
  });
}
