import { lineAt, type Rule, type Source, type Violation } from "./source.ts";

/** A command that a paper names can be typed, with its options. */
export const papersNameBallast: Rule = {
  name: "ballast commands and options in the papers exist",
  find: (sources) => {
    const program = textOf(sources, "src/app/commands/index.ts");
    const commands = [...program.matchAll(/^ {2}"?([a-z-]+)"?: async \(\) =>/gm)].map((match) => match[1] as string);
    const code = sources.filter(({ path }) => path.startsWith("src/app/commands/"));
    const options = new Set(code.flatMap(({ text }) => text.match(/--[a-z][a-z-]*/g) ?? []));
    return sources
      .filter(isPaper)
      .flatMap((source) =>
        commandLines(source).flatMap(({ line, command, given }): Violation[] => [
          ...(commands.includes(command) || ["help", "<command>"].includes(command)
            ? []
            : [{ path: source.path, line, what: `ballast ${command} does not exist` }]),
          ...given
            .filter((option) => !options.has(option) && option !== "--help")
            .map((option) => ({ path: source.path, line, what: `ballast ${command} has no ${option}` })),
        ]),
      );
  },
  planted: [
    { path: "README.md", text: "Type `bin/ballast statsu`." },
    { path: "docs/a.md", text: "Type `ballast status --wach`." },
    { path: "config/a.yaml", text: "# see `ballast chek <file>`" },
  ],
  beside: [
    {
      path: "src/app/commands/index.ts",
      text: 'const COMMANDS = {\n  status: async () => 1,\n  "replay-day": async () => 1,\n};',
    },
    { path: "src/app/commands/status.ts", text: '.option("--watch", "again")' },
  ],
  decent: [
    { path: "src/app/commands/index.ts", text: "const COMMANDS = {\n  status: async () => 1,\n};" },
    { path: "src/app/commands/status.ts", text: '.option("--watch", "again")' },
    { path: "README.md", text: "`bin/ballast status --watch`, `ballast help`; Ballast decides, ballast is a weight." },
  ],
};

/** Calls of `ballast` in a paper, each with the options that it is given. */
export function commandLines({ text: whole }: Source): { line: number; command: string; given: string[] }[] {
  // a block whose fence names a file is a step that the reader takes: what it adds does not exist before
  const text = whole.replace(/^```\w+ \S+\n[\s\S]*?^```$/gm, (step) => step.replace(/[^\n]/g, " "));
  const spans = [...text.matchAll(/`([^`\n]+)`/g), ...text.matchAll(/^((?:bin\/)?ballast .*)$/gm)];
  return spans.flatMap((span) => {
    const found = /^(?:bin\/)?ballast ([a-z-]+|<command>)(.*)$/.exec(span[1] as string);
    if (found === null) return [];
    return [
      {
        line: lineAt(text, span.index),
        command: found[1] as string,
        given: (found[2] as string).match(/--[a-z][a-z-]*/g) ?? [],
      },
    ];
  });
}

/** A name that a paper writes as code is one of the code's: a function, a key, a table, a variable. */
export const papersNameCode: Rule = {
  name: "names written as code in the papers are in the code",
  find: (sources) => {
    const known = new Set(sources.filter(isCode).flatMap(({ text }) => text.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []));
    return sources
      .filter(({ path }) => path.endsWith(".md") && path !== "CHANGELOG.md")
      .flatMap(({ path, text }) =>
        [...text.matchAll(/`([A-Za-z_][\w.]*)(?:\([^`)]*\))?`/g)].flatMap((match): Violation[] => {
          const parts = (match[1] as string).split(".");
          if (
            !/[a-z][A-Z]|_|\w\.\w/.test(match[1] as string) ||
            /\.(?:ts|mjs|md|json|yaml|sh|service|unusable)\b/.test(match[1] as string)
          )
            return [];
          return parts.every((part) => known.has(part))
            ? []
            : [{ path, line: lineAt(text, match.index), what: `\`${match[1]}\` is nowhere in the code` }];
        }),
      );
  },
  planted: [
    { path: "docs/a.md", text: "The rule is `settleDays`." },
    { path: "docs/b.md", text: "Set `staleness.gridSeconds`." },
    { path: "README.md", text: "Set `BALLAST_KEYS`." },
  ],
  beside: [{ path: "src/a.ts", text: "settleDay BALLAST_KEY staleness" }],
  decent: [
    { path: "src/a.ts", text: 'settleDay staleness scedPriceSeconds process.env["BALLAST_KEY"]' },
    { path: "docs/a.md", text: "`settleDay`, `staleness.scedPriceSeconds`, `BALLAST_KEY`, `off`, `curtail`, `a.ts`" },
  ],
};

/** Written in pieces, so that this file is not its own first finding. */
const BRITISH = new RegExp(
  `\\b(?:${["neighb" + "our", "col" + "our", "fav" + "our", "behavi" + "our", "hon" + "our", "recogn" + "is", "organ" + "is[ei]", "catal" + "ogue", "licen" + "ce", "lab" + "elled", "trav" + "elled", "wh" + "ilst"].join("|")})`,
  "gi",
);

/** One spelling, the readers'. */
export const americanSpelling: Rule = {
  name: "texts are spelled the American way",
  find: (sources) =>
    sources
      .filter(({ path }) => path !== "CHANGELOG.md")
      .flatMap(({ path, text }) =>
        [...text.matchAll(BRITISH)].map((match) => ({
          path,
          line: lineAt(text, match.index),
          what: `"${match[0]}" is British spelling`,
        })),
      ),
  planted: [
    { path: "docs/a.md", text: `between neighb${"our"}ing modes` },
    { path: "src/app/a.ts", text: `const message = "the client is not recogn${"is"}ed";` },
  ],
  decent: [{ path: "docs/a.md", text: "neighboring, color, license, four, hour, favorite" }],
};

/** Whether a text is written for readers. */
export function isPaper({ path }: Source): boolean {
  return path.endsWith(".md") || (path.startsWith("config/") && path.endsWith(".yaml"));
}

function isCode({ path }: Source): boolean {
  return !path.endsWith(".md") && !path.startsWith("test/");
}

function textOf(sources: readonly Source[], wanted: string): string {
  return sources.find(({ path }) => path === wanted)?.text ?? "";
}
