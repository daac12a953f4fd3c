import { globSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { HeaviestFirst } from "./test/support/heaviestFirst.ts";

// Files that use the run's servers say so by importing test/support/stack.ts; only for them are the servers started.
const served = globSync("test/**/*.test.ts").filter((file) => readFileSync(file, "utf8").includes("support/stack"));
// What needs a program that we did not write and that a machine may lack: a part of its own, after everything else.
const outside = globSync(["test/pyasic/**/*.test.ts", "test/gridstatus/**/*.test.ts"]);
const report = process.env["BALLAST_TEST_REPORT"];

export default defineConfig({
  test: {
    pool: "forks",
    // Nothing of one file is left to the next, so a worker loads what they share, and bundles workflows, once.
    isolate: false,
    fileParallelism: true,
    // Of three files one mostly waits: for a process that was killed, or for the real clock.
    maxWorkers: 3,
    sequence: { sequencer: HeaviestFirst },
    setupFiles: ["test/support/withoutColor.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    projects: [
      { extends: true, test: { name: "pure", include: ["test/**/*.test.ts"], exclude: [...served, ...outside] } },
      { extends: true, test: { name: "outside", include: outside } },
      ...(served.length === 0
        ? []
        : [
            {
              extends: true as const,
              test: { name: "served", include: served, globalSetup: ["test/support/globalSetup.ts"] },
            },
          ]),
    ],
  },
});
