import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Role, ROLES } from "../../domain/evidence/operatorAdmission.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { addOperator, listOperators, removeOperator, keyPath } from "../operator/operatorKeyFile.ts";
import { findRunFolder, readRunFile } from "../system/runFolder.ts";
import type { AppCommand } from "./command.ts";
import { RUN_OPTION } from "./operatorOptions.ts";

interface RunOption {
  readonly run?: string;
}

interface AddOptions extends RunOption {
  readonly actor: string;
  readonly roles?: readonly Role[];
  readonly sites?: readonly string[];
  readonly book?: string;
  readonly keyFile?: string;
  readonly vouches?: true;
}

const HELP = `
What it does:
  Keeps the list of people who may give orders to a run's sites. An operator has a name, which every order and decision
  carries, and a private key (Ed25519), which signs every request. The site's worker checks the signature before
  anything is decided. The run keeps the public key in operators.json; the private key is written to its file once and
  never printed. The role desk may order and release; stop may only stop machines
  for safety, and not let them start; start-again may only end such a stop; viewer may only look.
  --sites limits the key to these sites; without it, it is for every site. --vouches is for the key of a gateway that
  signs people in and orders in their names. Of a book that lists its operators, --book takes what the book says of the
  operator, and \`ballast apply <book>\` brings a changed list to the keys there are.

  A key file that others can read, or that belongs to another account, is refused. \`ballast status\` needs no key, only
  the right to read the data folder.

Prints where the key was written.

Exit codes: 0 done; 2 wrong arguments, or the file or the actor exists already; 4 no data folder.

Examples:
  ballast operator add --actor maria.lopez --roles desk
  ballast operator add --actor wallboard --roles viewer --key-file wallboard.key
  ballast operator add --actor fire-panel --roles stop --key-file panel.key
  ballast operator add --actor jim.hale --book config/book
  ballast operator list
  ballast operator remove --actor maria.lopez`;

/** `ballast operator`: who may order at a run's sites. */
export const operatorCommand = {
  name: "operator",
  summary: "add, list and remove the people who may order",
  description: "Operators of a run and their keys.",
  help: HELP,
  examples: [{ call: "ballast operator add --actor maria --roles desk" }],
  subcommands: [
    {
      name: "add",
      summary: "make a key for an operator",
      description: "make a key for an operator",
      options: [
        RUN_OPTION,
        { flags: "--actor <name>", what: "name that every order carries", isRequired: true },
        { flags: "--roles <role...>", what: "what the key allows", choices: ROLES },
        { flags: "--sites <site...>", what: "where it allows it (default: at every site)" },
        { flags: "--book <folder>", what: "the book that says roles and sites of this operator" },
        {
          flags: "--key-file <file>",
          what: "new file for the private key (default: $BALLAST_KEY_FILE, else ~/.config/ballast/key)",
        },
        {
          flags: "--vouches",
          what: "a gateway's key: it orders in the name of people whom the gateway has signed in",
        },
      ],
      help: "\nExample:\n  ballast operator add --actor maria.lopez --roles desk --run .data/demo",
      async run(options: AddOptions) {
        const { rightsText } = await import("../operator/bookOperators.ts");
        const { actor } = options;
        const rights = await rightsOf(options);
        const dataDir = folder(options);
        const { keyFile } = addOperator({
          dataDir,
          actor,
          ...rights,
          keyFile: keyPath(options.keyFile),
        });
        console.log(`${actor} (${rightsText(rights)}): key written to ${keyFile}`);
        const strange = strangeSites(dataDir, rights.sites);
        if (strange !== undefined) process.stderr.write(`ballast: ${strange}\n`);
      },
    },
    {
      name: "list",
      summary: "who may order",
      description: "who may order",
      options: [RUN_OPTION, { flags: "--json", what: "one JSON object instead of text" }],
      help: "\nExample:\n  ballast operator list --run .data/demo",
      async run(options: RunOption & { json?: boolean }) {
        const { rightsText } = await import("../operator/bookOperators.ts");
        const operators = listOperators(folder(options));
        if (options.json) console.log(JSON.stringify({ operators }));
        else
          console.log(
            operators.map((one) => `${one.actor}  ${rightsText(one)}`).join("\n") ||
              "nobody: add one with `ballast operator add`",
          );
      },
    },
    {
      name: "remove",
      summary: "remove an operator and their key",
      description: "remove an operator and their key",
      options: [RUN_OPTION, { flags: "--actor <name>", what: "whose", isRequired: true }],
      help: "\nExample:\n  ballast operator remove --actor maria.lopez --run .data/demo",
      run(options: RunOption & { actor: string }) {
        removeOperator(folder(options), options.actor);
        console.log(`${options.actor} is no longer an operator`);
      },
    },
  ],
} satisfies AppCommand;

/** What the key is for, by the options or by the book. @throws CommandError (2) where neither or both say it */
async function rightsOf({ actor, roles, sites, vouches, book }: AddOptions): Promise<Rights> {
  if (book === undefined) {
    if (roles !== undefined) return { roles, sites, vouches };
    throw new CommandError(
      ExitCode.unusable,
      `what may ${actor} do? Say it with --roles, or name the --book that does`,
    );
  }
  if (roles !== undefined || sites !== undefined || vouches !== undefined)
    throw new CommandError(ExitCode.unusable, "--book says roles, sites and vouches; leave the options out");
  const { isBook } = await import("../../config/book.ts");
  const { operatorsOfBook } = await import("../worker/loadBook.ts");
  if (!isBook(book)) throw new CommandError(ExitCode.unusable, `${book} is not the folder of a book`);
  const operators = operatorsOfBook(book);
  if (operators === undefined)
    throw new CommandError(
      ExitCode.unusable,
      `${book}/book.yaml lists no operators; say what ${actor} may with --roles`,
    );
  const found = operators.find((one) => one.actor === actor);
  if (found !== undefined) return found;
  const known = operators.map((one) => one.actor).join(", ") || "nobody";
  throw new CommandError(ExitCode.unusable, `${book} names no operator ${actor}; it names ${known}`);
}

type Rights = Pick<Parameters<typeof addOperator>[0], "roles" | "sites" | "vouches">;

/** What to say of sites of a key that the run does not have, for they may be added yet; undefined where it has each. */
function strangeSites(dataDir: string, sites: readonly string[] = []): string | undefined {
  if (sites.length === 0 || !existsSync(join(dataDir, "run.json"))) return undefined;
  const known = readRunFile(dataDir).deployments.map(({ plan }) => plan.siteId);
  const strange = sites.filter((one) => !known.includes(one));
  if (strange.length === 0) return undefined;
  return `note: this run has no site ${strange.map((one) => `"${one}"`).join(", ")}; it has: ${known.join(", ")}`;
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
