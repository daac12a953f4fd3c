// Completes package-lock.json after `npm install` against a registry that carries only some platforms' packages: npm
// leaves the optional packages that it did not find out of the lock, and `npm ci` then refuses it everywhere.
// `--check` changes nothing and fails when something is missing.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../src/local/places.mjs";

const file = join(projectRoot, "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));
const packages = lock.packages;

const missing = Object.entries(packages).flatMap(([parent, { optionalDependencies }]) =>
  Object.entries(optionalDependencies ?? {})
    .filter(([name]) => !isThere(parent, name))
    .map(([name, version]) => ({ parent, name, version })),
);

for (const { name, version } of missing) process.stdout.write(`missing: ${name}@${version}\n`);
if (process.argv.includes("--check")) process.exitCode = missing.length === 0 ? 0 : 1;
else if (missing.length > 0) complete();

/**
 * Node's own way up: a package finds another beside itself or beside one of the packages that hold it.
 * @param {string} parent
 * @param {string} name
 */
function isThere(parent, name) {
  for (
    let holder = parent;
    ;
    holder = holder.includes("/node_modules/") ? holder.slice(0, holder.lastIndexOf("/node_modules/")) : ""
  ) {
    if (packages[`${holder === "" ? "" : `${holder}/`}node_modules/${name}`] !== undefined) return true;
    if (holder === "") return false;
  }
}

function complete() {
  for (const { parent, name, version } of missing) {
    if (!/^\d+\.\d+\.\d+\S*$/.test(version))
      throw new Error(`${parent} asks for ${name}@${version}: only an exact version can be locked by hand`);
    packages[`node_modules/${name}`] = entry(packages[parent], name, version);
  }
  const { "": root, ...rest } = packages;
  lock.packages = {
    "": root,
    ...Object.fromEntries(Object.entries(rest).sort(([a], [b]) => a.localeCompare(b, "en"))),
  };
  writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
  process.stdout.write(`${missing.length} added to ${file}\n`);
}

/**
 * The entry of a platform package, whose name ends in its platform: @swc/core-linux-arm64-musl.
 * @param {{ dev?: boolean, license: string }} parent
 * @param {string} name
 * @param {string} version
 */
function entry(parent, name, version) {
  const platform =
    /(darwin|linux|win32|freebsd|openbsd|netbsd|android|openharmony|sunos|aix)-([a-z0-9]+)(?:-([a-z]+))?$/.exec(name);
  if (platform === null) throw new Error(`${name} does not name a platform: install from a registry that has it`);
  const [, os, cpu, abi] = platform;
  const libc =
    os === "linux" && cpu !== "arm" && abi !== undefined ? { libc: [abi.startsWith("musl") ? "musl" : "glibc"] } : {};
  return {
    version,
    cpu: [cpu],
    ...(parent.dev ? { dev: true } : {}),
    ...libc,
    license: parent.license,
    optional: true,
    os: [os],
  };
}
