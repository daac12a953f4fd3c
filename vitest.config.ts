import { globSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { HeaviestFirst } from "./test/support/heaviestFirst.ts";

// Files that use the run's servers say so by importing test/support/stack.ts; only for them are the servers started.
const served = globSync("test/**/*.test.ts").filter((file) => readFileSync(file, "utf8").includes("support/stack"));
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
      { extends: true, test: { name: "pure", include: ["test/**/*.test.ts"], exclude: served } },
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
