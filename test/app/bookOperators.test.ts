import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exitCodeOf } from "../../src/app/commandError.ts";
import { operatorCommand } from "../../src/app/commands/operator.ts";
import { operatorChanges, rightsText } from "../../src/app/operator/bookOperators.ts";
import { addOperator, authenticate, listOperators, requireSite } from "../../src/app/operator/operatorKeyFile.ts";
import { operatorsOfBook } from "../../src/app/worker/loadBook.ts";
import { operatorsFile, readOperators } from "../../src/app/worker/operatorList.ts";
import { projectRoot } from "../../src/local/places.mjs";

const BOOK = join(projectRoot, "config", "book");
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "ballast-book-operators-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** A book's head with these operators; its sites' files are not read. */
function bookWith(operators: string): string {
  const head = "schema: ballast.book/1\nbookId: west-texas\nsites: { pecan-draw: a.yaml, salt-fork: b.yaml }\n";
  writeFileSync(join(dataDir, "book.yaml"), `${head}operators:\n${operators}`);
  return dataDir;
}
const keysIn = (folder: string) => readOperators(operatorsFile(folder));
const added = (actor: string, rights: Omit<Parameters<typeof addOperator>[0], "dataDir" | "actor" | "keyFile">) =>
  addOperator({ dataDir, actor, keyFile: join(dataDir, `${actor}.key`), ...rights }).keyFile;
const add = operatorCommand.subcommands.find(({ name }) => name === "add");
const addFor = (actor: string, options: object) =>
  Promise.resolve(add?.run({ actor, run: dataDir, keyFile: join(dataDir, `${actor}.key`), ...options }));

describe("operators of a book", () => {
  it("get a key for what the book says of them, and for nothing else", async () => {
    await addFor("jim.hale", { book: BOOK });
    await addFor("maria.desk", { book: BOOK });
    expect(listOperators(dataDir)).toEqual([
      { actor: "jim.hale", roles: ["desk"], sites: ["salt-fork"] },
      { actor: "maria.desk", roles: ["desk"] },
    ]);
    const why = await addFor("eve", { book: BOOK }).catch((error: unknown) => error);
    expect([exitCodeOf(why), (why as Error).message]).toEqual([
      2,
      `${BOOK} names no operator eve; it names maria.desk, jim.hale, wallboard`,
    ]);
    const both = await addFor("wallboard", { book: BOOK, roles: ["desk"] }).catch((error: unknown) => error);
    expect([exitCodeOf(both), (both as Error).message]).toEqual([
      2,
      "--book says roles, sites and vouches; leave the options out",
    ]);
    const neither = await addFor("eve", {}).catch((error: unknown) => error);
    expect(exitCodeOf(neither)).toBe(2);
    expect(listOperators(dataDir)).toHaveLength(2);
  });

  it("may ask at their sites alone; an operator without sites at every one", () => {
    const jim = authenticate(dataDir, added("jim.hale", { roles: ["desk"], sites: ["salt-fork"] }));
    const maria = authenticate(dataDir, added("maria", { roles: ["desk"] }));
    for (const [operator, siteId] of [
      [jim, "salt-fork"],
      [maria, "salt-fork"],
      [maria, "pecan-draw"],
    ] as const)
      expect(() => requireSite(operator, siteId, "order")).not.toThrow();
    expect(() => requireSite(jim, "pecan-draw", "order")).toThrow(
      "jim.hale may not order at pecan-draw: the key is for salt-fork alone; ask an operator of that site",
    );
  });

  it("have keys that follow the book: wider, narrower, or gone; a key is never made by it", () => {
    added("jim.hale", { roles: ["desk"], sites: ["salt-fork"] });
    added("maria", { roles: ["desk", "viewer"] });
    added("left", { roles: ["viewer"] });
    added("gateway", { roles: ["desk"], vouches: true });
    const operators = operatorsOfBook(
      bookWith(
        "  - { actor: jim.hale, roles: [desk] }\n  - { actor: maria, roles: [viewer], sites: [pecan-draw, salt-fork] }\n" +
          "  - { actor: gateway, roles: [desk], vouches: true }\n  - { actor: new, roles: [desk] }\n",
      ),
    );
    const changed = operatorChanges(keysIn(dataDir), operators ?? []);
    expect(changed.lines).toEqual([
      "operator jim.hale: desk at salt-fork → desk at every site",
      "operator maria: desk, viewer at every site → viewer at pecan-draw, salt-fork",
      "operator left: viewer at every site → no operator: the key goes",
    ]);
    expect(changed.keys.map(({ actor, ...key }) => `${actor}: ${rightsText(key)}`)).toEqual([
      "jim.hale: desk at every site",
      "maria: viewer at pecan-draw, salt-fork",
      "gateway: desk at every site, vouches",
    ]);
    expect(changed.withoutKey).toEqual(["new"]);
    expect(operatorChanges(changed.keys, operators ?? [])).toEqual({ ...changed, lines: [] });
  });

  it.each([
    [
      "a site that the book does not have",
      "  - { actor: a, roles: [desk], sites: [mesa] }",
      /operators\[0\]\.sites\[0\]: is "mesa", not a site of this book; expected one of pecan-draw, salt-fork/,
    ],
    [
      "an operator who is named twice",
      "  - { actor: a, roles: [desk] }\n  - { actor: a, roles: [viewer] }",
      /book\.yaml:6:14 operators\[1\]\.actor: operator "a" appears twice/,
    ],
    [
      "a role that there is not",
      "  - { actor: a, roles: [god] }",
      /operators\[0\]\.roles\[0\]: is "god"; expected one of desk, stop, start-again, viewer/,
    ],
    [
      "a name that no order could carry",
      '  - { actor: "a b", roles: [desk] }',
      /operators\[0\]\.actor: is "a b"; expected letters, digits and \. _ @ -, 64 at most/,
    ],
    [
      "nobody, which would take every key away",
      "  []",
      /operators: is \[\]; expected a list with a length of at least 1/,
    ],
    [
      "no role",
      "  - { actor: a, roles: [] }",
      /operators\[0\]\.roles: is \[\]; expected a list with a length of at least 1/,
    ],
    ["no site", "  - { actor: a, roles: [desk], sites: [] }", /operators\[0\]\.sites: is \[\]/],
    ["a misspelt key", "  - { actor: a, role: [desk] }", /unknown key "role", did you mean "roles"\?/],
  ])("with %s are refused with the place", (_what, operators, message) => {
    expect(() => operatorsOfBook(bookWith(`${operators}\n`))).toThrow(message);
  });
});

describe("a run's list of operators", () => {
  it("of a form without sites is read: its keys are for every site", () => {
    const file = added("maria", { roles: ["desk"] });
    const text = readFileSync(operatorsFile(dataDir), "utf8");
    writeFileSync(operatorsFile(dataDir), text.replace("ballast.operators/3", "ballast.operators/2"));
    expect(authenticate(dataDir, file)).toMatchObject({ actor: "maria", roles: ["desk"] });
  });

  it("whose sites are no list of names is none: nobody is recognized by it", () => {
    added("maria", { roles: ["desk"], sites: ["salt-fork"] });
    const text = readFileSync(operatorsFile(dataDir), "utf8");
    writeFileSync(operatorsFile(dataDir), text.replace(/"sites": \[[^\]]*\]/, '"sites": "salt-fork"'));
    expect(() => keysIn(dataDir)).toThrow("is not a list of operators");
  });
});
