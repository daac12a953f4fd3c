import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { identifyProcess } from "../../src/local/processIdentity.mjs";
import { CommandError } from "../../src/app/commandError.ts";
import { sameSite } from "../../src/app/commands/operatorOptions.ts";
import { findRunFolder, readRunFile, startFolder } from "../../src/app/system/runFolder.ts";

let root: string;
let site: string;
let demo: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ballast-folders-"));
  [site, demo] = [join(root, "site"), join(root, "demo")];
});
afterEach(() => rmSync(root, { recursive: true }));

/** A data folder whose record of processes names this very process, or one that has ended. */
function folder(dir: string, isRunning: boolean): void {
  mkdirSync(dir);
  const own = identifyProcess(process.pid);
  const named = isRunning ? own : { pid: process.pid, started: "0" };
  const record = [{ ...named, name: "worker", command: "node", endSignal: "SIGTERM" }];
  writeFileSync(join(dir, "processes.json"), JSON.stringify(record));
}

const find = (): string => findRunFolder(undefined, {}, [site, demo]).dir;

it("a command goes to the one that runs of the site's and the demo's folder", () => {
  folder(site, false);
  folder(demo, true);
  expect(find()).toBe(demo);
  rmSync(root, { recursive: true });
  mkdirSync(root);
  folder(site, true);
  folder(demo, false);
  expect(find()).toBe(site);
});

it("where both run nobody guesses which is meant; where none runs the site's comes first; where none is, it says so", () => {
  expect(() => find()).toThrow(/neither .*site nor .*demo exists/);
  folder(demo, false);
  expect(find()).toBe(demo);
  folder(site, false);
  expect(find()).toBe(site);
  rmSync(root, { recursive: true });
  mkdirSync(root);
  folder(site, true);
  folder(demo, true);
  const refused = ((): unknown => {
    try {
      return find();
    } catch (error) {
      return error;
    }
  })();
  expect(refused).toBeInstanceOf(CommandError);
  expect(refused).toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/name the one that is meant with --run/),
  });
});

it("a start and the commands beside it go by the same name when one is given", () => {
  const env = { BALLAST_RUN_DIR: "/srv/ballast/north" };
  expect(startFolder(env)).toBe("/srv/ballast/north");
  expect(findRunFolder(undefined, env, [site, demo])).toEqual({ dir: "/srv/ballast/north" });
});

it("a suggested command finds the same site again, whatever its folder is called", () => {
  const options = { run: "/srv/my site/it's", site: "pecan-draw", keyFile: "/home/maria/key" };
  expect(sameSite(options, true)).toBe(" --run '/srv/my site/it'\\''s' --site pecan-draw --key-file /home/maria/key");
  expect(sameSite({ run: "/srv/north" }, false)).toBe(" --run /srv/north");
  expect(sameSite({}, true)).toBe("");
});

it("a run that another version described is refused in words: which site, and what to do", () => {
  mkdirSync(site);
  const deployment = {
    plan: { siteId: "pecan-draw" },
    feeds: [{ kind: "mis-sced-lmp" }],
    meters: [{ model: "PM5340" }],
  };
  const run = { deployments: [deployment], appDatabaseUrl: "postgres://x", temporalAddress: "127.0.0.1:7233" };
  writeFileSync(join(site, "run.json"), JSON.stringify(run));
  expect(() => readRunFile(site)).toThrow(
    /run\.json describes site pecan-draw in the form of another version of Ballast.*move the file away/,
  );
});
