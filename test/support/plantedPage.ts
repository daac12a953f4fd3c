import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../../src/local/places.mjs";

/** A copy of the program in which the steps of a page were carried out. */
export interface PlantedPage {
  readonly root: string;
  /** Files in the order of the page: a new one by its path, of others also the lines added, without imports. */
  readonly steps: readonly string[];
  /** A module of the copy. */
  load(path: string): Promise<any>;
  remove(): void;
}

const FENCE = /^```(\w+) (\S+)\n([\s\S]*?)^```$/gm;

/**
 * Carries out the steps of a page of `docs/` on a copy of the program. A block of code whose fence names a file is that
 * new file; a `diff` block is carried out on the file that stands there: lines with `-` go, lines with `+` come.
 * The copy lies under the project's own folder, so that its packages are found. @throws Error when a step does not fit
 * the program as it is
 */
export function plantedPage(page: string): PlantedPage {
  const text = readFileSync(join(projectRoot, page), "utf8");
  mkdirSync(join(projectRoot, ".data"), { recursive: true });
  const root = mkdtempSync(join(projectRoot, ".data", "planted-"));
  for (const folder of ["src", "config", "workflows", "activities"])
    cpSync(join(projectRoot, folder), join(root, folder), { recursive: true });
  cpSync(join(projectRoot, "package.json"), join(root, "package.json"));
  const steps = [...text.matchAll(FENCE)].map(([, language, path = "", body = ""]) => {
    const file = join(root, path);
    if (language === "diff") {
      writeFileSync(file, patched(path, readFileSync(file, "utf8"), body));
      return `${path} +${(body.match(/^\+(?!import )/gm) ?? []).length}`;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body, { flag: "wx" });
    return path;
  });
  if (steps.length === 0) throw new Error(`${page} has no block of code that names a file`);
  return {
    root,
    steps,
    load: (path) => import(pathToFileURL(join(root, path)).href),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Each part of a diff, parted by `@@`: its lines without `+` stand in the file, once and together. */
function patched(path: string, text: string, diff: string): string {
  return diff.split(/^@@.*\n/m).reduce((now, hunk) => {
    const lines = hunk.split("\n").filter((line) => line !== "");
    const [old, next] = ["+", "-"].map((other) => {
      const some = lines.filter((line) => !line.startsWith(other));
      return some.map((line) => `${line.slice(1)}\n`).join("");
    }) as [string, string];
    if (old === "" || now.split(old).length !== 2) throw new Error(`${path} does not hold these lines once:\n${old}`);
    return now.replace(old, () => next);
  }, text);
}
