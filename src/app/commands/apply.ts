import { type OperatorCommandOptions, operatorOptions } from "./operatorOptions.ts";
import type { AppCommand } from "./command.ts";

interface ApplyOptions extends OperatorCommandOptions {
  readonly reason?: string;
  readonly yes?: boolean;
}

const HELP = `
What it does:
  Shows how a site's file, or each file of a book, differs from the configuration that the site runs with. With --yes,
  the worker loads the file and the change goes into the site's history with actor, reason, differences and hash. The
  site decides by it from its next run on, which begins within seconds. A site never picks up a changed file by itself.
  The exceptions are new lock-outs and a lower control, which take effect when \`ballast start\` reads them. The
  settlement point of a site cannot change: a new point is a new site.
  Of a book, each site that differs is changed by itself, one after another; those that do not are left alone. A site
  whose file cannot be used, or that refuses, is named with what to do and stops no other. A site that is new in the
  book, or that the book does not name any more, is named too: \`ballast site\` adds and retires. Where the book lists
  its operators, their keys get the roles and sites that it says, and the key of one whom it does not name goes.

Prints the differences, and with --yes the hash of the plan in force. With --json one object:
  {"sites": [{"siteId", "differences": [...], "problem"?, "applied"?, "text"?}]}, and operators: how what they may do
  differs

Exit codes: 0 what is written is what runs; 1 something differs and --yes is missing, or a site is not as its file says;
  2 wrong arguments or an unusable file; 3 key unknown, unprotected or without the role; 4 no stack runs.

Examples:
  ballast apply config/my-site.yaml --yes --reason "hall 3 is connected"
  ballast apply config/book --yes --reason "rates of the new year"`;

/** `ballast apply`: brings changed configuration files to running sites. */
export const applyCommand = {
  name: "apply",
  summary: "bring a changed configuration to a running site or book",
  description: "Shows what the changed configuration of a site or a book would change, and applies it.",
  arguments: [{ name: "<config>", what: "a site's configuration, or the folder of a book; see `ballast check`" }],
  options: [
    { flags: "--yes", what: "apply it" },
    { flags: "--reason <text>", what: "why; needed with --yes" },
    ...operatorOptions("applies"),
  ],
  help: HELP,
  examples: [{ call: "ballast apply config/my-site.yaml", what: "what a changed file would change" }],
  run: apply,
} satisfies AppCommand;

async function apply(path: string, options: ApplyOptions): Promise<void> {
  const { applyFiles, changesOfFiles } = await import("../operator/applyFiles.ts");
  const { CommandError, ExitCode } = await import("../commandError.ts");
  const { findRunFolder } = await import("../system/runFolder.ts");
  const { dir } = findRunFolder(options.run);
  const say = (line: string): void => void (options.json === true || console.log(line));
  const files = { path, dir, say };
  if (options.yes === true && options.reason === undefined)
    throw new CommandError(ExitCode.unusable, "--yes needs --reason: it goes into the history");
  const { isSame, sites, operators } =
    options.yes === true
      ? await applyFiles(files, { ...options, reason: options.reason ?? "" })
      : await changesOfFiles(files);
  if (options.json === true) console.log(JSON.stringify({ sites, operators }));
  if (!isSame) process.exitCode = ExitCode.no;
}
