import type { OperatorOptions } from "../operator/operatorLink.ts";
import type { CommandOption } from "./command.ts";

/** Options of every command that acts on a running site in an operator's name. */
export interface OperatorCommandOptions extends OperatorOptions {
  readonly json?: boolean;
}

/** What an answer to an order or a release does not know, said each time. */
export const NOT_PROVEN =
  "That is what is ordered. What machines acknowledge, are read back at and the meter shows is not known yet.";

/** The options by which another command finds the same site, to be printed behind it; with the key where it acts. */
export function sameSite(options: OperatorOptions, isActing: boolean): string {
  const { run, site, keyFile } = options;
  const given = { run, site, "key-file": isActing ? keyFile : undefined };
  return Object.entries(given)
    .flatMap(([name, value]) => (value === undefined ? [] : [` --${name} ${shellWord(value)}`]))
    .join("");
}

/** As a shell reads it back. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Where a command finds the run, when it is not told. */
export const RUN_OPTION: CommandOption = {
  flags: "--run <dir>",
  what: "data folder of the run (default: $BALLAST_RUN_DIR, else of .data/site and .data/demo the one that runs)",
};

/** The options; `does` is what the operator does, e.g. `orders`. */
export function operatorOptions(does: string): readonly CommandOption[] {
  return [
    {
      flags: "--key-file <file>",
      what: `who ${does} (default: $BALLAST_KEY_FILE, else ~/.config/ballast/key)`,
    },
    RUN_OPTION,
    { flags: "--site <id>", what: "site, when the run has several" },
    { flags: "--json", what: "one JSON object instead of text" },
  ];
}
