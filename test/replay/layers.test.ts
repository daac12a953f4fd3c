import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Instant } from "../../src/domain/units/instant.ts";
import { projectRoot } from "../../src/local/places.mjs";
import { auditBundle } from "../../src/replay/audit.ts";
import { LAYERS } from "../../src/replay/layers/index.ts";
import { renderVerdict } from "../../src/replay/renderVerdict.ts";
import { type BundleContent, writeBundle } from "../../src/replay/writeBundle.ts";
import { plantedPage } from "../support/plantedPage.ts";

const folder = mkdtempSync(join(tmpdir(), "ballast-layers-"));
const names = LAYERS.map(({ name }) => name);
const textOf = (path: string): string => readFileSync(join(projectRoot, path), "utf8");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A bundle whose site meter counts what is given at 00:00, 00:15 and so on. */
async function bundleWith(name: string, registersWh: readonly number[]): Promise<string> {
  const dir = join(folder, name);
  const none: Omit<BundleContent, "registers" | "meters"> = {
    siteId: "pecan",
    createdAt: "2026-08-19T06:00:00.000Z" as Instant,
    buildId: "test",
    runs: [],
    settlements: [],
    statements: [],
    commands: [],
    operators: [],
    timeline: [],
    journal: [],
    documents: [],
  };
  await writeBundle(dir, {
    ...none,
    meters: [{ meterId: "site", rolloverWh: "1000000" }],
    registers: registersWh.map((wh, i) => {
      const boundaryAt = `2026-08-18T05:${String(15 * i).padStart(2, "0")}:00.000Z` as Instant;
      return { meterId: "site", boundaryAt, readAt: boundaryAt, registerWh: String(wh), quality: "metered" };
    }),
  });
  return dir;
}

describe("the layers of the audit", () => {
  it("have a name each that fits the report, and a clause", () => {
    expect(new Set(names).size).toBe(LAYERS.length);
    for (const { name, what } of LAYERS) {
      expect(name).toMatch(/^[a-z]{1,10}$/);
      expect(what).toMatch(/^[a-z].*[^.]$/);
    }
  });

  it("are all documented, by name and by their number", () => {
    const words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"];
    const listed = names.join(", ");
    expect(textOf("docs/adr/006-evidence-chain.md").replaceAll("\n", " ")).toContain(
      `Its ${words[LAYERS.length]} layers: ${listed}.`,
    );
    for (const paper of ["README.md", "docs/architecture.md"])
      expect(textOf(paper)).toContain(`in ${words[LAYERS.length]} layers`);
  });

  it.each(names)("%s is met by a forged bundle of the tests", (name) => {
    const tests = ["audit", "realEvening", "alarmsAndSwaps"].map((file) => textOf(`test/replay/${file}.test.ts`));
    expect(tests.join("\n")).toContain(`"${name}"`);
  });

  it("report in their order on every bundle, and ask for a replay only where one is needed", async () => {
    const dir = await bundleWith("quiet", [10, 20]);
    const none = { show: () => Promise.reject(), replay: () => Promise.reject(), close: () => undefined };
    const verdict = await auditBundle(dir, { workflowsPath: "", parsers: {}, replayer: none as never });
    expect(verdict.layers.map(({ layer }) => layer)).toEqual(names);
    expect(renderVerdict(verdict).match(/^(?:FAIL|none|ok {2}) {2}(\w+)/gm)).toHaveLength(LAYERS.length);
    const files = LAYERS.filter(({ needs }) => needs === "files");
    const first = await auditBundle(dir, { workflowsPath: "no module", parsers: {}, layers: files });
    expect(first.layers.map(({ layer }) => layer)).toEqual(["integrity"]);
    expect(first.ok).toBe(true);
  });
});

describe("docs/add-a-audit-layer.md", () => {
  it("adds a layer with one file and one line: a register that ran backwards is found by it alone", async () => {
    const page = plantedPage("docs/add-a-audit-layer.md");
    try {
      expect(page.steps).toEqual(["src/replay/layers/registers.ts", "src/replay/layers/index.ts +1"]);
      const { LAYERS: planted } = (await page.load("src/replay/layers/index.ts")) as { LAYERS: typeof LAYERS };
      expect(planted.map(({ name }) => name)).toEqual(names.toSpliced(names.indexOf("effects"), 0, "registers"));
      const audit = (await page.load("src/replay/audit.ts")) as { auditBundle: typeof auditBundle };
      const verdictOf = async (name: string, registersWh: readonly number[]) =>
        audit.auditBundle(await bundleWith(name, registersWh), {
          workflowsPath: "",
          parsers: {},
          layers: planted.filter(({ needs }) => needs === "files"),
        });
      expect((await verdictOf("rising", [10, 20, 999_990, 5])).ok).toBe(true);
      const { layers } = await verdictOf("falling", [10, 30, 20]);
      expect(layers.flatMap(({ findings }) => findings)).toEqual([
        { layer: "registers", where: "site at 2026-08-18T05:30:00.000Z", expected: "at least 30 Wh", found: "20 Wh" },
      ]);
    } finally {
      page.remove();
    }
  });
});
