import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { waitForLock } from "../../src/local/lock.mjs";
import { cacheDir } from "../../src/local/places.mjs";
import {
  cachedProgram,
  checkProgram,
  cliVersion,
  isExecutable,
  isOlder,
  locateTemporal,
  oldestServer,
  onPath,
} from "../../src/local/temporalProgram.mjs";
import { say, whileShowing } from "./progress.mjs";

const run = promisify(execFile);
/** @type {readonly [number, number]} */
const oldestGo = [1, 25];
const answerTimeoutMs = 15_000;

/**
 * SHA-256 of the archives of release v1.5.1, from the release's own checksums (also listed by cashapp/hermit-packages).
 * @type {Readonly<Record<string, string>>}
 */
const archiveSha256 = {
  "linux-x64": "ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d",
  "linux-arm64": "bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5",
  "darwin-x64": "bbb73e2a31135abe50a1f1cdb35030c42961df618e8ce9c60ae89f201540c5d9",
  "darwin-arm64": "cca01b7ea35ad56e2a328d9ae596bf716bd22313ef63c7a761c88354457c2415",
};

/** @typedef {import("../../src/local/temporalProgram.mjs").TemporalFound} TemporalFound */
/** @typedef {{ url?: string, sha256?: string, goElsewhere?: string[] }} Options */

/**
 * Finds a Temporal server, or fetches or builds one into the cache: the release's archive first, then the Go toolchain.
 * Only one process does so at a time, the others wait for it. Throws an error that names every way when none works.
 * @param {NodeJS.ProcessEnv} env
 * @param {Options} options
 * @returns {Promise<TemporalFound>}
 */
export async function obtainTemporal(env = process.env, options = {}) {
  const found = await locateTemporal(env, say);
  if (found !== undefined) return found;
  const folder = join(cacheDir(env), "temporal");
  const release = await waitForLock(join(folder, "setup.lock"), {
    timeoutMs: 20 * 60_000,
    onWait: (holder) => say(`Process ${holder.pid} is already fetching the Temporal server: waiting for it`),
  });
  try {
    return (await locateTemporal(env)) ?? (await fetchOrBuild(env, folder, options));
  } finally {
    release();
  }
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} folder
 * @param {Options} options
 * @returns {Promise<TemporalFound>}
 */
async function fetchOrBuild(env, folder, options) {
  for (const name of readdirSync(folder)) {
    if (name.startsWith("staging-")) rmSync(join(folder, name), { recursive: true, force: true });
  }
  const staging = join(folder, `staging-${process.pid}`);
  mkdirSync(staging, { recursive: true });
  const failures = [];
  try {
    for (const [way, attempt] of Object.entries({ download, "build with Go": buildWithGo })) {
      try {
        const fresh = await attempt(staging, env, options);
        const { version, problem } = await checkProgram(fresh);
        if (problem !== undefined) throw new Error(problem);
        const path = cachedProgram(env);
        mkdirSync(join(path, ".."), { recursive: true });
        renameSync(fresh, path);
        return { kind: "program", path, version };
      } catch (error) {
        const { message } = /** @type {Error} */ (error);
        failures.push(`${way}: ${message}`);
        say(`  ${way} did not work: ${message}`);
      }
    }
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  throw new Error(noWayWorked(failures, env));
}

/**
 * Downloads the release's archive, checks its SHA-256 and unpacks the program.
 * @param {string} staging
 * @param {NodeJS.ProcessEnv} _env
 * @param {Options} options
 */
async function download(staging, _env, options) {
  const platform = `${process.platform}-${process.arch}`;
  const sha256 = options.sha256 ?? archiveSha256[platform];
  if (sha256 === undefined) throw new Error(`there is no archive for ${platform}`);
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const url =
    options.url ??
    `https://github.com/temporalio/cli/releases/download/v${cliVersion}/` +
      `temporal_cli_${cliVersion}_${process.platform}_${arch}.tar.gz`;
  const archive = join(staging, "temporal.tar.gz");
  await whileShowing(`Downloading the Temporal server ${cliVersion} (some 60 MB)`, () => save(url, archive, sha256));
  await run("tar", ["-xzf", archive, "-C", staging, "temporal"]);
  return join(staging, "temporal");
}

/**
 * @param {string} url
 * @param {string} file
 * @param {string} sha256
 */
async function save(url, file, sha256) {
  const control = new AbortController();
  const silence = setTimeout(
    () => control.abort(new Error(`no answer within ${answerTimeoutMs / 1000} s from ${url}`)),
    answerTimeoutMs,
  );
  const hash = createHash("sha256");
  try {
    const response = await fetch(url, { signal: control.signal });
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status} from ${url}`);
    const watched = Readable.fromWeb(response.body).on("data", (chunk) => {
      hash.update(chunk);
      silence.refresh();
    });
    await pipeline(watched, createWriteStream(file));
  } catch (error) {
    const { message, cause } = /** @type {Error & { cause?: Error }} */ (error);
    throw new Error(
      control.signal.aborted ? control.signal.reason.message : `${message}${cause ? ` (${cause.message})` : ""}`,
    );
  } finally {
    clearTimeout(silence);
  }
  const got = hash.digest("hex");
  if (got !== sha256) throw new Error(`the archive from ${url} has SHA-256 ${got}, expected ${sha256}: it is not used`);
}

/**
 * Builds the program from its source through the Go module proxy.
 * @param {string} staging
 * @param {NodeJS.ProcessEnv} env
 * @param {Options} options
 */
async function buildWithGo(staging, env, options) {
  const go = [...onPath("go", env), ...(options.goElsewhere ?? ["/usr/local/go/bin/go"])].find(isExecutable);
  if (go === undefined) throw new Error("no Go toolchain on the PATH");
  const version = /go(\d+)\.(\d+)/.exec((await run(go, ["version"], { env })).stdout);
  if (version === null || isOlder([Number(version[1]), Number(version[2])], oldestGo)) {
    throw new Error(`${go} is ${version?.[0] ?? "of an unknown version"}, Go ${oldestGo.join(".")} or newer is needed`);
  }
  await whileShowing(`Building the Temporal server ${cliVersion} with ${version[0]} (2 to 4 minutes, once)`, () =>
    runQuietly(go, ["install", `github.com/temporalio/cli/cmd/temporal@v${cliVersion}`], {
      ...env,
      GOBIN: staging,
      GOOS: "",
      GOARCH: "",
    }),
  );
  return join(staging, "temporal");
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<void>}
 */
function runQuietly(program, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    const endChild = () => child.kill("SIGTERM");
    process.once("exit", endChild);
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      complaint = (complaint + text).slice(-4000);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("exit", endChild);
      if (code === 0) return resolve();
      reject(
        new Error(`${program} ${args.join(" ")} ended with ${signal ?? `exit code ${code}`}:\n${complaint.trim()}`),
      );
    });
  });
}

/**
 * @param {readonly string[]} failures
 * @param {NodeJS.ProcessEnv} env
 */
function noWayWorked(failures, env) {
  return [
    "No Temporal server could be found, downloaded or built.",
    ...failures.map((failure) => `  - ${failure}`),
    "Any one of these helps:",
    "  - set TEMPORAL_ADDRESS=host:port to use a server that already runs;",
    `  - put a "temporal" program with server ${oldestServer.join(".")} or newer on the PATH ` +
      `(https://docs.temporal.io/cli), or at ${cachedProgram(env)};`,
    "  - connect to the internet, so that github.com answers;",
    `  - install Go ${oldestGo.join(".")} or newer with access to a module proxy, so that it can be built.`,
  ].join("\n");
}
