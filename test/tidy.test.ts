import { describe, expect, it } from "vitest";
import * as docComments from "./tidy/docComments.ts";
import { EXCEPTIONS } from "./tidy/exceptions.ts";
import * as facts from "./tidy/facts.ts";
import * as failures from "./tidy/failures.ts";
import * as imports from "./tidy/imports.ts";
import * as members from "./tidy/members.ts";
import * as paperNames from "./tidy/paperNames.ts";
import * as papers from "./tidy/papers.ts";
import * as registries from "./tidy/registries.ts";
import * as purity from "./tidy/purity.ts";
import { functionsOf, importsOf } from "./tidy/scan.ts";
import * as size from "./tidy/size.ts";
import { projectSources, type Rule, type Violation } from "./tidy/source.ts";
import { tabledExample, workedExample } from "./tidy/workedExample.ts";

const RULES = [imports, purity, size, docComments, papers, paperNames, failures, facts, registries, members].flatMap(
  (group) => Object.values(group).filter((one): one is Rule => typeof one === "object" && "find" in one),
);
const sources = projectSources();
const found = new Map(RULES.map((rule) => [rule.name, rule.find(sources)]));

describe("the project's own rules", () => {
  it("reads every source", () => {
    expect(sources.length).toBeGreaterThan(200);
    expect(sources.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        "README.md",
        ".ci/run",
        "bin/ballast",
        "src/domain/decision/decide.ts",
        "workflows/runSite.ts",
      ]),
    );
  });

  it.each(RULES)("$name", (rule) => {
    const violations = (found.get(rule.name) ?? []).filter(
      (violation) => !EXCEPTIONS.some((exception) => excuses(exception, rule.name, violation)),
    );
    expect(violations.map(({ path, line, what }) => `${path}:${line} ${what}`)).toEqual([]);
  });

  it.each(RULES)("finds what is planted against: $name", (rule) => {
    const guilty = new Set(rule.find([...rule.planted, ...(rule.beside ?? [])]).map(({ path }) => path));
    expect([...guilty].sort()).toEqual(rule.planted.map(({ path }) => path).sort());
    expect(rule.find(rule.decent)).toEqual([]);
  });

  it("has no exception that is no longer needed", () => {
    const stale = EXCEPTIONS.filter(
      (exception) =>
        !(found.get(exception.rule) ?? []).some((violation) => excuses(exception, exception.rule, violation)),
    );
    expect(stale).toEqual([]);
  });
});

describe("the README's interval in dollars", () => {
  it("follows from the code, figure by figure", () => {
    const tabled = tabledExample(sources.find(({ path }) => path === "README.md")?.text ?? "");
    expect(tabled).toMatchObject(workedExample());
  });
});

describe("the reader of sources", () => {
  it("sees imports of every form and none inside comments and strings", () => {
    const text =
      'import a from "a";\nimport type { B } from "./b.ts";\nimport {\n  c,\n} from "c";\nexport * from "../d.ts";\n// import x from "x";\nconst y = `import z from "z"`;\nawait import("e");';
    expect(
      importsOf({ path: "src/app/x.ts", text }).map(({ specifier, file, typeOnly, line }) => [
        specifier,
        file,
        typeOnly,
        line,
      ]),
    ).toEqual([
      ["a", undefined, false, 1],
      ["./b.ts", "src/app/b.ts", true, 2],
      ["c", undefined, false, 3],
      ["../d.ts", "src/d.ts", false, 6],
      ["e", undefined, false, 9],
    ]);
  });

  it("counts the lines of functions, methods and arrows, those inside apart", () => {
    const text =
      "function outer(x: { a: string }): { b: number } {\n  const inner = () => {\n    return 1;\n  };\n  if (x) {\n    run(`${{}}`);\n  }\n}\nclass K {\n  async run<T>(a: T): Promise<{ c: T }> {\n    return f(/[{]/);\n  }\n}\n";
    expect(
      functionsOf({ path: "x.ts", text })
        .map(({ name, from, to, ownLines }) => [name, from, to, ownLines])
        .sort(),
    ).toEqual([
      ["inner", 2, 4, 3],
      ["outer", 1, 8, 5],
      ["run", 10, 12, 3],
    ]);
  });
});

function excuses(
  exception: { rule: string; path: string; what?: string },
  rule: string,
  violation: Violation,
): boolean {
  return (
    exception.rule === rule &&
    exception.path === violation.path &&
    (exception.what === undefined || violation.what.includes(exception.what))
  );
}
