// Runs one of the project's commands with the pinned Node, after whatever set-up is still missing.
import { join } from "node:path";
import { endWith, runToEnd } from "../src/local/child.mjs";
import { pinnedNode, projectRoot } from "../src/local/places.mjs";
import { say } from "./lib/progress.mjs";
import { setUp } from "./setup.mjs";

const [command = "", ...args] = process.argv.slice(2);
/** @param {string} path */
const tool = (path) => join(projectRoot, "node_modules", path);
const lint = [tool("oxlint/bin/oxlint"), "--deny-warnings"];
const prettier = tool("prettier/bin/prettier.cjs");
const format = [prettier, "--check", "--log-level", "warn", projectRoot];
const typecheck = [tool("typescript/bin/tsc"), "-p", join(projectRoot, "tsconfig.json")];
const vitest = [tool("vitest/vitest.mjs"), "run"];
const cli = join(projectRoot, "src", "app", "cli.ts");

const commands = {
  demo: { needsTemporal: true, run: () => node([cli, "demo", ...args]) },
  start: { needsTemporal: true, run: () => node([cli, "start", ...args]) },
  bench: { needsTemporal: true, run: () => node([join(projectRoot, "bench", "run.ts"), ...args]) },
  lint: { needsTemporal: false, run: lintEverything },
  format: { needsTemporal: false, run: () => node([prettier, "--write", "--log-level", "warn", projectRoot]) },
  typecheck: { needsTemporal: false, run: () => node([...typecheck, ...args]) },
  test: { needsTemporal: true, run: args.length === 0 ? testEverything : () => node([...vitest, ...args]) },
};

/** @param {readonly string[]} nodeArgs */
function node(nodeArgs) {
  return runToEnd(pinnedNode, nodeArgs, { cwd: projectRoot });
}

/** Rules of the code, then its layout: both run. */
async function lintEverything() {
  const rules = await node([...lint, ...args]);
  const layout = await node(format);
  if (layout !== 0) say("Lay the files out with: npm run format");
  return rules === 0 ? layout : rules;
}

/**
 * Types, lint rules, layout and tests: all run, so that one report shows everything there is to mend. The tests against
 * programs that we did not write come last, with a report of their own.
 */
async function testEverything() {
  const failed = [];
  const core = [...vitest, "--project", "pure", "--project", "served"];
  const outside = [...vitest, "--project", "outside"];
  const report = process.env["BALLAST_TEST_REPORT"];
  for (const [name, check] of Object.entries({ typecheck, lint, layout: format, core, outside })) {
    if (check === outside && report !== undefined) process.env["BALLAST_TEST_REPORT"] = `${report}.outside`;
    const code = await node(check);
    if (code > 128) return code;
    if (code !== 0) failed.push(name);
  }
  if (failed.length > 0) say(`Failed: ${failed.join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}

async function main() {
  const chosen = Object.entries(commands).find(([name]) => name === command)?.[1];
  if (chosen === undefined) {
    say(`Usage: node scripts/run.mjs ${Object.keys(commands).join("|")} [arguments]`);
    return 2;
  }
  try {
    await setUp({ temporal: chosen.needsTemporal });
  } catch (error) {
    say(`Set-up failed: ${/** @type {Error} */ (error).message}`);
    return 1;
  }
  return await chosen.run();
}

endWith(await main());
