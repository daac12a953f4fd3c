import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildId } from "../../src/app/buildId.ts";
import { forgetUnused, keepBundle, readKept, touchKept } from "../../src/app/worker/builds/keptBundle.ts";
import { deploymentNameOf } from "../../src/app/worker/builds/deploymentVersions.ts";
import { projectPath } from "./smallSite.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ballast-build-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function project(name: string, workflow: string): string {
  const root = join(folder, name);
  mkdirSync(join(root, "workflows"), { recursive: true });
  mkdirSync(join(root, "src/domain"), { recursive: true });
  writeFileSync(join(root, "workflows/index.ts"), workflow);
  writeFileSync(join(root, "src/domain/rule.ts"), "export const rule = 1;\n");
  return root;
}

describe("the name of a build", () => {
  it("is the same for the same code in another folder, and another for changed code", () => {
    const first = buildId(project("first", "export const run = 1;\n"));
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(buildId(project("second", "export const run = 1;\n"))).toBe(first);
    expect(buildId(project("third", "export const run = 2;\n"))).not.toBe(first);
  });

  it("is another when a rule of the domain changes", () => {
    const root = project("first", "export const run = 1;\n");
    const before = buildId(root);
    writeFileSync(join(root, "src/domain/rule.ts"), "export const rule = 2;\n");
    expect(buildId(root)).not.toBe(before);
  });

  it("belongs to a site's own deployment, whose name has no dot: Temporal parts names there", () => {
    expect([deploymentNameOf("pecos.2"), deploymentNameOf("pecos-2")]).toEqual(["ballast/pecos~2", "ballast/pecos-2"]);
  });
});

describe("a kept bundle", () => {
  const workflows = projectPath("test/app/fixtures/builds/c.ts");

  it("is what is run again; damaged, of another SDK or in want of a gone activity it is refused with the reason", async () => {
    const place = { folder: join(folder, "kept"), activities: ["note", "drive"] };
    const code = await keepBundle(place, "c", workflows);
    expect(readKept(place, "c")).toEqual({ code });
    expect(readKept({ ...place, activities: ["note"] }, "c")).toEqual({
      isGone: true,
      problem: "its workflows may ask for activities that are gone: drive",
    });
    expect(readKept(place, "d")).toEqual({
      isGone: true,
      problem: `its bundle ${join(place.folder, "d.js")} is not there`,
    });
    cpSync(join(place.folder, "c.js"), join(place.folder, "whole.js"));
    writeFileSync(join(place.folder, "c.js"), "exports = {};");
    expect(readKept(place, "c")).toEqual({
      isGone: true,
      problem: `its bundle ${join(place.folder, "c.js")} is damaged: its SHA-256 is not the one noted`,
    });
    cpSync(join(place.folder, "whole.js"), join(place.folder, "c.js"));
    const note = { buildId: "c", sha256: "", sdkVersion: "1.0.0", activities: [] };
    writeFileSync(join(place.folder, "c.json"), JSON.stringify({ ...note, sha256: sha256(code) }));
    expect(readKept(place, "c")).toEqual({
      isGone: true,
      problem: expect.stringMatching(/^its bundle needs Temporal SDK 1\.0\.0, this program has \d/),
    });
  });

  it("is copied from a folder that has it, whole and of the same build, and else made from the module", async () => {
    const [other, own, third] = ["other", "own", "third"].map((name) => join(folder, name)) as [string, string, string];
    const code = await keepBundle({ folder: other, activities: ["note"] }, "c", workflows);
    const noModule = join(folder, "not-there.ts");
    const place = { folder: own, copyFrom: other, activities: ["note", "drive"] };
    expect(await keepBundle(place, "c", noModule)).toBe(code);
    expect(readKept({ folder: own, activities: ["note", "drive"] }, "c")).toEqual({ code });
    expect(readKept({ folder: own, activities: ["note"] }, "c")).toHaveProperty("problem");
    await expect(keepBundle(place, "d", noModule)).rejects.toThrow(/not-there/);
    writeFileSync(join(other, "c.js"), "exports = {};");
    expect(await keepBundle({ ...place, folder: third }, "c", workflows)).toBe(code);
  });

  it("that cannot be read at the moment is not gone: it may be readable again", async () => {
    const place = { folder: join(folder, "kept"), activities: ["note"] };
    mkdirSync(join(place.folder, "c.json"), { recursive: true });
    expect(readKept(place, "c")).toMatchObject({
      isGone: false,
      problem: expect.stringMatching(/cannot be read: .*EISDIR/),
    });
    writeFileSync(join(place.folder, "d.json"), '{"buildId":"d"');
    expect(readKept(place, "d")).toMatchObject({
      isGone: true,
      problem: expect.stringMatching(/its note is not JSON$/),
    });
  });

  it("is forgotten once nothing has used it for the days that it is kept", async () => {
    const place = { folder: join(folder, "kept"), activities: ["note"] };
    await keepBundle(place, "old", workflows);
    await keepBundle(place, "new", workflows);
    const longAgo = new Date(Date.now() - 46 * 86_400_000);
    for (const build of ["old", "new"]) utimesSync(join(place.folder, `${build}.json`), longAgo, longAgo);
    touchKept(place.folder, "new");
    forgetUnused(place.folder, 45);
    expect(["old", "new"].map((build) => "code" in readKept(place, build))).toEqual([false, true]);
  });
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
