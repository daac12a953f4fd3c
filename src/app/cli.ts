import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { errorText, ExitCode, exitCodeOf } from "./commandError.ts";

/** Each command is loaded when it is asked for: looking at a site does not wait for the simulators' code. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import("./commands/demo.ts")).demoCommand(),
  start: async () => (await import("./commands/start.ts")).startCommand(),
  "replay-day": async () => (await import("./commands/replayDay.ts")).replayDayCommand(),
  status: async () => (await import("./commands/status.ts")).statusCommand(),
  order: async () => (await import("./commands/order.ts")).orderCommand(),
  apply: async () => (await import("./commands/apply.ts")).applyCommand(),
  freeze: async () => (await import("./commands/freeze.ts")).freezeCommand("freeze"),
  thaw: async () => (await import("./commands/freeze.ts")).freezeCommand("thaw"),
  release: async () => (await import("./commands/release.ts")).releaseCommand(),
  settle: async () => (await import("./commands/settle.ts")).settleCommand(),
  issue: async () => (await import("./commands/issue.ts")).issueCommand(),
  recover: async () => (await import("./commands/recover.ts")).recoverCommand(),
  operator: async () => (await import("./commands/operator.ts")).operatorCommand(),
  check: async () => (await import("./commands/check.ts")).checkCommand(),
  evidence: async () => (await import("./commands/evidence.ts")).evidenceCommand(),
  backup: async () => (await import("./commands/backup.ts")).backupCommand(),
  restore: async () => (await import("./commands/restore.ts")).restoreCommand(),
  audit: async () => (await import("./commands/audit.ts")).auditCommand(),
};

const HELP = `
Examples:
  ballast demo                                   a scarcity evening, from the first price to statements and an audit
  ballast replay-day --lmp sced-lmp.csv --spp settlement-prices.csv --point HB_HOUSTON --day 2024-08-20
  ballast start config/my-site.yaml              a site on the real clock, until Ctrl-C
  ballast status --watch                         price, breakeven, power, orders and the reason, now
  ballast operator add --actor maria --roles desk
  ballast order --all --action curtail --until +45m --reason "TDSP line work"
  ballast apply config/my-site.yaml              what a changed file would change; --yes applies it
  ballast freeze --cohort hall-2 --reason "electricians at work"
  ballast settle 2026-08-18                      have a refused day settled again
  ballast release <orderId> --reason "finished early"
  ballast backup /backups/2026-08-18 --run .data/site
  ballast restore /backups/2026-08-18 --data .data/again
  ballast check config/example-site.yaml
  ballast audit .data/demo/bundles/<bundle>

Exit codes: 0 done, or yes; 1 no (problems, refused, does not hold); 2 wrong arguments or an unusable file;
  3 not allowed; 4 no stack runs; 70 something failed unexpectedly. Colours only on a terminal, and not with NO_COLOR.`;

const WITH_DEBUG = "--debug";

async function main(args: readonly string[]): Promise<void> {
  const debug = args.includes(WITH_DEBUG) || Boolean(process.env["BALLAST_DEBUG"]);
  try {
    const program = await programFor(args.find((arg) => !arg.startsWith("-")));
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    // Commander has printed what it found wrong itself; an argument that a command found wrong later is still to be
    // told.
    const told = error instanceof CommanderError && !(error instanceof InvalidArgumentError);
    if (!told) process.stderr.write(errorText(error, debug));
    process.exitCode = exitCodeOf(error);
  }
}

/** The program with the command asked for, or with all of them for the help and for a name that is none. */
async function programFor(name: string | undefined): Promise<Command> {
  const program = new Command("ballast")
    .description(
      "ERCOT demand-response curtailment for Bitcoin-mining sites: decides, commands, proves on the meter, settles.",
    )
    .option(WITH_DEBUG, "show stack traces of errors (also BALLAST_DEBUG=1)")
    .version(version(), "-V, --version", "show the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help of a command")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "ballast: ")) })
    .showHelpAfterError("         (see it with --help)")
    .exitOverride()
    .addHelpText("after", HELP);
  const chosen = name !== undefined && Object.hasOwn(COMMANDS, name) ? [name] : Object.keys(COMMANDS);
  for (const command of chosen)
    program.addCommand(inherit(program, await (COMMANDS[command] as () => Promise<Command>)()));
  return program;
}

function version(): string {
  return (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string })
    .version;
}

function inherit(program: Command, command: Command): Command {
  command.copyInheritedSettings(program);
  for (const sub of command.commands) inherit(program, sub);
  return command;
}

// Whoever can write a data folder can list a key of their own: no file or folder made here is for others to write.
process.umask(process.umask() | 0o022);

// Whoever reads the output may stop reading, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(ExitCode.ok);
});

// Set before a command is loaded: the colour library also colours for a CI, whose logs are no terminal.
if (!process.stdout.isTTY && !process.env["FORCE_COLOR"]) process.env["NO_COLOR"] = "1";

await main(process.argv.slice(2));
