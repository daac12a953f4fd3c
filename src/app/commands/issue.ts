import { CommandError, ExitCode } from "../commandError.ts";
import { periodOf } from "../operator/periodText.ts";
import { type OperatorCommandOptions, operatorOptions } from "./operatorOptions.ts";
import type { AppCommand } from "./command.ts";

const HELP = `
What it does:
  Issues the statement of one contract for a period whose days are all settled, first and last day included, and waits
  for it. A statement is issued once: ask again and you get the one that was issued. A draft, a period that overlaps
  another statement of the client, or anything that the rules refuse is not issued, and the reason is printed.

Prints the statement's id and total. With --json: {"statementId", "totalCents"}

Exit codes: 0 issued; 1 refused; 2 wrong arguments; 3 key unknown, unprotected or without the role; 4 no stack runs.

Example:
  ballast issue mesquite-2024 2026-08-01..2026-08-31`;

/** `ballast issue`: issues a statement that the month's closing did not. */
export const issueCommand = {
  name: "issue",
  summary: "issue a statement that was refused, or is still to come",
  description: "Issues the statement of one contract for one period.",
  arguments: [
    { name: "<contract>", what: "the contract's id" },
    { name: "<period>", what: "first and last operating day, YYYY-MM-DD..YYYY-MM-DD" },
  ],
  options: [...operatorOptions("issues")],
  help: HELP,
  examples: [{ call: "ballast issue mesquite-2024 2026-08-01..2026-08-31" }],
  run: issue,
} satisfies AppCommand;

async function issue(contractId: string, text: string, options: OperatorCommandOptions): Promise<void> {
  const period = periodOf(text);
  if (period === undefined)
    throw new CommandError(
      ExitCode.unusable,
      `"${text}" is not a period; expected first and last day, at most a year, e.g. 2026-08-01..2026-08-31`,
    );
  const { asOperator } = await import("../operator/operatorLink.ts");
  const { formatUsd } = await import("../../domain/units/money.ts");
  await asOperator(options, "issue a statement", async ({ commands: { money } }) => {
    const { statementId, totalCents } = await money.issue({ contractId, period });
    if (options.json) console.log(JSON.stringify({ statementId, totalCents }));
    else console.log(`${statementId}  ${formatUsd(BigInt(totalCents))} $`);
  });
}
