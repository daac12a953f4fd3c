import { uncommented } from "./scan.ts";
import { isIn, isTypeScript, lineAt, type Rule, type Source, type Violation } from "./source.ts";

/** A folder whose index lists what there is of one thing. */
interface Registry {
  readonly folder: string;
  /** The member of a listed thing by which others could tell it from the rest. */
  readonly name: string;
  /** What others call it where they have one of them. */
  readonly said: string;
  /** Where the things are met. */
  readonly read: readonly string[];
}

const PRODUCT = ["src/domain", "src/ports", "src/adapters", "src/readModels", "src/replay", "src/config", "src/app"];
const EVERYWHERE = [...PRODUCT, "activities", "workflows"];

const REGISTRIES: readonly Registry[] = [
  { folder: "src/domain/decision/rules", name: "reason", said: "(?:reason|movedBy)", read: EVERYWHERE },
  { folder: "src/domain/decision/policies", name: "kind", said: "kind", read: EVERYWHERE },
  { folder: "src/app/commands", name: "name", said: "(?:command\\.name|command|commandName)", read: EVERYWHERE },
  {
    folder: "src/replay/layers",
    name: "name",
    said: "layer(?:\\.name)?",
    read: ["src/replay", "src/domain/evidence", "src/app"],
  },
  {
    folder: "src/domain/statement/renderers",
    name: "format",
    said: "format",
    read: ["src/domain", "src/replay", "src/app", "src/adapters/postgres", "activities", "workflows"],
  },
  { folder: "src/domain/settlement/terms", name: "kind", said: "kind", read: ["src", "activities", "workflows"] },
  { folder: "src/domain/settlement/terms", name: "code", said: "code", read: ["src", "activities", "workflows"] },
];

/** Whoever asks which one it is would have to be changed for the next one. */
export const registriesAlone: Rule = {
  name: "nothing outside a registry asks which of its members it has",
  find: (sources) => REGISTRIES.flatMap((registry) => asking(registry, sources)),
  planted: [
    { path: "src/replay/a.ts", text: 'if (layer === "sums") return;' },
    { path: "src/app/evidence/m.ts", text: 'const sums = log.filter(({ layer }) => layer.name === "sums");' },
    { path: "src/app/status/b.ts", text: 'switch (layer) {\n  case "sums":\n    return 1;\n}' },
    { path: "src/domain/evidence/c.ts", text: 'list.push({ layer: "sums", where });' },
    { path: "src/app/session/g.ts", text: 'if (format === "paper") print();' },
    { path: "src/config/e.ts", text: 'if (energy.kind !== "by-sun") return [];' },
    { path: "src/domain/statement/f.ts", text: 'const fees = sumOf((code) => code === "sunlight");' },
    { path: "src/app/commands/d.ts", text: 'const shown = ["sums"].includes(layer) ? 1 : 2;' },
    { path: "src/app/operator/h.ts", text: 'switch (reason) {\n  case "night-limit":\n    return "until 06:00";\n}' },
    { path: "src/domain/decision/i.ts", text: 'const isPriced = movedBy === "night-limit";' },
    { path: "src/readModels/j.ts", text: 'const WORDS: Record<Reason, string> = { "night-limit": "quiet" };' },
    { path: "src/config/k.ts", text: 'if (plan.economic.kind === "at-strike") return [];' },
    { path: "src/app/l.ts", text: 'if (command.name === "greet") greet();' },
  ],
  beside: [
    {
      path: "src/domain/decision/rules/nightLimit.ts",
      text: 'export const nightLimit = {\n  reason: "night-limit",\n} as const satisfies Rule;',
    },
    {
      path: "src/domain/decision/policies/atStrike.ts",
      text: 'export const atStrike = {\n  kind: "at-strike",\n} as const satisfies Policy;',
    },
    { path: "src/app/commands/greet.ts", text: 'export const greetCommand = {\n  name: "greet",\n};' },
    { path: "src/domain/statement/renderers/paper.ts", text: 'export const paper = {\n  format: "paper",\n};' },
    { path: "src/replay/layers/sums.ts", text: 'export const sums = { name: "sums", what: "sums" } as const;' },
    {
      path: "src/domain/settlement/terms/bySun.ts",
      text: 'export const bySun = {\n  kind: "by-sun",\n  charges: [\n    {\n      code: "sunlight",\n    },\n  ],\n};',
    },
  ],
  decent: [
    {
      path: "src/replay/layers/sums.ts",
      text: 'export const sums = { name: "sums" } as const;\nif (x === "sums") y();',
    },
    { path: "src/replay/e.ts", text: 'import { sums } from "./layers/sums.ts";\nconst ledger = read("sums");' },
  ],
};

function asking({ folder, name, said, read }: Registry, sources: readonly Source[]): Violation[] {
  const own = sources.filter(({ path }) => isIn(path, folder) && isTypeScript(path));
  const members = own.flatMap(({ text }) =>
    [...text.matchAll(new RegExp(`^ *(?:export const .*\\{ )?${name}: "([\\w-]+)"`, "gm"))].map(([, member]) => member),
  );
  if (members.length === 0) return [];
  const literal = `"(?:${members.join("|")})"`;
  const asks = new RegExp(
    `case ${literal}|\\b${said} [!=]==? ${literal}|${literal} [!=]==? (?:\\w+\\.)*${said}\\b|\\b${said}: ${literal}|` +
      `\\[[^\\]]*${literal}[^\\]]*\\]\\.includes\\((?:\\w+\\.)*${said}\\b|^\\s*${literal}:|[{,] ?${literal}:`,
    "gm",
  );
  return sources
    .filter(({ path }) => isIn(path, ...read) && isTypeScript(path) && !isIn(path, folder))
    .flatMap((source) => {
      const text = uncommented(source);
      return [...text.matchAll(asks)].map((match) => ({
        path: source.path,
        line: lineAt(text, match.index),
        what: `${match[0]}: let the member in ${folder}/ say it`,
      }));
    });
}
