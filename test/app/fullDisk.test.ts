import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type GuardedChild, startGuarded } from "../../src/app/stack/children.ts";
import { endRecorded, openProcessRecord } from "../../src/app/stack/processRecord.ts";
import { writeOwnerOnly } from "../../src/app/worker/privateFile.ts";

/** Linux's device on which every write fails for want of room. */
const FULL = "/dev/full";
const chatter = fileURLToPath(new URL("./stackChild.ts", import.meta.url));
const sourceOf = (file: string): string => fileURLToPath(new URL(`../../src/app/${file}`, import.meta.url));
let folder: string;

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "ballast-full-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function startChatter(hear: (line: string) => void): Promise<GuardedChild> {
  const program = { program: process.execPath, args: [chatter, "chatter"], cwd: folder, env: {}, node: true };
  const ends = { endSignal: "SIGTERM", graceMs: 1000 } as const;
  const logFile = join(folder, "chatter.log");
  return startGuarded({ name: "chatter", ...program, ...ends, logFile }, openProcessRecord(folder, hear));
}

describe("on a full disk", () => {
  it("a program whose log takes no line runs to its own end, and whoever looks on is told that the record waits", async () => {
    symlinkSync(FULL, join(folder, "chatter.log"));
    symlinkSync(FULL, join(folder, "processes.json.new"));
    const heard: string[] = [];
    const child = await startChatter((line) => heard.push(line));
    expect(await child.exited).toBe(0);
    expect(heard.at(-1)).toMatch(/^The record of processes could not be written \(ENOSPC.*: make room in /);
  }, 30_000);

  it("the record has every process that still runs once there is room", async () => {
    const draft = join(folder, "processes.json.new");
    symlinkSync(FULL, draft);
    const record = openProcessRecord(folder, () => {});
    const one = { pid: 999_999, started: "1", name: "worker", command: "node", endSignal: "SIGTERM" as const };
    record.add(one);
    rmSync(draft);
    record.add({ ...one, pid: 999_998 });
    const written = JSON.parse(readFileSync(join(folder, "processes.json"), "utf8")) as { pid: number }[];
    expect(written.map(({ pid }) => pid)).toEqual([999_999, 999_998]);
  });

  it("a command whose output takes nothing says so and ends as failed; it does not break off", () => {
    const full = openSync(FULL, "w");
    const { status, stderr } = spawnSync(process.execPath, [sourceOf("cli.ts"), "--help"], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    expect(stderr).toMatch(/^ballast: output could not be written and is lost: ENOSPC.*\n$/);
    expect(status).toBe(70);
  }, 30_000);

  it("a program whose own log takes nothing goes on; on paper with room each of its lines is one line", () => {
    const script = `
      const { fitWrites } = await import(${JSON.stringify(sourceOf("outputEdge.ts"))});
      const { createLog } = await import(${JSON.stringify(sourceOf("log.ts"))});
      fitWrites(process.stdout);
      const log = createLog("gateway");
      for (const size of [10, 300]) log.info({ said: "word ".repeat(size) }, "heard");
      process.exitCode = 7;`;
    const run = (stdout: "pipe" | number) =>
      spawnSync(process.execPath, ["--input-type=module", "-e", script], {
        stdio: ["ignore", stdout, "pipe"],
        encoding: "utf8",
      });
    const full = openSync(FULL, "w");
    expect(run(full)).toMatchObject({ status: 7, stderr: "" });
    closeSync(full);
    const { status, stdout } = run("pipe");
    expect(status).toBe(7);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(["heard", "heard"]);
  }, 30_000);
});

it("whoever has the settings open while they are written anew reads the old ones whole, and no draft stays", () => {
  const path = join(folder, "run.json");
  writeOwnerOnly(path, { siteId: "pecan-draw" });
  const open = openSync(path, "r");
  writeOwnerOnly(path, { siteId: "another" });
  expect(JSON.parse(readFileSync(open, "utf8"))).toEqual({ siteId: "pecan-draw" });
  closeSync(open);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ siteId: "another" });
  expect(readdirSync(folder)).toEqual(["run.json"]);
});

it("an empty record of processes, left by a loss of power, is refused with its path and what to do", async () => {
  writeFileSync(join(folder, "processes.json"), "");
  await expect(endRecorded(folder)).rejects.toThrow(
    /processes\.json is not a record of processes; remove it once none/,
  );
});
