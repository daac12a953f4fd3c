import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { newFolder } from "../../src/app/newFolder.ts";
import { newPrivate, replacePrivate } from "../../src/app/worker/privateFile.ts";
import { powerCuts } from "../support/powerCuts.ts";

const root = mkdtempSync(join(tmpdir(), "ballast-new-folder-"));
const folder = join(root, "backup");
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  for (const name of readdirSync(root)) rmSync(join(root, name), { recursive: true });
});

const fill = (name: string) => (draft: string) => {
  mkdirSync(draft);
  writeFileSync(join(draft, name), "whole");
};
const inRoot = () => readdirSync(root).toSorted();

describe("a folder that is written all or nothing", () => {
  it("has nothing of what an interrupted one left, which was another day's, and leaves nothing beside it", async () => {
    fill("of-another-day")(`${folder}.unfinished`);
    await newFolder(folder, "a backup", fill("table"));
    expect([inRoot(), readdirSync(folder)]).toEqual([["backup"], ["table"]]);
  });

  it("does not follow a link that stands where its draft goes", async () => {
    const elsewhere = join(root, "elsewhere");
    fill("kept")(elsewhere);
    symlinkSync(elsewhere, `${folder}.unfinished`);
    await newFolder(folder, "a backup", fill("table"));
    expect([readdirSync(elsewhere), readdirSync(folder)]).toEqual([["kept"], ["table"]]);
  });

  it("is written by one of two that meet; the other is told whose it is, and costs the first nothing", async () => {
    const begun = Promise.withResolvers<void>();
    const first = newFolder(folder, "a backup", async (draft) => {
      fill("first")(draft);
      await begun.promise;
    });
    await expect(newFolder(folder, "a backup", fill("second"))).rejects.toThrow(
      `process ${process.pid} is writing ${folder}; let it end`,
    );
    begun.resolve();
    await first;
    expect(readdirSync(folder)).toEqual(["first"]);
  });

  it("is never put over what is there: a folder, an empty one made meanwhile, a link to nowhere", async () => {
    mkdirSync(folder);
    await expect(newFolder(folder, "a backup", fill("x"))).rejects.toThrow(/exists already: a backup is written into/);
    rmSync(folder, { recursive: true });
    const meanwhile = newFolder(folder, "a backup", (draft) => {
      fill("x")(draft);
      mkdirSync(folder);
    });
    await expect(meanwhile).rejects.toThrow(/exists already/);
    expect(inRoot()).toEqual(["backup"]);
    rmSync(folder, { recursive: true });
    symlinkSync(join(root, "nowhere"), folder);
    await expect(newFolder(folder, "a backup", fill("x"))).rejects.toThrow(/exists already/);
  });

  it("of one that fails nothing stays, and a full disk is said with what to do", async () => {
    const full = newFolder(folder, "a backup", (draft) => {
      fill("half")(draft);
      throw Object.assign(new Error("write"), { code: "ENOSPC" });
    });
    await expect(full).rejects.toThrow(`there is no room for ${folder} (ENOSPC): make some`);
    expect([inRoot(), existsSync(folder)]).toEqual([[], false]);
  });

  it("loses nothing to a power cut once it says that it is written: no file's bytes, no name, however deep", async () => {
    using power = powerCuts();
    const deep = join(root, "a", "b", "bundle");
    await newFolder(deep, "an audit bundle", (draft) => {
      mkdirSync(join(draft, "documents", "of-a-day"), { recursive: true });
      for (const name of ["manifest.json", "documents/1", "documents/of-a-day/2"])
        writeFileSync(join(draft, name), "whole");
    });
    expect(power.lostOf(deep)).toEqual([]);
  });

  it("says where it cannot be written, and what to do", async () => {
    writeFileSync(join(root, "file"), "");
    await expect(newFolder(join(root, "file", "backup"), "a backup", fill("x"))).rejects.toThrow(
      /backup cannot be written \(E[A-Z]+\): name a place that this account may write to/,
    );
  });
});

describe("a private file that is said to be written", () => {
  it("loses nothing to a power cut, new or in place of another", () => {
    using power = powerCuts();
    newPrivate(join(root, "key"), "of alice");
    replacePrivate(join(root, "settings"), "{}");
    expect([power.lostOf(join(root, "key")), power.lostOf(join(root, "settings"))]).toEqual([[], []]);
    expect(inRoot()).toEqual(["key", "settings"]);
  });

  it("is never put over another that is there", () => {
    newPrivate(join(root, "key"), "of alice");
    expect(() => newPrivate(join(root, "key"), "of bob")).toThrow(/EEXIST/);
    expect([readFileSync(join(root, "key"), "utf8"), inRoot()]).toEqual(["of alice", ["key"]]);
  });
});
