import { centralTime } from "../timeText.ts";
import type { AppCommand, CommandOption } from "./command.ts";
import { NOT_PROVEN, type OperatorCommandOptions, operatorOptions, sameSite } from "./operatorOptions.ts";

interface StopOptions extends OperatorCommandOptions {
  readonly reason: string;
  readonly cohort?: string;
}

const HELP = {
  stop: `
What it does:
  Takes the whole site, or with --cohort one cohort, off at once. It asks nothing back. It outranks instructions, grid
  levels, orders, floors and prices, and goes through a freeze; only machines under lock-out get no command. It stands
  until \`ballast start-again\`. What it breaks, and what that costs where it has a price, is said and recorded.
  Machines that it holds down are never paid as curtailed. Who did it and why is in the site's history.`,
  start: `
What it does:
  Ends the safety stop of the whole site, or with --cohort that of one cohort: machines go where price, policy, orders
  and instructions put them. A cohort that was stopped by itself stays stopped when the site starts again.`,
};

const EXIT_CODES = `
Prints the decision's number and its sentence, and for each cohort where it is to be and why.

Exit codes: 0 done; 1 refused, with the reason on standard error; 2 wrong arguments; 3 key unknown, unprotected or
  without the role; 4 no stack runs.`;

const options = (does: string): readonly CommandOption[] => [
  { flags: "--cohort <id>", what: "this cohort alone; the whole site without it" },
  { flags: "--reason <text>", what: "why", isRequired: true },
  ...operatorOptions(does),
];

/** `ballast stop`: machines go off at once. */
export const stopCommand = {
  name: "stop",
  summary: "stop a site or a cohort at once, for safety",
  description: "Take a site or a cohort off at once, until somebody lets it start again.",
  options: options("stops"),
  help: `${HELP.stop}\n${EXIT_CODES}\n\nExample:\n  ballast stop --cohort hall-2 --reason "smoke in hall 2"`,
  examples: [{ call: `ballast stop --reason "smoke in hall 2"` }],
  run: (asked: StopOptions) => send(true, asked),
} satisfies AppCommand;

/** `ballast start-again`: a safety stop ends. */
export const startAgainCommand = {
  name: "start-again",
  summary: "end a safety stop",
  description: "Let a site or a cohort start again after a safety stop.",
  options: options("lets it start"),
  help: `${HELP.start}\n${EXIT_CODES}\n\nExample:\n  ballast start-again --cohort hall-2 --reason "the hall is clear"`,
  examples: [{ call: `ballast start-again --reason "the hall is clear"` }],
  run: (asked: StopOptions) => send(false, asked),
} satisfies AppCommand;

async function send(isStop: boolean, asked: StopOptions): Promise<void> {
  const { withCohorts } = await import("../operator/cohortsNamed.ts");
  const { asOperator } = await import("../operator/operatorLink.ts");
  const { sayDecision } = await import("../operator/sayDecision.ts");
  const { reason, cohort: cohortId } = asked;
  const what = isStop ? "stop machines" : "let machines start";
  const as = { ...asked, ownRole: isStop ? "stop" : "start-again" } as const;
  await asOperator(as, what, async ({ commands: { site: of, siteId, actor }, site }) => {
    const word = isStop ? of.stop({ cohortId, reason }) : of.startAgain({ cohortId, reason });
    const { at, sequence, sentence } = await word.catch((error: unknown) => {
      throw withCohorts(error, cohortId === undefined ? undefined : [cohortId], site.plan);
    });
    if (asked.json) {
      console.log(JSON.stringify({ isStopped: isStop, siteId, cohortId, actor, at, reason, sequence, sentence }));
      return;
    }
    const whom = cohortId === undefined ? `site ${siteId}` : `cohort ${cohortId}`;
    console.log(`${whom}: ${isStop ? "stopped" : "may start again"} at ${centralTime(at)} Central`);
    await sayDecision(site, { sequence, sentence });
    console.log(NOT_PROVEN);
    if (isStop) {
      const cohort = cohortId === undefined ? "" : ` --cohort ${cohortId}`;
      console.log(`Let it start again:\n  ballast start-again${cohort}${sameSite(asked, true)} --reason "<text>"`);
    }
  });
}
