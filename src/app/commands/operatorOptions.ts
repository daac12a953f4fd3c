import type { Command } from "commander";
import type { OperatorOptions } from "../operator/operatorLink.ts";

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

/** Adds them; `does` is what the operator does, e.g. `orders`. */
export function withOperatorOptions(command: Command, does: string): Command {
  return command
    .option("--key-file <file>", `who ${does} (default: $BALLAST_KEY_FILE, else ~/.config/ballast/key)`)
    .option(
      "--run <dir>",
      "data folder of the run (default: $BALLAST_RUN_DIR, else of .data/site and .data/demo the one that runs)",
    )
    .option("--site <id>", "site, when the run has several")
    .option("--json", "one JSON object instead of text");
}
