import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settle } from "../../../src/domain/settlement/settle.ts";
import { compose } from "../../../src/domain/statement/compose.ts";
import { invoiceEntries } from "../../../src/domain/statement/invoiceEntries.ts";
import { paperBase, paperFiles, papersOf } from "../../../src/domain/statement/papers.ts";
import { RENDERERS } from "../../../src/domain/statement/renderers/index.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import { projectRoot } from "../../../src/local/places.mjs";
import type { auditBundle as AuditBundle } from "../../../src/replay/audit.ts";
import { sha256Hex } from "../../../src/replay/hash.ts";
import type { AuditLayer } from "../../../src/replay/layers/layer.ts";
import { manifestDigestText, manifestText } from "../../../src/replay/bundle.ts";
import type { BundleContent, writeBundle as WriteBundle } from "../../../src/replay/writeBundle.ts";
import { keptDay } from "../../golden/statements/keptDay.ts";
import { type PlantedPage, plantedPage } from "../../support/plantedPage.ts";

const PAGE = "docs/add-a-renderer.md";
const textOf = (path: string): string => readFileSync(join(projectRoot, path), "utf8");
const input = keptDay();
const settledDays = [{ input, result: settle(input) }];
const statement = compose({
  statementId: "alder-2024-08-20",
  siteId: input.siteId,
  clientId: "alder",
  period: { from: input.operatingDay, to: input.operatingDay },
  issuedAt: parseInstant("2024-08-22T14:00:00Z"),
  settledDays,
});

describe("renderers", () => {
  const own = papersOf(statement, settledDays);

  it("each have a format and a file name of their own, and the guide names every file", () => {
    const files = paperFiles(statement.statementId);
    expect(Object.keys(files)).toEqual(["body", ...RENDERERS.map(({ format }) => format)]);
    expect(new Set(Object.values(files)).size).toBe(RENDERERS.length + 1);
    for (const name of Object.values(files)) expect(paperBase(name)).toBe("alder-2024-08-20");
    for (const { format, what } of RENDERERS) {
      expect(own.guide).toContain(files[format]);
      expect(own.guide.replaceAll(/\s+/g, " ")).toContain(what);
    }
  });

  it.each(RENDERERS)("$format is documented, and its bytes are kept for a day of scarcity", ({ format, ending }) => {
    expect(textOf(PAGE)).toContain(`\`${format}\``);
    expect(textOf(`test/golden/statements/alder${ending}`)).not.toBe("");
  });
});

describe(PAGE, () => {
  const folder = mkdtempSync(join(tmpdir(), "ballast-renderers-"));
  let page: PlantedPage;
  let planted: { papersOf: typeof papersOf; writeBundle: typeof WriteBundle; auditBundle: typeof AuditBundle };
  let dollars: AuditLayer;
  beforeAll(async () => {
    page = plantedPage(PAGE);
    const [papers, written, audit, layer] = await Promise.all([
      page.load("src/domain/statement/papers.ts"),
      page.load("src/replay/writeBundle.ts"),
      page.load("src/replay/audit.ts"),
      page.load("src/replay/layers/dollars.ts"),
    ]);
    planted = { papersOf: papers.papersOf, writeBundle: written.writeBundle, auditBundle: audit.auditBundle };
    dollars = layer.dollars;
  });
  afterAll(() => {
    page?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the audit finds in the statements of a bundle. */
  async function findings(dir: string): Promise<string[]> {
    const { layers } = await planted.auditBundle(dir, { workflowsPath: "", parsers: {}, layers: [dollars] });
    return layers
      .flatMap((one) => one.findings.map(({ where }) => where))
      .filter((where) => where.includes("statement"));
  }
  async function bundle(name: string, papers: Partial<ReturnType<typeof papersOf>>): Promise<string> {
    const dir = join(folder, name);
    await planted.writeBundle(dir, {
      siteId: input.siteId,
      createdAt: parseInstant("2024-08-23T06:00:00Z"),
      buildId: "test",
      runs: [],
      settlements: settledDays,
      statements: [{ statement, adjustments: [], ...papers } as unknown as BundleContent["statements"][number]],
      commands: [],
      operators: [],
      registers: [],
      meters: [],
      timeline: [],
      journal: [...settledDays.flatMap(({ result }) => result.entries), ...invoiceEntries(statement)],
      documents: [],
    });
    return dir;
  }

  it("adds a file to every statement with one file and one line", () => {
    expect(page.steps).toEqual([
      "src/domain/statement/renderers/linesJson.ts",
      "src/domain/statement/renderers/index.ts +1",
    ]);
    const papers = planted.papersOf(statement, settledDays) as unknown as Record<string, string>;
    const { lines, totalCents } = JSON.parse(papers["linesJson"]!);
    expect(totalCents).toBe(statement.totalCents);
    expect(lines).toHaveLength(statement.lines.length);
    expect(papers["guide"]).toContain("  alder-2024-08-20-lines.json\n      its lines as JSON, for a program");
  });

  it("the audit makes it again, and finds a changed cent in it", async () => {
    const dir = await bundle("given", planted.papersOf(statement, settledDays));
    expect(await findings(dir)).toEqual([]);
    const path = "statements/alder-2024-08-20-lines.json";
    const forged = readFileSync(join(dir, path), "utf8").replace(/("totalCents": "-?)\d/, "$19");
    writeFileSync(join(dir, path), forged);
    const manifest = JSON.parse(readFileSync(join(dir, "manifest.json"), "utf8"));
    for (const file of manifest.statements) if (file.path === path) file.digest = sha256Hex(Buffer.from(forged));
    writeFileSync(join(dir, "manifest.json"), manifestText(manifest));
    writeFileSync(join(dir, "manifest.sha256"), manifestDigestText(manifestText(manifest)));
    expect(await findings(dir)).toEqual([expect.stringMatching(/-lines\.json line \d+$/)]);
  });

  it("a statement issued before holds without it, guide and all", async () => {
    expect(await findings(await bundle("before", papersOf(statement, settledDays)))).toEqual([]);
  });
});
