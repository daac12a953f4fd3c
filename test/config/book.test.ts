import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { checkBook, loadBook } from "../../src/app/worker/loadBook.ts";

const DAY = "2026-08-18";
const config = fileURLToPath(new URL("../../config/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ballast-book-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The example book with its second site's file changed. */
function bookWith(change: (text: string) => string): string {
  const text = readFileSync(join(config, "book", "salt-fork.yaml"), "utf8");
  writeFileSync(
    join(folder, "second.yaml"),
    change(text)
      .replace("../market", join(config, "market"))
      .replace("contracts/paloma.yaml", join(config, "book", "contracts", "paloma.yaml")),
  );
  const sites = `sites: { pecan-draw: ${join(config, "example-site.yaml")}, salt-fork: second.yaml }`;
  writeFileSync(join(folder, "book.yaml"), `schema: ballast.book/1\nbookId: west-texas\n${sites}\n`);
  return folder;
}
const namesOf = (path: string) => loadBook(path, DAY).book.deployments.map(({ plan }) => plan.siteId);
const problemsOf = (path: string) => checkBook(path, DAY).flatMap(({ problems }) => problems.map((one) => one.message));

describe("a book of sites", () => {
  it("is the example's two sites, 300 machines and 60, five clients, in the order of its head", () => {
    const { book, broken } = loadBook(join(config, "book"), DAY);
    expect(book.bookId).toBe("west-texas");
    expect(book.deployments.map(({ plan, machines }) => [plan.siteId, machines.length])).toEqual([
      ["pecan-draw", 300],
      ["salt-fork", 60],
    ]);
    expect(new Set(book.deployments.flatMap(({ contracts }) => contracts.map((one) => one.clientId))).size).toBe(5);
    expect([broken, problemsOf(join(config, "book"))]).toEqual([[], []]);
  });

  it("is a book of one for a single site's file", () => {
    const { book } = loadBook(join(config, "example-site.yaml"), DAY);
    expect([book.bookId, book.deployments.length]).toEqual(["pecan-draw", 1]);
  });

  it("names its archive in its head, at 03:30 unless it says so, and warns of one that a site's own file names", () => {
    const own = (text: string) => text.replace("feeds:\n", "archive: { folder: own }\nfeeds:\n");
    const named = bookWith(own);
    expect(loadBook(named, DAY).archive).toBeUndefined();
    expect(checkBook(named, DAY)[1]?.warnings.map(({ message }) => message)).toEqual([
      "counts only where the site runs by itself",
    ]);
    const head = readFileSync(join(named, "book.yaml"), "utf8");
    writeFileSync(join(named, "book.yaml"), `${head}archive: { folder: ../archive }\n`);
    expect(loadBook(named, DAY).archive).toEqual({ folder: join(folder, "..", "archive"), at: "03:30" });
    expect(loadBook(join(named, "second.yaml"), DAY).archive).toEqual({ folder: join(folder, "own"), at: "03:30" });
    writeFileSync(join(named, "book.yaml"), `${head}archive: { folder: a, at: "24:00" }\n`);
    expect(problemsOf(named)).toHaveLength(1);
  });

  it.each([
    ["a file that is wrong", (text: string) => text.replace("pue: 1.03", "pue: 0.5"), /./],
    [
      "a contract that another site has",
      (text: string) => text.replaceAll("dryland-2025", "caprock-2024"),
      /caprock-2024/,
    ],
    [
      "a machine that another site commands",
      (text: string) => text.replace("127.21.2.1-127.21.2.20", "127.20.3.61-127.20.3.80"),
      /127\.20\.3\.61/,
    ],
    [
      "another address for a feed that both share",
      (text: string) => text.replace("baseUrl: https://www.ercot.com", "baseUrl: https://mirror.example.com"),
      /grid-condition as ercot\/daily-prc https:\/\/mirror\.example\.com/,
    ],
    ["the file of another site", (text: string) => text.replace("siteId: salt-fork", "siteId: elsewhere"), /elsewhere/],
  ])("leaves out a site with %s, names it, and runs the other", (_what, change, named) => {
    const path = bookWith(change);
    expect(namesOf(path)).toEqual(["pecan-draw"]);
    expect(loadBook(path, DAY).broken).toEqual([
      expect.objectContaining({ siteId: "salt-fork", problem: expect.stringMatching(named) }),
    ]);
    expect(problemsOf(path)).toEqual([expect.stringMatching(named)]);
  });

  it("says of a site's file with another id just that, in its line, before what follows from it", () => {
    const [problem, ...others] = checkBook(
      bookWith((text) => text.replace("siteId: salt-fork", "siteId: saltfork")),
      DAY,
    ).flatMap(({ problems }) => problems);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      line: 9,
      column: 11,
      key: "site.siteId",
      message: "is saltfork",
      expected: "salt-fork, as the book says",
    });
  });

  it.each([
    [
      "a site's id that names no file",
      '{ "a b": one.yaml }',
      /book\.yaml:3:10 sites\.a b: "a b" cannot be a key here; expected letters/,
    ],
    ["a key that would be lost", "{ __proto__: one.yaml }", /book\.yaml:3:10 __proto__ cannot be a key/],
    [
      "a site's id that is no name of its own",
      "{ constructor: one.yaml }",
      /"constructor" cannot .* a name of its own/,
    ],
    ["one site twice", "{ a: one.yaml, a: two.yaml }", /book\.yaml:3:23 Map keys must be unique/],
    ["sites that are none", "5", /book\.yaml:3:8 sites: is 5; expected keys with values/],
  ])("is refused with its place where the head has %s", (_what, sites, message) => {
    writeFileSync(join(folder, "book.yaml"), `schema: ballast.book/1\nbookId: west-texas\nsites: ${sites}\n`);
    expect(() => loadBook(folder, DAY)).toThrow(message);
  });

  it("says of a site's file that is a book's head just that", () => {
    bookWith((text) => text);
    const head = readFileSync(join(folder, "book.yaml"), "utf8");
    writeFileSync(join(folder, "book.yaml"), head.replace("second.yaml", "book.yaml"));
    expect(problemsOf(folder)).toEqual(["is ballast.book/1, a form that is not read here"]);
  });

  it("is refused with its place where the head is none", () => {
    writeFileSync(join(folder, "book.yaml"), "schema: ballast.book/1\nbookId: west-texas\nsites: {}\n");
    expect(() => loadBook(folder, DAY)).toThrow(/book\.yaml:3:\d+ sites: .*A file for each site by its id/);
  });
});
