import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startGuarded } from "../../src/app/stack/children.ts";
import { openProcessRecord } from "../../src/app/stack/processRecord.ts";

const chatter = fileURLToPath(new URL("./stackChild.ts", import.meta.url));
let folder: string;

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "ballast-log-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("a program that writes without end fills its log and three older parts, never more, and its newest lines are there", async () => {
  const logFile = join(folder, "chatter.log");
  const limits = { bytesMax: 100_000, kept: 3, lookEveryMs: 20 };
  const child = await startGuarded(
    {
      name: "chatter",
      program: process.execPath,
      args: [chatter, "chatter"],
      cwd: folder,
      env: {},
      logFile,
      logLimits: limits,
      endSignal: "SIGTERM",
      graceMs: 1000,
      node: true,
    },
    openProcessRecord(folder),
  );
  expect(await child.exited).toBe(0);
  const parts = [logFile, ...[1, 2, 3].map((part) => `${logFile}.${part}`)];
  for (const path of parts) expect(statSync(path).size, path).toBeLessThan(3 * limits.bytesMax);
  expect(existsSync(`${logFile}.4`)).toBe(false);
  const numbers = parts
    .toReversed()
    .flatMap((path) => [...readFileSync(path, "utf8").matchAll(/^line (\d+) /gm)].map(([, n]) => Number(n)));
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  expect(numbers.at(-1)).toBe(19_999);
}, 60_000);
