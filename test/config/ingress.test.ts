import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readIngress } from "../../src/config/ingress.ts";

const folder = mkdtempSync(join(tmpdir(), "ballast-ingress-file-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "ingress.yaml");

/** What is wrong with a file whose folders are these, of alpha and beta in turn; nothing where it is read. */
function problemOf(...paths: readonly string[]): string {
  const folders = paths.map((path, at) => `  - { path: ${path}, issuer: ${at % 2 === 0 ? "alpha" : "beta"} }`);
  const issuer = "publicKeys: [key.pem], products: [ERS-30], sites: [mine]";
  writeFileSync(
    file,
    [
      "schema: ballast.ingress/1",
      "listen: { port: 0 }",
      `issuers: { alpha: { ${issuer} }, beta: { ${issuer} } }`,
      "folders:",
      ...folders,
    ].join("\n"),
  );
  try {
    readIngress(file);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("watched folders of an ingress file", () => {
  it("may stand beside each other, also by names that begin alike", () => {
    expect(problemOf("in/alpha", "in/beta", "in/alpha-2", "..in")).toBe("");
  });

  it.each([
    ["the same for two issuers", "inbox", "inbox"],
    ["the same by another way", "inbox", "./other/../inbox/"],
    ["one in another", "inbox", "inbox/taken"],
    ["one around another", "inbox/beta", "inbox"],
  ])("are refused where they are %s: whose a file is could not be known", (_what, one, other) => {
    expect(problemOf(one, other)).toMatch(/folders\[1\]\.path.*is or lies in the same folder as/s);
  });
});

/** What is wrong with a file of one issuer that has these members; nothing where it is read. */
function rightsProblem(members: string, head = ""): string {
  const issuer = `{ publicKeys: [key.pem], sites: [mine]${members} }`;
  writeFileSync(file, `schema: ballast.ingress/1\n${head}listen: { port: 0 }\nissuers: { alpha: ${issuer} }\n`);
  try {
    readIngress(file);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("what an issuer may do", () => {
  it("is something: products, safety stops or their end, which a key of the ingress signs", () => {
    expect(rightsProblem(", mayStop: true", "stopKey: stop.key\n")).toBe("");
    expect(rightsProblem(", mayStartAgain: true", "stopKey: stop.key\n")).toBe("");
    expect(rightsProblem(", products: [ERS-30]")).toBe("");
  });

  it.each([
    ["nothing", "", /issuers\.alpha.*may do nothing/s],
    ["no stop after all", ", mayStop: false", /issuers\.alpha.*may do nothing/s],
    [
      "stops that nothing signs",
      ", mayStop: true",
      /issuers\.alpha\.mayStop.*needs a key that signs its stops.*stopKey/s,
    ],
    ["ends that nothing signs", ", mayStartAgain: true", /issuers\.alpha\.mayStartAgain.*needs a key/s],
  ])("is refused where it is %s", (_what, members, problem) => {
    expect(rightsProblem(members)).toMatch(problem);
  });
});
