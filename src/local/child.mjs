import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { compileCache, projectRoot } from "./places.mjs";

const endWithParent = pathToFileURL(join(projectRoot, "src", "local", "endWithParent.mjs")).href;
/** @type {readonly NodeJS.Signals[]} */
const passedOn = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a Node program to its end with this process's terminal, in UTC, and resolves with its exit code (128 + number
 * after a signal). Signals are passed on, and the program ends when this process, or the npm that started it, is
 * killed.
 * @param {string} node
 * @param {readonly string[]} args
 * @param {{ cwd: string }} options
 * @returns {Promise<number>}
 */
export function runToEnd(node, args, { cwd }) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, ["--import", endWithParent, ...args], {
      cwd,
      stdio: ["inherit", "inherit", "inherit", "pipe"],
      env: {
        ...process.env,
        TZ: "UTC",
        PATH: [join(projectRoot, "node_modules", ".bin"), process.env.PATH].join(delimiter),
        BALLAST_LIFELINE: "3",
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? compileCache,
      },
    });
    child.stdio[3]?.on("error", () => {}); // the child closed its end: its exit says the rest
    // A terminal sends Ctrl-C to the whole group: the child has it already.
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal));
    for (const signal of passedOn) process.on(signal, pass);
    const watch = watchForNpm(() => child.kill("SIGTERM"));
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      clearInterval(watch);
      for (const one of passedOn) process.off(one, pass);
      resolve(code ?? 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)]);
    });
  });
}

/**
 * Ends this process with an exit code, once what it has written is out.
 * @param {number} code
 */
export function endWith(code) {
  process.exitCode = code;
}

/**
 * npm does not take its script along when it is killed: its script notices that it has a new parent.
 * @param {() => void} onGone
 */
function watchForNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    onGone();
  }, 1000);
  return watch.unref();
}
