import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { waitForLock } from "../../src/local/lock.mjs";
import { pinnedNode, projectRoot } from "../../src/local/places.mjs";
import { say, whileShowing } from "./progress.mjs";

const modules = join(projectRoot, "node_modules");
const stampFile = join(modules, ".ballast-installed");

/** Installs what package-lock.json names when it is missing or stale, and checks that the pinned Node runs. */
export async function ensureDependencies() {
  if (isInstalled()) return;
  const release = await waitForLock(join(projectRoot, ".data", "install.lock"), {
    timeoutMs: 15 * 60_000,
    onWait: (holder) => say(`Process ${holder.pid} is already installing the dependencies: waiting for it`),
  });
  try {
    if (isInstalled()) return;
    if (!matchesLock()) await whileShowing("Installing the dependencies that package-lock.json names", npmCi);
    checkPinnedNode();
    writeFileSync(stampFile, stamp());
  } finally {
    release();
  }
}

/** True when the installed dependencies are those of the present package-lock.json. */
function isInstalled() {
  return existsSync(pinnedNode) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp();
}

function stamp() {
  const lock = readFileSync(join(projectRoot, "package-lock.json"));
  return `${createHash("sha256").update(lock).digest("hex")} ${process.platform}-${process.arch}\n`;
}

/** A finished `npm ci` or `npm install` leaves the list of what it installed: is it what the lock file asks for? */
function matchesLock() {
  const installedFile = join(modules, ".package-lock.json");
  if (!existsSync(installedFile) || !existsSync(pinnedNode)) return false;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  const wanted = JSON.parse(readFileSync(join(projectRoot, "package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const present = installed[path];
    if (present === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return present.version === entry.version && present.integrity === entry.integrity;
  });
}

/** @returns {Promise<void>} */
function npmCi() {
  const npm = process.env.npm_execpath?.endsWith(".js") ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const [program, ...args] = [...npm, "ci", "--no-audit", "--no-fund"];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: projectRoot, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output = (output + text).slice(0, 100_000);
      });
    }
    child.on("error", (error) =>
      reject(new Error(`npm could not be started (${error.message}); install Node 20 or newer with npm`)),
    );
    child.on("close", (code, signal) => {
      if (code === 0) return resolve();
      const complaint = output
        .split("\n")
        .filter((line) => !/^npm warn/i.test(line))
        .slice(0, 20)
        .join("\n");
      reject(
        new Error(
          `npm ci ended with ${signal ?? `exit code ${code}`}; is the package registry reachable?\n${complaint.trim()}`,
        ),
      );
    });
  });
}

function checkPinnedNode() {
  const wanted = `v${JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")).dependencies.node}`;
  let got;
  try {
    got = execFileSync(pinnedNode, ["--version"], { encoding: "utf8" }).trim();
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    throw new Error(
      `the pinned Node ${wanted} does not run (${message.trim()}); npm must be allowed to run install ` +
        `scripts: npm config get ignore-scripts should say false`,
    );
  }
  if (got !== wanted)
    throw new Error(`${pinnedNode} is ${got}, package.json pins ${wanted}; remove node_modules and try again`);
}
