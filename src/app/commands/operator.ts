import { existsSync } from "node:fs";
import { Command, Option } from "commander";
import { type Role, ROLES } from "../../domain/evidence/operatorAdmission.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { addOperator, listOperators, removeOperator, keyPath } from "../operator/operatorKeyFile.ts";
import { findRunFolder } from "../system/runFolder.ts";

interface RunOption {
  readonly run?: string;
}

const HELP = `
What it does:
  Keeps the list of people who may give orders to a run's sites. An operator has a name, which every order and decision
  carries, and a private key (Ed25519), which signs every request. The site's worker checks the signature before
  anything is decided. The run keeps the public key in operators.json; the private key is written to its file once and
  never printed. The role desk may order and release; viewer may only look.
  --vouches is for the key of a gateway that signs people in and orders in their names.

  A key file that others can read, or that belongs to another account, is refused. \`ballast status\` needs no key, only
  the right to read the data folder.

Prints where the key was written.

Exit codes: 0 done; 2 wrong arguments, or the file or the actor exists already; 4 no data folder.

Examples:
  ballast operator add --actor maria.lopez --roles desk
  ballast operator add --actor wallboard --roles viewer --key-file wallboard.key
  ballast operator list
  ballast operator remove --actor maria.lopez`;

/** `ballast operator`: who may order at a run's sites. */
export function operatorCommand(): Command {
  const operator = new Command("operator")
    .summary("add, list and remove the people who may order")
    .description("Operators of a run and their keys.")
    .addHelpText("after", HELP);
  const sub = (name: string, what: string): Command =>
    operator
      .command(name)
      .description(what)
      .option(
        "--run <dir>",
        "data folder of the run (default: $BALLAST_RUN_DIR, else of .data/site and .data/demo the one that runs)",
      );
  sub("add", "make a key for an operator")
    .requiredOption("--actor <name>", "name that every order carries")
    .addOption(new Option("--roles <role...>", "what the key allows").choices(ROLES).makeOptionMandatory())
    .option(
      "--key-file <file>",
      "new file for the private key (default: $BALLAST_KEY_FILE, else ~/.config/ballast/key)",
    )
    .option("--vouches", "a gateway's key: it orders in the name of people whom the gateway has signed in")
    .addHelpText("after", "\nExample:\n  ballast operator add --actor maria.lopez --roles desk --run .data/demo")
    .action((options: RunOption & { actor: string; roles: readonly Role[]; keyFile?: string; vouches?: true }) => {
      const { actor, roles } = options;
      const { keyFile } = addOperator({
        dataDir: folder(options),
        actor,
        roles,
        keyFile: keyPath(options.keyFile),
        vouches: options.vouches,
      });
      console.log(`${actor} (${roles.join(", ")}): key written to ${keyFile}`);
    });
  sub("list", "who may order")
    .option("--json", "one JSON object instead of text")
    .addHelpText("after", "\nExample:\n  ballast operator list --run .data/demo")
    .action((options: RunOption & { json?: boolean }) => {
      const operators = listOperators(folder(options));
      if (options.json) console.log(JSON.stringify({ operators }));
      else
        console.log(
          operators
            .map(({ actor, roles, vouches }) => `${actor}  ${roles.join(", ")}${vouches ? ", vouches" : ""}`)
            .join("\n") || "nobody: add one with `ballast operator add`",
        );
    });
  sub("remove", "remove an operator and their key")
    .requiredOption("--actor <name>", "whose")
    .addHelpText("after", "\nExample:\n  ballast operator remove --actor maria.lopez --run .data/demo")
    .action((options: RunOption & { actor: string }) => {
      removeOperator(folder(options), options.actor);
      console.log(`${options.actor} is no longer an operator`);
    });
  return operator;
}

function folder(options: RunOption): string {
  const { dir, notice } = findRunFolder(options.run);
  if (notice !== undefined) process.stderr.write(`ballast: ${notice}\n`);
  if (!existsSync(dir))
    throw new CommandError(
      ExitCode.noRun,
      `there is no data folder ${dir}; start the site in it first, or name another with --run or BALLAST_RUN_DIR`,
    );
  return dir;
}
