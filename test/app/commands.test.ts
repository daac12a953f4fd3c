import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitCodeOf, ExitCode } from "../../src/app/commandError.ts";
import { COMMANDS } from "../../src/app/commands/index.ts";
import { commandOf, programFor } from "../../src/app/commands/program.ts";
import { projectRoot } from "../../src/local/places.mjs";
import { plantedPage } from "../support/plantedPage.ts";
import { commandLines, isPaper } from "../tidy/paperNames.ts";
import { projectSources } from "../tidy/source.ts";

const PAGE = "docs/add-a-command.md";
const names = Object.keys(COMMANDS);
const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
const papers = projectSources().filter(isPaper);

/** `--name` of each option of a command and of those under its name. */
function optionsOf({
  options = [],
  subcommands = [],
}: Pick<(typeof commands)[number], "options" | "subcommands">): string[] {
  return [...options.map(({ flags }) => flags.split(/[ ,]/)[0]!), ...subcommands.flatMap(optionsOf)];
}

describe("the commands", () => {
  it("are called what the list calls them, each with what it does, exit codes and an example of its own", () => {
    expect(commands.map(({ name }) => name)).toEqual(names);
    for (const { name, summary, help, examples, run, subcommands } of commands) {
      expect(summary).toMatch(/^[a-z].*[^.]$/);
      expect(help).toContain("Exit codes: 0");
      expect(help).toContain(`ballast ${name} `);
      for (const { call } of examples) expect(call).toMatch(new RegExp(`^ballast ${name}( |$)`));
      expect(examples.length).toBeGreaterThan(0);
      expect((run === undefined) === (subcommands !== undefined)).toBe(true);
    }
  });

  it.each(names)("%s is named by a paper", (name) => {
    const told = papers.some(
      (paper) =>
        commandLines(paper).some(({ command }) => command === name) || paper.text.includes(`npm run ${name}\``),
    );
    expect(told).toBe(true);
  });

  it.each(commands.filter((command) => optionsOf(command).includes("--run")))(
    "$name takes the example of its help, and ends with 4 where no stack runs",
    async ({ name, examples }) => {
      for (const { call } of examples) {
        const program = (await programFor(name)).exitOverride();
        const args = (call.match(/"[^"]*"|\S+/g) ?? []).slice(1).map((word) => word.replaceAll('"', ""));
        const ended = await program
          .parseAsync([...args, "--run", join(projectRoot, ".data", "nothing-runs-here")], { from: "user" })
          .then(() => undefined, exitCodeOf);
        expect(ended).toBe(ExitCode.noRun);
      }
    },
  );

  it("each show their help at 80 columns, with how they are called", async () => {
    for (const command of commands) {
      let text = "";
      const shown = commandOf(command).configureOutput({
        getOutHelpWidth: () => 80,
        writeOut: (part) => (text += part),
      });
      shown.outputHelp();
      expect(text).toContain(`Usage: ${command.name} `);
      expect(text).toMatch(/^Examples?:\n +ballast /m);
    }
  });

  it("in papers and examples have the options that they are shown with", () => {
    const known = new Map(commands.map((command) => [command.name, optionsOf(command)]));
    const examples = commands.map(({ help, examples: shown }) => ({
      path: "help",
      text: [help, ...shown.map(({ call }) => call)].join("\n").replaceAll(/\n {2,4}(?=ballast )/g, "\n"),
    }));
    const wrong = [...papers, ...examples].flatMap((paper) =>
      commandLines(paper).flatMap(({ command, given, line }) =>
        given
          .filter((option) => known.has(command) && option !== "--help" && !known.get(command)!.includes(option))
          .map((option) => `${paper.path}:${line} ballast ${command} ${option}`),
      ),
    );
    expect(wrong.filter((one) => !one.startsWith(PAGE))).toEqual([]);
  });
});

describe(PAGE, () => {
  it("adds a command with one file and one line: it stands in the help and tells a site's contracts", () => {
    const page = plantedPage(PAGE);
    try {
      expect(page.steps).toEqual(["src/app/commands/terms.ts", "src/app/commands/index.ts +1"]);
      const ballast = (...args: string[]): string =>
        execFileSync(process.execPath, [join(page.root, "src/app/cli.ts"), ...args], {
          encoding: "utf8",
          env: { ...process.env, COLUMNS: "1000" },
        });
      const help = ballast("--help");
      expect(help).toMatch(/^ {2}terms \[options\] <config> +the contracts of a site in plain sentences$/m);
      expect(help).toMatch(/^ {2}ballast terms config\/example-site.yaml *what each client pays and is credited$/m);
      const told = ballast("terms", join(page.root, "config/example-site.yaml"), "--on", "2026-08-18");
      expect(told).toMatch(/^ {2}Energy: all-in rate [\d.]+ \$\/kWh \(clause .*\)$/m);
      expect(told).toMatch(/^ {2}Credit: all of it, your block is resold \(clause .*\)$/m);
      expect(told).toMatch(/^ {2}Fixed fee: /m);
    } finally {
      page.remove();
    }
  });
});
