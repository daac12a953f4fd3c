// Prints "N passed, N failed" from vitest's JSON reports and fails when something failed or nothing ran in one of them.
import { readFileSync } from "node:fs";

/** @typedef {{ status: string, assertionResults: { status: string }[] }} TestFile */

const reportFiles = process.argv.slice(2);
try {
  const testResults = reportFiles.flatMap((file) => {
    /** @type {{ testResults: TestFile[] }} */
    const report = JSON.parse(readFileSync(file, "utf8"));
    return report.testResults;
  });
  /** @param {string} status */
  const count = (status) =>
    testResults.flatMap((file) => file.assertionResults).filter((test) => test.status === status).length;
  // A file that could not be loaded has no failed test of its own: it counts as one.
  const brokenFiles = testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  const [passed, failed] = [count("passed"), count("failed") + brokenFiles.length];
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(
    `The tests left no report (${/** @type {Error} */ (error).message}): they did not run to their end\n`,
  );
  process.stdout.write("0 passed, 1 failed\n");
  process.exitCode = 1;
}
