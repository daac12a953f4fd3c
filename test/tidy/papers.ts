import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import { commentsOf } from "./scan.ts";
import { isIn, isTypeScript, lineAt, type Rule, ROOT, type Source, topLevelFolders, type Violation } from "./source.ts";

/** Written in pieces, so that this file is not its own first finding. */
const FORBIDDEN: readonly { readonly word: RegExp; readonly why: string }[] = [
  {
    word: new RegExp(`\\b(?:issue|pull request|PR|ticket) ${"#"}\\s?\\d|\\b${"issue"} ${"#"}`, "gi"),
    why: "the reader does not have the tracker",
  },
  { word: new RegExp(`\\bC${"E"}O\\b`, "g"), why: "nobody's wishes, only reasons" },
  {
    word: new RegExp(`(?<![\\w.)}])/${"work"}/(?!\\w*\\s)|\\b${"shared"}/(?:${"data"}|reference|design)\\b`, "g"),
    why: "a path of somebody's machine",
  },
  {
    word: new RegExp(
      `\\b(?:${["Cla" + "ude", "Anth" + "ropic", "Chat" + "GPT", "Open" + "AI", "Co" + "pilot", "L" + "LMs?", "AI" + " assistant", "sub" + "agents?", "helper" + " brief"].join("|")})\\b`,
      "gi",
    ),
    why: "the project speaks of itself only",
  },
  {
    word: new RegExp(`\\bregistry\\.${"npmjs"}|\\bproxy\\.${"golang"}|\\b${"artifact"}ory\\b`, "gi"),
    why: "registries are found by their own clients' settings",
  },
];

/** The project speaks of itself only. */
export const wordsOfOurOwn: Rule = {
  name: "the project speaks of itself only",
  find: (sources) =>
    sources.flatMap(({ path, text }) =>
      FORBIDDEN.flatMap(({ word, why }) =>
        [...text.matchAll(word)].map((match) => ({
          path,
          line: lineAt(text, match.index),
          what: `"${match[0]}": ${why}`,
        })),
      ),
    ),
  planted: [
    { path: "src/app/a.ts", text: `// see issue ${"#"}12` },
    { path: "docs/a.md", text: `as the C${"E"}O asked` },
    { path: "test/a.test.ts", text: `const dir = "/${"work"}/main";` },
    { path: ".ci/run", text: `cd ../${"shared"}/data` },
    { path: "README.md", text: `Written by Cla${"ude"}.` },
    { path: "scripts/a.mjs", text: `const host = "registry.${"npmjs"}.org";` },
  ],
  decent: [
    {
      path: "src/app/b.ts",
      text: 'import { Worker } from "@temporalio/worker";\nimport x from "../../workflows/index.ts"; // where work goes, a shared issue',
    },
  ],
};

/** Folder names of the README's table: rows whose first cell is a folder in backticks. */
export function tabledFolders(readme: string): string[] {
  return [...readme.matchAll(/^\|\s*`([\w.-]+)\/`\s*\|/gm)].map((match) => match[1] as string).sort();
}

/** The folder table is the map of the project. */
export const folderTable: Rule = {
  name: "the README's folder table lists exactly the top-level folders",
  find: (sources) => {
    const readme = sources.find(({ path }) => path === "README.md");
    if (readme === undefined) return [];
    const tabled = tabledFolders(readme.text);
    // planted sources bring their own folders, the project's are read from disk
    const planted = sources.filter(({ path }) => path.includes("/"));
    const real =
      sources.length < 10 ? [...new Set(planted.map(({ path }) => path.split("/")[0] as string))] : topLevelFolders();
    const missing = real
      .filter((name) => !tabled.includes(name))
      .map((name) => ({ path: "README.md", line: 1, what: `folder ${name}/ is not in the table` }));
    const stale = tabled
      .filter((name) => !real.includes(name))
      .map((name) => ({ path: "README.md", line: 1, what: `the table lists ${name}/, which does not exist` }));
    return [...missing, ...stale];
  },
  planted: [{ path: "README.md", text: "| Folder | What |\n|---|---|\n| `src/` | code |\n| `gone/` | nothing |" }],
  beside: [
    { path: "sql/0001.sql", text: "" },
    { path: "src/a.ts", text: "" },
  ],
  decent: [
    { path: "README.md", text: "| `src/` | code |" },
    { path: "src/a.ts", text: "" },
  ],
};

/** Texts that stand for a section of somebody's document: ERCOT Protocols, reports, rule changes, Texas code, RFCs. */
export function citationsIn(text: string): { readonly text: string; readonly index: number }[] {
  const found: { text: string; index: number }[] = [];
  for (const match of text.matchAll(/\bNP\d+-\d+\b|\bNPRR\d+\b|\b16 TAC \d+\.\d+\b|\bRFC \d+\b|\breport type (\d+)\b/g))
    found.push({ text: match[0], index: match.index });
  // section numbers that follow "ERCOT Protocols", also after "and" on the same line
  for (const match of text.matchAll(/\bERCOT Protocols?\b[^\n]*/g)) {
    for (const section of match[0].matchAll(/(?<![\d.$-])\d+(?:\.\d+){1,6}\b(?!\s*(?:\$|USD|MW|%))/g))
      found.push({ text: section[0], index: match.index + section.index });
  }
  for (const match of text.matchAll(/@see\s+([^\n*]+)/g))
    if (!/^(?:https?:|\{@link)/.test(match[1] as string))
      found.push({ text: (match[1] as string).trim(), index: match.index });
  return found;
}

/** A citation is worth something when the reader can find what it cites. */
export const citationsResolve: Rule = {
  name: "every citation stands in docs/protocol-map.md",
  find: (sources) => {
    const map = sources.find(({ path }) => path === "docs/protocol-map.md")?.text ?? "";
    return sources
      .filter(({ path }) => isIn(path, "src", "workflows", "activities", "config/market"))
      .flatMap((source): Violation[] => {
        const text = isTypeScript(source.path) ? commentsOf(source) : source.text;
        return citationsIn(text)
          .filter((citation) => !listed(map, citation.text))
          .map((citation) => ({
            path: source.path,
            line: lineAt(text, citation.index),
            what: `cites "${citation.text}", which docs/protocol-map.md does not list`,
          }));
      });
  },
  beside: [{ path: "docs/protocol-map.md", text: "| 6.6.1 | Real-Time Settlement Point Prices |" }],
  planted: [
    { path: "src/domain/market/a.ts", text: "/** Source: ERCOT Protocols 6.6.1 and 6.7.9. */" },
    { path: "src/adapters/ercot/a.ts", text: "// NP6-788" },
  ],
  decent: [
    { path: "docs/protocol-map.md", text: "| 6.6.1 | ... | NP6-788 |" },
    {
      path: "src/domain/market/a.ts",
      text: '/** Source: ERCOT Protocols 6.6.1, report NP6-788. */\nconst name = "NP9-999";',
    },
  ],
};

function listed(map: string, citation: string): boolean {
  return new RegExp(`(?<![\\w.])${citation.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w]|\\.\\d)`).test(map);
}

/** Where a paper points, there is something. */
export const papersPointSomewhere: Rule = {
  name: "links and file names in the papers exist",
  find: (sources) => {
    const known = new Set(sources.flatMap(({ path }) => [path, ...parents(path)]));
    const exists = (path: string): boolean => known.has(path) || (sources.length > 10 && existsSync(join(ROOT, path)));
    return sources
      .filter(({ path }) => path.endsWith(".md"))
      .flatMap((source) =>
        pointersOf(source)
          .filter(({ target }) => !exists(target))
          .map(({ target, line }) => ({ path: source.path, line, what: `points to ${target}, which does not exist` })),
      );
  },
  planted: [{ path: "docs/a.md", text: "See [b](b.md) and `src/domain/gone.ts`." }],
  decent: [
    {
      path: "docs/a.md",
      text: "See [b](b.md#top), `src/x.ts`, `src/<stage>/`, `src/*.ts` and [elsewhere](https://example.org).",
    },
    { path: "docs/b.md", text: "" },
    { path: "src/x.ts", text: "" },
  ],
};

function pointersOf({ path, text }: Source): { readonly target: string; readonly line: number }[] {
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => ({
    target: normalize(join(dirname(path), match[1] as string)),
    index: match.index,
  }));
  const names = [
    ...text.matchAll(/`((?:src|workflows|activities|test|docs|config|sql|scripts|bench|bin)\/[\w./-]*)`/g),
  ].map((match) => ({ target: (match[1] as string).replace(/\/$/, ""), index: match.index }));
  return [...links, ...names].map(({ target, index }) => ({
    target: target.replace(/\/$/, ""),
    line: lineAt(text, index),
  }));
}

function parents(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
}

/** A command that a paper names can be typed. */
export const papersNameCommands: Rule = {
  name: "npm commands in the papers exist",
  find: (sources) => {
    const scripts = scriptsOf(sources.find(({ path }) => path === "package.json")?.text ?? "{}");
    return sources
      .filter(({ path }) => path.endsWith(".md"))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)]
          .filter((match) => !scripts.includes(match[1] as string))
          .map((match) => ({ path, line: lineAt(text, match.index), what: `npm run ${match[1]} does not exist` })),
      );
  },
  planted: [{ path: "README.md", text: "npm run demos" }],
  beside: [{ path: "package.json", text: '{"scripts":{"demo":"x"}}' }],
  decent: [
    { path: "package.json", text: '{"scripts":{"demo":"x"}}' },
    { path: "README.md", text: "`npm run demo`, `npm test`" },
  ],
};

function scriptsOf(packageJson: string): string[] {
  return Object.keys((JSON.parse(packageJson) as { scripts?: Record<string, string> }).scripts ?? {});
}

/** The table of workflows is complete. */
export const workflowsTold: Rule = {
  name: "every workflow stands in the architecture's table",
  find: (sources) => {
    const table = sources.find(({ path }) => path === "docs/architecture.md")?.text ?? "";
    return sources
      .filter(({ path }) => path === "workflows/index.ts")
      .flatMap(({ path, text }) =>
        [...text.matchAll(/^export \{ (\w+) \}/gm)]
          .filter((match) => !table.includes(`| \`${match[1]}\` |`))
          .map((match) => ({
            path,
            line: lineAt(text, match.index),
            what: `${match[1]} is not in docs/architecture.md`,
          })),
      );
  },
  planted: [
    {
      path: "workflows/index.ts",
      text: 'export { runSite } from "./runSite.ts";\nexport { hidden } from "./hidden.ts";',
    },
  ],
  beside: [{ path: "docs/architecture.md", text: "| `runSite` | `site/<site>` |" }],
  decent: [
    { path: "workflows/index.ts", text: 'export { runSite } from "./runSite.ts";' },
    { path: "docs/architecture.md", text: "| `runSite` | `site/<site>` |" },
  ],
};
