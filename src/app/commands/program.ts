import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { helpParagraphs } from "../helpText.ts";
import { outputWidth } from "../outputEdge.ts";
import type { AppCommand, CommandOption } from "./command.ts";
import { COMMANDS } from "./index.ts";

/** Column at which an example says what comes of it. */
const SAID_FROM = 38;

const HELP = `
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
    .exitOverride();
  const load = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const chosen = await Promise.all((load === undefined ? Object.values(COMMANDS) : [load]).map((one) => one()));
  for (const command of chosen) program.addCommand(inherit(program, commandOf(command)));
  return program.addHelpText("after", `${examplesOf(chosen)}\n${HELP}`);
}

function examplesOf(commands: readonly AppCommand[]): string {
  const lines = commands.flatMap(({ examples }) =>
    examples.map(({ call, what }) => `  ${what === undefined ? call : call.padEnd(SAID_FROM) + what}`),
  );
  return ["", "Examples:", ...lines].join("\n");
}

/** A command as the argument parser takes it. */
export function commandOf({ name, summary, description, help, run, ...of }: Omit<AppCommand, "examples">): Command {
  const command = new Command(name).summary(summary).description(description).addHelpText("after", help);
  for (const { name: argument, what } of of.arguments ?? []) command.argument(argument, what);
  for (const option of of.options ?? []) command.addOption(optionOf(option));
  for (const sub of of.subcommands ?? []) command.addCommand(commandOf(sub));
  return run === undefined ? command : command.action((...given: unknown[]) => run(...given));
}

function optionOf({
  flags,
  what,
  isRequired,
  standard,
  standardText,
  choices,
  conflicts,
  parse,
}: CommandOption): Option {
  const option = new Option(flags, what).makeOptionMandatory(isRequired === true);
  if (standard !== undefined) option.default(standard, standardText);
  if (choices !== undefined) option.choices(choices);
  if (conflicts !== undefined) option.conflicts(conflicts);
  if (parse !== undefined) option.argParser((text) => parse(text));
  return option;
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
