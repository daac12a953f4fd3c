import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** One file of the project: its path from the root with `/`, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** Something a rule found. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

/**
 * One rule over all sources, with planted violations that it must find and decent examples that it must leave alone.
 */
export interface Rule {
  readonly name: string;
  find(sources: readonly Source[]): Violation[];
  /** Each of these files must be found guilty. */
  readonly planted: readonly Source[];
  /** Innocent files that stand beside the planted ones. */
  readonly beside?: readonly Source[];
  /** In none of these may anything be found. */
  readonly decent: readonly Source[];
}

export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");
const NOT_OURS = new Set(["node_modules", ".git", ".data", "dist"]);
const TEXT =
  /\.(?:ts|mts|mjs|js|json|md|ya?ml|sql|sh|py|csv|txt)$|^(?:\.ci\/run|bin\/\w+|LICENSE|\.gitignore|\.oxlintrc\.json)$/;

/** Every text file of the project; what is installed, built or kept at run time is left out. */
export function projectSources(root: string = ROOT): Source[] {
  return filesUnder(root)
    .map((file) => ({ path: relative(root, file).replaceAll("\\", "/"), file }))
    .filter(({ path }) => TEXT.test(path) && path !== "package-lock.json")
    .map(({ path, file }) => ({ path, text: readFileSync(file, "utf8") }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Top-level folders with at least one file in them. */
export function topLevelFolders(root: string = ROOT): string[] {
  return readdirSync(root)
    .filter(
      (name) =>
        !NOT_OURS.has(name) && statSync(join(root, name)).isDirectory() && filesUnder(join(root, name)).length > 0,
    )
    .sort();
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : entry.isFile() ? [path] : [];
  });
}

/** Whether a path lies in one of some folders. */
export function isIn(path: string, ...folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(`${folder}/`));
}

export function isTypeScript(path: string): boolean {
  return path.endsWith(".ts");
}

/** A rule of the form "this pattern does not occur in this text of these files". */
export function banned(
  name: string,
  rule: {
    readonly where: (path: string) => boolean;
    readonly text: (source: Source) => string;
    readonly pattern: RegExp;
    readonly instead: string;
    readonly planted: readonly Source[];
    readonly decent: readonly Source[];
  },
): Rule {
  return {
    name,
    planted: rule.planted,
    decent: rule.decent,
    find: (sources) =>
      sources
        .filter(({ path }) => rule.where(path))
        .flatMap((source) => {
          const text = rule.text(source);
          return [...text.matchAll(new RegExp(rule.pattern, `gm${rule.pattern.flags}`))].map((match) => ({
            path: source.path,
            line: lineAt(text, match.index),
            what: `${match[0].trim()}: ${rule.instead}`,
          }));
        }),
  };
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
