import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { cacheDir } from "./places.mjs";

const run = promisify(execFile);

/**
 * @typedef {{ kind: "address", address: string } | { kind: "program", path: string, version: string }} TemporalFound
 * @typedef {readonly [major: number, minor: number]} Version
 */

/**
 * The last release of the Temporal CLI that `go install` can build (later ones carry `replace` directives); it brings
 * server 1.29.1.
 */
export const cliVersion = "1.5.1";
/**
 * The oldest server that Ballast's workflows run on.
 * @type {Version}
 */
export const oldestServer = [1, 29];

/** Where the set-up keeps the Temporal program that it fetched or built. */
export function cachedProgram(env = process.env) {
  return join(cacheDir(env), "temporal", cliVersion, "temporal");
}

/**
 * Finds a usable Temporal server without fetching anything, in order: `TEMPORAL_ADDRESS`, a `temporal` program on the
 * PATH, the cached one. Undefined when there is none; `onRejected` hears of programs found and passed over, and why.
 * @param {NodeJS.ProcessEnv} env
 * @param {(line: string) => void} onRejected
 * @returns {Promise<TemporalFound | undefined>}
 */
export async function locateTemporal(env = process.env, onRejected = () => undefined) {
  if (env.TEMPORAL_ADDRESS) return { kind: "address", address: env.TEMPORAL_ADDRESS };
  for (const path of [...onPath("temporal", env), cachedProgram(env)]) {
    if (!isExecutable(path)) continue;
    const { version, problem } = await checkProgram(path);
    if (problem === undefined) return { kind: "program", path, version };
    onRejected(`${path} is passed over: ${problem}`);
  }
  return undefined;
}

/**
 * Runs the program for its version. `problem` says why it cannot serve, if so.
 * @param {string} path
 * @returns {Promise<{ version: string, problem?: undefined } | { version?: undefined, problem: string }>}
 */
export async function checkProgram(path) {
  let output;
  try {
    output = (await run(path, ["--version"], { timeout: 20_000 })).stdout.trim();
  } catch (error) {
    return { problem: `"${path} --version" failed: ${/** @type {Error} */ (error).message.trim()}` };
  }
  const server = /Server (\d+)\.(\d+)\.\d+/.exec(output);
  if (server === null) return { problem: `"--version" printed "${output}", expected a "Server <version>" in it` };
  if (isOlder([Number(server[1]), Number(server[2])], oldestServer)) {
    return { problem: `it has ${server[0]}, ${oldestServer.join(".")} or newer is needed` };
  }
  return { version: output };
}

/**
 * Whether a version comes before another.
 * @param {Version} version
 * @param {Version} least
 */
export function isOlder([major, minor], [leastMajor, leastMinor]) {
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

/**
 * Where a program of that name would lie in each folder of the PATH.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 */
export function onPath(name, env) {
  return (env.PATH ?? "")
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name));
}

/**
 * Whether a file is there that this process may run.
 * @param {string} path
 */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
