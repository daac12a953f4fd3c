import { globSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { HEAVIEST_FIRST, HeaviestFirst } from "./test/support/heaviestFirst.ts";

// Files that use the run's servers say so by importing test/support/stack.ts; only for them are the servers started.
const served = globSync("test/**/*.test.ts").filter((file) => readFileSync(file, "utf8").includes("support/stack"));
const heavy = HEAVIEST_FIRST.filter((file) => !served.includes(file));
const report = process.env["BALLAST_TEST_REPORT"];

export default defineConfig({
  test: {
    pool: "forks",
    fileParallelism: true,
    maxWorkers: 2,
    sequence: { sequencer: HeaviestFirst },
    setupFiles: ["test/support/withoutColor.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    projects: [
      { extends: true, test: { name: "heavy", include: heavy } },
      // Nothing of one file is left to the next, so a worker loads what they share once.
      {
        extends: true,
        test: { name: "pure", isolate: false, include: ["test/**/*.test.ts"], exclude: [...served, ...heavy] },
      },
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
