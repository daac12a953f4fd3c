import type { Command } from "commander";
import type { OperatorOptions } from "../operator/operatorLink.ts";

/** Options of every command that acts on a running site in an operator's name. */
export interface OperatorCommandOptions extends OperatorOptions {
  readonly json?: boolean;
}

/** Adds them; `does` is what the operator does, e.g. `orders`. */
export function withOperatorOptions(command: Command, does: string): Command {
  return command
    .option("--key-file <file>", `who ${does} (default: $BALLAST_KEY_FILE, else ~/.config/ballast/key)`)
    .option("--run <dir>", "data folder of the run (default: $BALLAST_RUN_DIR, else .data/demo)")
    .option("--site <id>", "site, when the run has several")
    .option("--json", "one JSON object instead of text");
}
