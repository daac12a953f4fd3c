import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { identifyProcess, isRunning, type ProcessIdentity } from "../../src/local/processIdentity.mjs";
import { projectRoot } from "../../src/local/places.mjs";
import { firstLine, type SpokenProcess, spawnSpeaking } from "../support/firstLine.ts";

const childModule = new URL("../../src/local/child.mjs", import.meta.url).href;

let folder: string;
let programs = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ballast-run-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a command of the project, run with the pinned Node", () => {
  it("gives its exit code and runs in UTC", async () => {
    const { runner, line } = await run("console.log(process.env.TZ); process.exitCode = 42;", {
      TZ: "America/Chicago",
    });
    expect(line).toBe("UTC");
    expect(await once(runner, "exit")).toEqual([42, null]);
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "gets the %s that its runner gets, and its runner waits for its end",
    async (signal) => {
      const { runner } = await run(
        `process.on("${signal}", () => setTimeout(() => process.exit(9), 100)); setInterval(() => {}, 1000); ` +
          `console.log("up");`,
      );
      runner.kill(signal);
      expect(await once(runner, "exit")).toEqual([9, null]);
    },
  );

  it.each([
    ["ends itself at once", ""],
    ["ignores SIGTERM", 'process.on("SIGTERM", () => {});'],
  ])("ends within 5 seconds when its runner is killed with kill -9, also when it %s", async (_habit, code) => {
    const { runner, line } = await run(`${code} setInterval(() => {}, 1000); console.log(process.pid);`);
    const child = identifyProcess(Number(line)) as ProcessIdentity;
    runner.kill("SIGKILL");
    await expectGone(child);
  });

  it("ends within 5 seconds when the npm that started its runner is killed with kill -9", async () => {
    const { runner: npm, line } = await run(
      "setInterval(() => {}, 1000); console.log(process.pid);",
      { npm_lifecycle_event: "demo" },
      "under a shell",
    );
    const child = identifyProcess(Number(line)) as ProcessIdentity;
    npm.kill("SIGKILL");
    await expectGone(child);
  });
});

describe("the test counts", () => {
  const file = (status: string, ...tests: string[]) => ({
    status,
    assertionResults: tests.map((one) => ({ status: one })),
  });

  it.each([
    ["passed and skipped tests", [file("passed", "passed", "passed", "skipped")], "2 passed, 0 failed", 0],
    ["a failed test", [file("failed", "passed", "failed")], "1 passed, 1 failed", 1],
    ["a file that could not be loaded", [file("passed", "passed"), file("failed")], "1 passed, 1 failed", 1],
    ["a run in which nothing ran", [], "0 passed, 0 failed", 1],
  ])("of %s are those of the report", (_what, testResults, line, code) => {
    const report = join(folder, "report.json");
    writeFileSync(report, JSON.stringify({ testResults }));
    expect(counts(report)).toEqual({ line, code });
  });

  it("of a run that left no report are a failure", () => {
    expect(counts(join(folder, "absent.json"))).toEqual({ line: "0 passed, 1 failed", code: 1 });
  });
});

function counts(report: string): { line: string; code: number | null } {
  const { stdout, status } = spawnSync(process.execPath, [join(projectRoot, "scripts", "testCounts.mjs"), report], {
    encoding: "utf8",
  });
  return { line: stdout.trim(), code: status };
}

async function expectGone(child: ProcessIdentity): Promise<void> {
  const deadline = Date.now() + 5000;
  while (isRunning(child) && Date.now() < deadline) await pause(50);
  expect(isRunning(child)).toBe(false);
}

/**
 * Starts a runner, or a shell with the runner in it, whose command is `code`, and waits for the command's first line.
 */
async function run(
  code: string,
  env: Record<string, string> = {},
  how: "directly" | "under a shell" = "directly",
): Promise<{ runner: SpokenProcess; line: string }> {
  const [program, script] = [join(folder, `program-${++programs}.mjs`), join(folder, `runner-${programs}.mjs`)];
  writeFileSync(program, code);
  writeFileSync(
    script,
    `
    import { runToEnd } from ${JSON.stringify(childModule)};
    process.exitCode = await runToEnd(process.execPath, [${JSON.stringify(program)}], { cwd: process.cwd() });`,
  );
  const [command, args] =
    how === "directly" ? [process.execPath, [script]] : ["sh", ["-c", `"${process.execPath}" "${script}"; exit $?`]];
  const runner = spawnSpeaking(command, args, env);
  return { runner, line: await firstLine(runner) };
}
