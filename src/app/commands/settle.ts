import { isCalendarDay } from "../../domain/units/instant.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { type OperatorCommandOptions, sameSite, operatorOptions } from "./operatorOptions.ts";
import type { AppCommand } from "./command.ts";

const HELP = `
What it does:
  Asks for a new version of a day, from its prices, registers and decisions as they are known now, under the contracts,
  supply and meters of the version before. Where nothing has changed, there is no new version. A day that was refused
  is tried again; a day that was never settled is settled. \`ballast status\` shows what is still refused.

Exit codes: 0 asked; 2 wrong arguments; 3 key unknown, unprotected or without the role; 4 no stack runs.

Example:
  ballast settle 2026-08-18`;

/** From then on the rule of the clock changes is known. */
const FIRST_DAY = "2007-01-01";

/** `ballast settle`: has a day settled again. */
export const settleCommand = {
  name: "settle",
  summary: "have a day settled again",
  description: "Asks the settlement of one operating day for a new version.",
  arguments: [{ name: "<day>", what: "operating day, YYYY-MM-DD" }],
  options: [...operatorOptions("asks")],
  help: HELP,
  examples: [{ call: "ballast settle 2026-08-18", what: "settle a refused day again" }],
  run: settle,
} satisfies AppCommand;

async function settle(day: string, options: OperatorCommandOptions): Promise<void> {
  if (!isCalendarDay(day) || day < FIRST_DAY)
    throw new CommandError(
      ExitCode.unusable,
      `"${day}" is not an operating day; expected YYYY-MM-DD from ${FIRST_DAY} on`,
    );
  const { asOperator } = await import("../operator/operatorLink.ts");
  await asOperator(options, "have a day settled again", async ({ commands: { siteId, actor, money } }) => {
    await money.settle(day);
    if (options.json) console.log(JSON.stringify({ siteId, day, actor }));
    else console.log(`${siteId} ${day}: asked. See what is refused with: ballast status${sameSite(options, false)}`);
  });
}
