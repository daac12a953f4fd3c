import { readFileSync } from "node:fs";
import { Command } from "commander";
import { helpParagraphs } from "../helpText.ts";
import { outputWidth } from "../outputEdge.ts";

/** Each command is loaded when it is asked for: looking at a site does not wait for the simulators' code. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import("./demo.ts")).demoCommand(),
  start: async () => (await import("./start.ts")).startCommand(),
  "replay-day": async () => (await import("./replayDay.ts")).replayDayCommand(),
  status: async () => (await import("./status.ts")).statusCommand(),
  order: async () => (await import("./order.ts")).orderCommand(),
  apply: async () => (await import("./apply.ts")).applyCommand(),
  freeze: async () => (await import("./freeze.ts")).freezeCommand("freeze"),
  thaw: async () => (await import("./freeze.ts")).freezeCommand("thaw"),
  release: async () => (await import("./release.ts")).releaseCommand(),
  settle: async () => (await import("./settle.ts")).settleCommand(),
  issue: async () => (await import("./issue.ts")).issueCommand(),
  recover: async () => (await import("./recover.ts")).recoverCommand(),
  operator: async () => (await import("./operator.ts")).operatorCommand(),
  check: async () => (await import("./check.ts")).checkCommand(),
  evidence: async () => (await import("./evidence.ts")).evidenceCommand(),
  backup: async () => (await import("./backup.ts")).backupCommand(),
  restore: async () => (await import("./restore.ts")).restoreCommand(),
  audit: async () => (await import("./audit.ts")).auditCommand(),
};

const HELP = `
Examples:
  ballast demo                          a scarcity evening: prices, orders, statements, audit
  ballast start config/my-site.yaml     a site on the real clock, until Ctrl-C
  ballast status --watch                price, strikes, power, orders and reasons, now
  ballast check config/example-site.yaml
  ballast operator add --actor maria --roles desk
  ballast order --all --action curtail --until +45m --reason "TDSP line work"
  ballast release <orderId> --reason "finished early"
  ballast freeze --cohort hall-2 --reason "electricians at work"
  ballast apply config/my-site.yaml     what a changed file would change
  ballast settle 2026-08-18             settle a refused day again
  ballast evidence audit-2026-08        the audit bundle of a running site
  ballast audit .data/demo/bundles/<bundle>
  ballast backup /backups/2026-08-18 --run .data/site
  ballast restore /backups/2026-08-18 --data .data/again
  ballast replay-day --lmp sced-lmp.csv --spp settlement-prices.csv \\
    --point HB_HOUSTON --day 2024-08-20

Exit codes: 0 done, or yes; 1 no (problems found, refused, does not hold); 2 wrong arguments or an unusable file;
  3 not allowed; 4 no stack runs; 70 something failed unexpectedly.

Where the folder bin of this program is not on the PATH, type bin/ballast.

Text fits the terminal, at most 100 columns; an exported COLUMNS sets another width. Colors appear only on a terminal,
  and not with NO_COLOR.`;

/** Shows stack traces. */
export const WITH_DEBUG = "--debug";

/**
 * The program with the command asked for, or with all of them for the help and for a name that is none. It throws
 * CommanderError for arguments that it does not know.
 */
export async function programFor(name: string | undefined): Promise<Command> {
  const program = new Command("ballast")
    .description(
      "ERCOT demand-response curtailment for Bitcoin-mining sites: decides, commands, proves on the meter, settles.",
    )
    .option(WITH_DEBUG, "show stack traces of errors (also BALLAST_DEBUG=1)")
    .version(version(), "-V, --version", "show the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help of a command")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      getOutHelpWidth: () => outputWidth(process.stdout),
      getErrHelpWidth: () => outputWidth(process.stderr),
      writeOut: (text) => process.stdout.write(helpParagraphs(text)),
      writeErr: (text) => process.stderr.write(helpParagraphs(text)),
      outputError: (text, write) => write(text.replace(/^error: /, "ballast: ")),
    })
    .showHelpAfterError("         (how it is called: ballast <command> --help)")
    .exitOverride()
    .addHelpText("after", HELP);
  const chosen = name !== undefined && Object.hasOwn(COMMANDS, name) ? [name] : Object.keys(COMMANDS);
  for (const command of chosen)
    program.addCommand(inherit(program, await (COMMANDS[command] as () => Promise<Command>)()));
  return program;
}

function version(): string {
  return (JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { version: string })
    .version;
}

function inherit(program: Command, command: Command): Command {
  command.copyInheritedSettings(program);
  for (const sub of command.commands) inherit(program, sub);
  return command;
}
